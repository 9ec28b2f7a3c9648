/** What the arguments at an offset are for: of a ruleset that is applied, of a metric. */
import type { IToken } from "chevrotain";
import {
  Comma,
  keywordTypes,
  ParenthesisClose,
  ParenthesisOpen,
  type Keyword,
} from "../../grammar/tokens.ts";
import { tokensBefore } from "./at.ts";
import { textOf } from "./describe.ts";
import type { Draft } from "./draft.ts";
import { isType } from "./expected.ts";
import { WORDS } from "./words.ts";

export interface Signature {
  readonly label: string;
  readonly documentation: string;
  readonly parameters: readonly string[];
  /** The parameter that is being written. */
  readonly active: number;
}

export function signatureAt(draft: Draft, offset: number): Signature | undefined {
  const { tokens } = draft.parsed;
  const before = tokens.slice(Math.max(0, tokensBefore(tokens, offset) - 200), tokensBefore(tokens, offset));
  const open = openParenthesis(before);
  const name = open === undefined ? undefined : before[open - 1];
  if (open === undefined || name === undefined) return undefined;
  const written = before.slice(open + 1);
  const active = written.filter((token) => isType(token, Comma)).length;
  return ofMetric(name.image, active) ?? ofRuleset(name.image, active, lastName(written), draft);
}

/** `limit:` in front of the argument that is being written. */
function lastName(written: readonly IToken[]): string | undefined {
  const own = written.slice(written.findLastIndex((token) => isType(token, Comma)) + 1);
  return own[1]?.image === ":" ? own[0]?.image : undefined;
}

function openParenthesis(before: readonly IToken[]): number | undefined {
  let depth = 0;
  for (let index = before.length - 1; index >= 0; index -= 1) {
    if (isType(before[index], ParenthesisClose)) depth += 1;
    if (!isType(before[index], ParenthesisOpen)) continue;
    if (depth === 0) return index;
    depth -= 1;
  }
  return undefined;
}

const METRICS: Readonly<Partial<Record<Keyword, readonly string[]>>> = {
  entropy: ["band", "representation | weights | gradient"],
  gradient_norm: ["band"],
  update_ratio: ["band"],
  dead_units: ["band"],
  influence: ["cohort", "band"],
  loss: ["cohort"],
  loss_gap: ["cohort", "cohort"],
};

function ofMetric(name: string, active: number): Signature | undefined {
  if (!keywordTypes.has(name)) return undefined;
  const word = name as Keyword; // It is in the table of keywords.
  const parameters = METRICS[word];
  return (
    parameters && {
      label: `${name}(${parameters.join(", ")})`,
      documentation: WORDS[word],
      parameters,
      active,
    }
  );
}

function ofRuleset(
  name: string,
  position: number,
  argument: string | undefined,
  draft: Draft,
): Signature | undefined {
  const symbol = draft.compilation.bound.scopes.get(draft.parsed.source.file)?.get(name);
  if (symbol?.kind !== "ruleset") return undefined;
  const { parameters, documentation = "" } = symbol.declaration;
  const written = parameters.map(({ span }) => textOf(span, draft));
  const named = parameters.findIndex((parameter) => parameter.name.text === argument);
  return {
    label: `${name}(${written.join(", ")})`,
    documentation,
    parameters: written,
    active: named < 0 ? position : named,
  };
}
