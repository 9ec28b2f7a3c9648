import type { Band, Predicate } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Cell } from "../cells.ts";
import { windowHolds } from "../windows.ts";
import { memberOf, placeOfName, type ReviewContext, type ReviewRule } from "./context.ts";
import { learnsUnder } from "./learning.ts";

/** Bands on which every example has weight 0 at all times (GOV5009); a claim `never all -> band` says that it is meant. */
export const findStarvedBands: ReviewRule = (context) =>
  context.policy.bands.flatMap((band): readonly Diagnostic[] => {
    const place = placeOfName(band.name, "band", context);
    const cells = context.cells.filter((cell) => cell.has(band.name));
    if (place === undefined || cells.length === 0 || isMeant(band, cells, context)) return [];
    if (!cells.every((cell) => isStarved(cell, context))) return [];
    const { policy } = context;
    const rules = policy.rules.filter(
      (rule) => rule.weight === 0 && cells.some((cell) => cell.has(rule.band)),
    );
    const places = new Map(rules.map(({ span }) => [`${span.file} ${span.start}`, span]));
    const { weight, span } = policy.defaultWeight;
    return [
      diagnose("GOV5009", place.span, `no example may ever train band \`${band.name}\``, {
        related: [
          ...[...places.values()].slice(0, 3).map((blocking) => ({ span: blocking, text: "blocks it" })),
          ...(rules.length === 0 && weight === 0 && span !== undefined
            ? [{ span, text: "decides where no rule speaks" }]
            : []),
        ],
        help: `where it is meant to stay as it is, claim it: \`never all -> ${band.name}\``,
      }),
    ];
  });

function isMeant(band: Band, cells: readonly Cell[], { policy }: ReviewContext): boolean {
  const frozen = policy.claims.filter(({ claim, cohort }) => claim === "never" && cohort === "all");
  return cells.every((cell) => frozen.some((claim) => claim.band === band.name || cell.has(claim.band)));
}

/** Whether no example, or none of a cohort, has a weight above 0 on these parameters, at any time. */
export function isStarved(cell: Cell, context: ReviewContext, cohort = "all"): boolean {
  const { policy, resolved, canHold, momentsOf } = context;
  const rules = policy.rules.filter((rule) => cell.has(rule.band));
  const { weight } = policy.defaultWeight;
  // Without a network a rule about another band may speak here as well, and lift what the default withholds.
  const mayBeLifted = (): boolean =>
    (resolved === undefined && policy.rules.length > 0) || isLiftedByBound(cell, context);
  const defaultWeight = weight === 0 && mayBeLifted() ? 1 : weight;
  return momentsOf([...rules, { cohort, window: {} }]).every((moment) => {
    const inForce = rules.filter((rule) => windowHolds(rule.window, moment));
    const learns = learnsUnder(inForce, defaultWeight);
    const goal: Predicate = cohort === "all" ? learns : { kind: "and", operands: [memberOf(cohort), learns] };
    return canHold(goal, moment) === "impossible";
  });
}

/** Whether a bound may speak where no rule does: a weight that it sets joins the rules. */
function isLiftedByBound(cell: Cell, { policy }: ReviewContext): boolean {
  return policy.bounds
    .flatMap(({ arms }) => arms.flatMap(({ ladder }) => ladder))
    .some(
      ({ action }) =>
        (action.kind === "attenuate" || action.kind === "amplify") && action.to > 0 && cell.has(action.band),
    );
}
