import type { Exports } from "../../check/exports.ts";
import type { CheckedPolicy } from "../../check/policy.ts";
import type { NetworkShape } from "../../model/network.ts";
import { resolveBands } from "../../model/resolve.ts";
import { hasErrors } from "../../source/diagnostic.ts";
import { meaningText } from "../meaning.ts";
import { createComparison, type Comparison } from "./comparison.ts";
import { compareDefinitions, compareModels } from "./definitions.ts";
import {
  combineDirections,
  type PartChange,
  type PolicyDifference,
  type Undecided,
  type Verdict,
} from "./difference.ts";
import type { PolicyPair } from "./policy-pair.ts";
import { compareProvenance } from "./provenance.ts";
import { compareRules } from "./rules.ts";
import { compareRulesets } from "./rulesets.ts";
import { compareSchemas } from "./schemas.ts";

/** A policy with the network that it is checked against, where one is at hand. */
export interface ComparedPolicy {
  readonly policy: CheckedPolicy;
  /** What it offers, where it is a module. */
  readonly exports?: Exports;
  readonly network?: NetworkShape;
}

/**
 * How two policies differ in meaning: over every example that both admit, every parameter and every moment, exactly.
 * What only the run knows (`loss`, `entropy`) may take any value. Two modules differ as well where what they offer does.
 */
export function comparePolicies(before: ComparedPolicy, after: ComparedPolicy): PolicyDifference {
  const comparison = createComparison(layOut(before, after));
  const { weights, detaches, bounds, claims, undecided: unknown } = compareRules(comparison);
  const parts = [
    ...compareModels(before, after),
    ...compareSchemas(before.policy.example, after.policy.example),
    ...compareDefinitions(comparison).map((change) => asExported(change, before.exports ?? NOTHING)),
    ...bounds,
    ...claims,
    ...compareProvenance(comparison),
  ];
  const rulesets = compareRulesets(
    { policy: before.policy, rules: (before.exports ?? NOTHING).rules },
    { policy: after.policy, rules: (after.exports ?? NOTHING).rules },
  );
  const undecided = [
    ...withoutExamples(comparison),
    ...unknown,
    ...withOpenParams(before.exports ?? NOTHING, after.exports ?? NOTHING, [...parts, ...rulesets]),
  ];
  const changes = [...weights, ...detaches, ...parts, ...rulesets].map(({ direction }) => direction);
  const direction = undecided.length > 0 ? "different" : combineDirections(changes);
  const verdict: Verdict = direction === "none" ? "equivalent" : direction;
  const { network } = comparison;
  return {
    ...{ verdict, weights, detaches, parts, rulesets, undecided },
    ...(network && { network: network.shape.origin }),
  };
}

const NOTHING: Exports = { names: new Set(), rules: [], open: new Map() };

/** What would be called the same by the values of params alone, which importers may set. */
function withOpenParams(
  before: Exports,
  after: Exports,
  changes: readonly { readonly name?: string }[],
): readonly Undecided[] {
  const names = [...after.names].filter(
    (name) =>
      before.names.has(name) &&
      changes.every((change) => change.name !== name) &&
      meaningText(before.open.get(name)) !== meaningText(after.open.get(name)),
  );
  // Those that are written otherwise themselves stand for what is made of them.
  const own = names.filter(
    (name) => meaningText(before.open.get(name)?.[0]) !== meaningText(after.open.get(name)?.[0]),
  );
  return (own.length > 0 ? own : names).map((name) => ({
    ...{ about: "params", places: [] },
    reason: `\`${name}\` is the same by the params as they are, and may be another where importers set them`,
  }));
}

/** What importers may use in ways that are not seen here is no longer what it was; what is new nobody uses yet. */
function asExported(change: PartChange, { names }: Exports): PartChange {
  const isMissed = change.change !== "added" && change.name !== undefined && names.has(change.name);
  return isMissed ? { ...change, direction: "different" } : change;
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

function withoutExamples({ schema: { conflict } }: Comparison): readonly Undecided[] {
  if (conflict === undefined) return [];
  const reason = `no example is admitted by both policies: they admit no common value of \`${conflict}\``;
  return [{ about: "examples", places: [], reason }];
}
