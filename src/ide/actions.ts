/** What an editor offers to change at a range: one file for each kind of change, all of them in this table. */
import type { Action, ActionKind, ActionSetting } from "./actions/action.ts";
import { offerExtractedCohort } from "./actions/extract-cohort.ts";
import { offerFixAll, offerFixes } from "./actions/fixes.ts";
import { offerMissingNames } from "./actions/missing-names.ts";
import { offerMissingTest } from "./actions/missing-test.ts";
import { offerOrganizedImports } from "./actions/organize-imports.ts";
import { offerProfile } from "./actions/routes-to-profile.ts";
import { offerSuppressions } from "./actions/suppress.ts";

export type { Action, ActionKind, ActionSetting } from "./actions/action.ts";

interface Offer {
  readonly kind: ActionKind;
  readonly offer: (setting: ActionSetting) => readonly Action[];
}

const OFFERS: readonly Offer[] = [
  { kind: "quickfix", offer: offerFixes },
  { kind: "quickfix", offer: offerMissingNames },
  { kind: "quickfix", offer: offerSuppressions },
  { kind: "refactor.extract", offer: offerExtractedCohort },
  { kind: "refactor.rewrite", offer: offerProfile },
  { kind: "refactor.rewrite", offer: offerMissingTest },
  { kind: "source.fixAll", offer: offerFixAll },
  { kind: "source.organizeImports", offer: offerOrganizedImports },
];

/**
 * @param only Kinds that are asked for, each with those below it (`refactor` is `refactor.extract`, too); what concerns
 *   the whole file is offered only when it is asked for.
 */
export function findActions(setting: ActionSetting, only?: readonly string[]): readonly Action[] {
  const isWanted = (kind: ActionKind): boolean =>
    only === undefined
      ? !kind.startsWith("source.")
      : only.some((wanted) => wanted === "" || kind === wanted || kind.startsWith(`${wanted}.`));
  return OFFERS.filter(({ kind }) => isWanted(kind)).flatMap(({ offer }) => offer(setting));
}
