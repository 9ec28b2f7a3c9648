import type { CheckedPolicy, DetachRule } from "../../check/policy.ts";
import type { NetworkShape } from "../../model/network.ts";
import { resolveBands } from "../../model/resolve.ts";
import { hasErrors } from "../../source/diagnostic.ts";
import { compareBounds } from "./bounds.ts";
import { compareClaims } from "./claims.ts";
import { createComparison, type Comparison } from "./comparison.ts";
import { compareDefinitions, compareModels } from "./definitions.ts";
import {
  combineDirections,
  type PolicyDifference,
  type Undecided,
  type Verdict,
  type WeightedRule,
} from "./difference.ts";
import type { Rulebook } from "./moves.ts";
import type { PairCell } from "./paired-cells.ts";
import { describePlaces } from "./places.ts";
import type { PolicyPair } from "./policy-pair.ts";
import { compareProvenance } from "./provenance.ts";
import { findRuleChanges } from "./rule-changes.ts";
import { compareSchemas } from "./schemas.ts";
import { periodsOfAll } from "./times.ts";

/** A policy with the network that it is checked against, where one is at hand. */
export interface ComparedPolicy {
  readonly policy: CheckedPolicy;
  readonly network?: NetworkShape;
}

/**
 * How two policies differ in meaning: over every example that both admit, every parameter and every moment, exactly.
 * What only the run knows (`loss`, `entropy`) may take any value.
 */
export function comparePolicies(before: ComparedPolicy, after: ComparedPolicy): PolicyDifference {
  const comparison = createComparison(layOut(before, after));
  const periods = periodsOfAll([before.policy, after.policy]);
  const weights = findRuleChanges(
    { before: routesOf(before.policy), after: routesOf(after.policy) },
    comparison,
    periods,
  );
  const detaches = findRuleChanges(
    { before: detachesOf(before.policy), after: detachesOf(after.policy) },
    comparison,
    periods,
  );
  const parts = [
    ...compareModels(before, after),
    ...compareSchemas(before.policy.example, after.policy.example),
    ...compareDefinitions(comparison),
    ...compareBounds(comparison),
    ...compareClaims(comparison),
    ...compareProvenance(comparison),
  ];
  const undecided = [
    ...withoutExamples(comparison),
    ...doubt("weights", weights.undecided, comparison),
    ...doubt("detaches", detaches.undecided, comparison),
  ];
  const changes = [...weights.changes, ...detaches.changes, ...parts].map(({ direction }) => direction);
  const direction = undecided.length > 0 ? "different" : combineDirections(changes);
  const verdict: Verdict = direction === "none" ? "equivalent" : direction;
  const { network } = comparison;
  return {
    ...{ verdict, weights: weights.changes, detaches: detaches.changes, parts, undecided },
    ...(network && { network: network.shape.origin }),
  };
}

/** Over a network that both fit: the later policy's, else the earlier one's. */
function layOut(before: ComparedPolicy, after: ComparedPolicy): PolicyPair {
  const pair = { before: before.policy, after: after.policy };
  for (const shape of [after.network, before.network]) {
    if (shape === undefined) continue;
    const [old, fresh] = [resolveBands(before.policy, shape), resolveBands(after.policy, shape)];
    if (!hasErrors([...old.diagnostics, ...fresh.diagnostics]))
      return { ...pair, network: { shape, before: old.extents, after: fresh.extents } };
  }
  return pair;
}

function routesOf({ rules, defaultWeight }: CheckedPolicy): Rulebook<WeightedRule> {
  return { rules, defaultWeight: defaultWeight.weight };
}

/** The error passes, at weight 1, where nothing cuts it. */
function detachesOf({ detaches }: CheckedPolicy): Rulebook<WeightedRule> {
  const cut = (rule: DetachRule): WeightedRule => ({ ...rule, weight: 0 });
  return { rules: detaches.map(cut), defaultWeight: 1 };
}

function withoutExamples({ schema: { conflict } }: Comparison): readonly Undecided[] {
  if (conflict === undefined) return [];
  const reason = `no example is admitted by both policies: they admit no common value of \`${conflict}\``;
  return [{ about: "examples", places: [], reason }];
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
