import type { Bound, Claim, Policy, Predicate, RouteRule } from "../check/policy.ts";
import { diagnose, type Diagnostic, type Label } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import type { Cell, ResolvedBands } from "./cells.ts";
import type { ExampleRecord } from "./example.ts";
import { memberOf } from "./formulas.ts";
import { createGrounds, type Grounds } from "./grounds.ts";
import { compileCohorts } from "./predicate.ts";
import { weigh } from "./weights.ts";
import { windowHolds } from "./windows.ts";
import type { Clock } from "./clock.ts";

/** What came of trying to prove a claim over every example, parameter and moment. */
export type Verdict =
  | { readonly kind: "proved" }
  | { readonly kind: "refuted"; readonly counterexample: Counterexample }
  /** Some value of what only the run knows would break it. */
  | { readonly kind: "depends_on_run"; readonly rules: readonly RouteRule[] }
  | { readonly kind: "undecided" };

export interface Counterexample {
  readonly example: ExampleRecord;
  readonly cell: Cell;
  readonly moment: Clock;
}

/** Proves or refutes every claim that can be decided without data (GOV5001), and says which are left to the run. */
export function checkClaims(grounds: Grounds): readonly Diagnostic[] {
  const { policy } = grounds;
  if (policy.claims.length === 0) return [];
  const decide = createProver(grounds);
  const dynamic = new Set(policy.cohorts.flatMap((cohort) => (cohort.dynamic ? [cohort.name] : [])));
  return policy.claims.flatMap((claim) => {
    if (dynamic.has(claim.cohort))
      return [leftToRun(claim, `\`${claim.cohort}\` reads what only the run knows`)];
    const verdict = decide(claim);
    switch (verdict.kind) {
      case "proved":
        return warnOfInterventions(claim, policy, decide);
      case "refuted":
        return [refutation(claim, verdict.counterexample, policy)];
      case "depends_on_run":
        return [
          leftToRun(
            claim,
            "rules that bear on it are about cohorts that only the run knows",
            verdict.rules.map((rule) => ({ span: rule.span, text: `\`${rule.cohort}\` is dynamic` })),
          ),
        ];
      case "undecided":
        return [leftToRun(claim, "it could not be decided over every example")];
    }
  });
}

export function decideClaim(claim: Claim, policy: Policy, resolved?: ResolvedBands): Verdict {
  return createProver(createGrounds(policy, resolved))(claim);
}

/**
 * Decides a claim, as if one more rule were in force where one is given.
 *
 * INVARIANT: `proved` and `refuted` are exact; doubt is said as doubt.
 */
type Prover = (claim: Claim, added?: RouteRule) => Verdict;

function createProver({ policy, cells: all, search, momentsOf }: Grounds): Prover {
  const dynamic = new Set(policy.cohorts.flatMap((cohort) => (cohort.dynamic ? [cohort.name] : [])));
  const isDynamic = (name: string): boolean => dynamic.has(name);
  const cells = all.map((cell) => ({
    cell,
    own: policy.rules.filter((rule) => cell.has(rule.band)),
  }));
  return (claim, added) => {
    let doubt: Verdict = { kind: "proved" };
    for (const { cell, own } of cells.filter((known) => known.cell.has(claim.band))) {
      const rules = added !== undefined && cell.has(added.band) ? [...own, added] : own;
      for (const moment of momentsOf([...rules, { cohort: claim.cohort, window: {} }])) {
        const inForce = rules.filter((rule) => windowHolds(rule.window, moment));
        const goal = violationOf(claim, inForce, policy.defaultWeight.weight);
        const certain = search.find(goal, { tries: "declared", moment });
        if (certain.kind === "found")
          return { kind: "refuted", counterexample: { example: certain.example, cell, moment } };
        if (certain.kind === "undecided") doubt = { kind: "undecided" };
        const varying = inForce.filter((rule) => isDynamic(rule.cohort));
        const isSettled = varying.length === 0 && !isDynamic(claim.cohort);
        if (isSettled || doubt.kind !== "proved") continue;
        const possible = search.find(goal, { tries: "declared and dynamic", moment });
        if (possible.kind === "found") doubt = { kind: "depends_on_run", rules: varying };
        if (possible.kind === "undecided") doubt = { kind: "undecided" };
      }
    }
    return doubt;
  };
}

/** What an example of the claim's cohort breaks it by, under these rules. */
function violationOf(
  claim: Claim,
  rules: readonly Pick<RouteRule, "cohort" | "weight">[],
  defaultWeight: number,
): Predicate {
  const speaks = (chosen: readonly Pick<RouteRule, "cohort">[]): Predicate => ({
    kind: "or",
    operands: chosen.map(({ cohort }) => memberOf(cohort)),
  });
  const isBlocked = speaks(rules.filter((rule) => rule.weight === 0));
  const isTaught = speaks(rules.filter((rule) => rule.weight > 0));
  const isSilent: Predicate = { kind: "not", operand: { kind: "or", operands: [isBlocked, isTaught] } };
  const learns: Predicate = {
    kind: "or",
    operands: [
      { kind: "and", operands: [isTaught, { kind: "not", operand: isBlocked }] },
      ...(defaultWeight > 0 ? [isSilent] : []),
    ],
  };
  return {
    kind: "and",
    operands: [memberOf(claim.cohort), claim.claim === "never" ? learns : { kind: "not", operand: learns }],
  };
}

