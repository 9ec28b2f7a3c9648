import type { DetachRule, Policy } from "../../check/policy.ts";
import { compareBounds } from "./bounds.ts";
import { compareClaims } from "./claims.ts";
import type { Comparison } from "./comparison.ts";
import type { PartChange, RuleChange, Undecided, WeightedRule } from "./difference.ts";
import type { Rulebook } from "./moves.ts";
import type { PairCell } from "./paired-cells.ts";
import { describePlaces } from "./places.ts";
import { findRuleChanges } from "./rule-changes.ts";
import { periodsOfAll } from "./times.ts";

/** How what the rules of two policies say differs. */
export interface RulesDifference {
  readonly weights: readonly RuleChange[];
  readonly detaches: readonly RuleChange[];
  readonly bounds: readonly PartChange[];
  readonly claims: readonly PartChange[];
  readonly undecided: readonly Undecided[];
}

export function compareRules(comparison: Comparison): RulesDifference {
  const { before, after } = comparison;
  const periods = periodsOfAll([before, after]);
  const weights = findRuleChanges({ before: routesOf(before), after: routesOf(after) }, comparison, periods);
  const detaches = findRuleChanges(
    { before: detachesOf(before), after: detachesOf(after) },
    comparison,
    periods,
  );
  return {
    weights: weights.changes,
    detaches: detaches.changes,
    bounds: compareBounds(comparison),
    claims: compareClaims(comparison),
    undecided: [
      ...doubt("weights", weights.undecided, comparison),
      ...doubt("detaches", detaches.undecided, comparison),
    ],
  };
}

function routesOf({ rules, defaultWeight }: Policy): Rulebook<WeightedRule> {
  return { rules, defaultWeight: defaultWeight.weight };
}

/** The error passes, at weight 1, where nothing cuts it. */
function detachesOf({ detaches }: Policy): Rulebook<WeightedRule> {
  const cut = (rule: DetachRule): WeightedRule => ({ ...rule, weight: 0 });
  return { rules: detaches.map(cut), defaultWeight: 1 };
}

function doubt(
  about: "weights" | "detaches",
  cells: readonly PairCell[],
  comparison: Comparison,
): readonly Undecided[] {
  if (cells.length === 0) return [];
  const reason = "the cohorts there tell too many cases apart to go through them all";
  return [{ about, places: describePlaces(cells, comparison), reason }];
}