/** An `always` that the rules keep may still be broken by what a bound does in a run. */
function warnOfInterventions(claim: Claim, policy: Policy, decide: Prover): readonly Diagnostic[] {
  if (claim.claim === "never") return [];
  const stopping = policy.bounds.flatMap((bound) => stoppingActions(bound));
  const culprits = stopping.filter(({ cohort, band }) => {
    const rule: RouteRule = { cohort, band, weight: 0, window: {}, span: claim.span, via: [] };
    return decide(claim, rule).kind !== "proved";
  });
  if (culprits.length === 0) return [];
  return [
    leftToRun(
      claim,
      "a bound may stop this learning in a run",
      culprits.map(({ span }) => ({ span, text: "this action would break the claim" })),
    ),
  ];
}

interface StoppingAction {
  readonly cohort: string;
  readonly band: string;
  readonly span: Span;
}

function stoppingActions(bound: Bound): readonly StoppingAction[] {
  return bound.arms
    .flatMap((arm) => arm.ladder)
    .flatMap(({ action, span }): readonly StoppingAction[] => {
      if (action.kind === "block") return [{ cohort: action.cohort, band: action.band, span }];
      if (action.kind === "freeze" || (action.kind === "attenuate" && action.to === 0))
        return [{ cohort: "all", band: action.band, span }];
      return [];
    });
}

function leftToRun(claim: Claim, reason: string, related: readonly Label[] = []): Diagnostic {
  return diagnose("GOV5002", claim.span, `${showClaim(claim)} is not proved: ${reason}`, {
    label: "held against every step of the run instead, which halts when it is broken",
    related: [...related, ...appliesOf(claim)],
  });
}

function refutation(claim: Claim, { example, cell, moment }: Counterexample, policy: Policy): Diagnostic {
  const tests = compileCohorts(policy);
  const dynamic = { loss: Number.NaN, entropy: Number.NaN, epoch: moment.epoch, step: moment.step };
  const holds = (cohort: string): boolean => tests.get(cohort)?.(example, dynamic) ?? false;
  const rules = policy.rules.filter((rule) => cell.has(rule.band));
  const weight = weigh(rules, holds, moment, policy.defaultWeight.weight);
  const speaking = rules.filter((rule) => windowHolds(rule.window, moment) && holds(rule.cohort));
  const deciding = speaking.filter((rule) => rule.weight === weight);
  const unspoken =
    policy.defaultWeight.span === undefined
      ? []
      : [{ span: policy.defaultWeight.span, text: "no rule speaks about it, and this is the default" }];
  return diagnose(
    "GOV5001",
    claim.span,
    `${showClaim(claim)} does not hold: ${showExample(example)} has weight ${weight} on ${showPart(claim.band, cell)}${showMoment(moment)}`,
    {
      related: [
        ...(speaking.length === 0
          ? unspoken
          : deciding.map((rule) => ({ span: rule.span, text: `gives it weight ${weight}` }))),
        ...appliesOf(claim),
      ],
      help:
        claim.claim === "never"
          ? `\`route ${claim.cohort} -> ${claim.band}: block\` would make it hold`
          : speaking.length === 0
            ? `\`route ${claim.cohort} -> ${claim.band}: full\` would make it hold`
            : "take the example out of the rule's cohort, or out of the claim's",
    },
  );
}

/** Where the ruleset that makes the claim was applied. */
function appliesOf(claim: Claim): readonly Label[] {
  return claim.via.toReversed().map((span) => ({ span, text: "applied here" }));
}

function showClaim(claim: Claim): string {
  return `\`${claim.claim} ${claim.cohort} -> ${claim.band}\``;
}

/** As `given { … }` would say it. */
function showExample(example: ExampleRecord): string {
  const fields = Object.entries(example).map(([name, value]) =>
    Array.isArray(value)
      ? `${name}: {${value.map((element) => JSON.stringify(element)).join(", ")}}`
      : `${name}: ${JSON.stringify(value)}`,
  );
  return fields.length === 0 ? "any example" : `the example \`{ ${fields.join(", ")} }\``;
}

function showPart(band: string, cell: Cell): string {
  const others = [...cell].filter((name) => name !== band && name !== "all");
  return others.length === 0
    ? `\`${band}\``
    : `the part of \`${band}\` in ${others.map((name) => `\`${name}\``).join(", ")}`;
}

function showMoment({ step, epoch, examples }: Clock): string {
  const said = [
    ...(examples > 0 ? [`once ${examples} examples have been seen`] : []),
    ...(epoch > 0 ? [`in epoch ${epoch}`] : []),
    // An epoch and an example need a step each, which says nothing of its own.
    ...(step > Math.max(epoch, Math.min(examples, 1)) ? [`at step ${step}`] : []),
  ];
  return said.length === 0 ? "" : ` ${said.join(", ")}`;
}
