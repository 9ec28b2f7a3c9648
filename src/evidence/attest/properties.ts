/** What a policy intended and what a run achieved, property by property. Pure: policy and decisions in, judgement out. */
import type { Bound, Claim, Policy } from "../../check/policy.ts";
import { sayBound, sayMany } from "../../lower/words.ts";
import type { Span } from "../../source/span.ts";
import type { LoggedDecision } from "../record.ts";

export interface Property {
  /** A name for machines, in the verifier's own space: `STRATA_BOUND entropy(top) >= 0.05`. */
  readonly name: string;
  readonly holds: boolean;
  /** The line that asks for it; absent for what every run is held to. */
  readonly span?: Span;
  /** What was found, in a few words. */
  readonly found: string;
  /** For a bound. */
  readonly achieved?: Achieved;
}

export interface Achieved {
  readonly breaches: number;
  readonly interventions: Readonly<Record<"achieved" | "not_achieved" | "superseded" | "open", number>>;
  /** As it was last decided about; null where that was not finite, absent where nothing was. */
  readonly measured?: number | null;
}

type Checked = Pick<Policy, "bounds" | "claims">;

/** Every property of a run, those of the run itself first, then the bounds and the claims in the policy's order. */
export function judgeProperties(policy: Checked, decisions: readonly LoggedDecision[]): readonly Property[] {
  return [
    judgeEnd(decisions),
    ...policy.bounds.map((bound, index) => judgeBound(bound, index, decisions)),
    ...policy.claims.map((claim) => judgeClaim(claim, decisions)),
    ...judgeOther(policy, decisions),
  ];
}

function judgeEnd(decisions: readonly LoggedDecision[]): Property {
  const end = decisions.find((event) => event.kind === "run_ended");
  const outcome = end?.outcome ?? "not ended";
  return { name: "STRATA_RUN_FINISHED", holds: outcome === "finished", found: `the run was ${outcome}` };
}

/**
 * A bound holds when it was held against its range, and is within it at the end: what happened on the way is told beside
 * it. One that was never judged, as no example of its cohort came or its window was never full, vouches for nothing.
 */
function judgeBound(bound: Bound, index: number, decisions: readonly LoggedDecision[]): Property {
  const own = decisions.filter((event) => "bound" in event && event.bound === index);
  const breaches = own.filter(({ kind }) => kind === "bound_breached").length;
  const last = own.findLast(({ kind }) => kind === "bound_breached" || kind === "bound_cleared");
  const epoch = decisions.findLast((event) => event.kind === "epoch_ended");
  const isJudged = own.length > 0 || (epoch?.judged[index] ?? 0) > 0;
  const holds = isJudged && last?.kind !== "bound_breached";
  const opened = own.filter(({ kind }) => kind === "intervention_opened").length;
  const count = (outcome: string): number =>
    own.filter((event) => event.kind === "intervention_closed" && event.outcome === outcome).length;
  const closed = {
    achieved: count("achieved"),
    not_achieved: count("not_achieved"),
    superseded: count("superseded"),
  };
  const open = opened - closed.achieved - closed.not_achieved - closed.superseded;
  const measured = own.findLast((event) => "measured" in event);
  return {
    name: `STRATA_BOUND ${sayBound(bound)}`,
    holds,
    span: bound.span,
    found: isJudged ? sayBreaches(breaches, holds) : "never measured over its whole window",
    achieved: {
      breaches,
      interventions: { ...closed, open },
      ...(measured !== undefined && "measured" in measured ? { measured: measured.measured } : {}),
    },
  };
}

function sayBreaches(breaches: number, holds: boolean): string {
  if (breaches === 0) return "never breached";
  const count = sayMany(breaches, "breach", "breaches");
  return holds ? `within its range at the end, after ${count}` : `breached at the end, ${count} in all`;
}

function judgeClaim(claim: Claim, decisions: readonly LoggedDecision[]): Property {
  const violations = decisions.filter(
    (event) => event.kind === "violation_found" && isSamePlace(event.span, claim.span),
  ).length;
  return {
    name: `STRATA_${claim.claim.toUpperCase()} ${claim.cohort} -> ${claim.band}`,
    holds: violations === 0,
    span: claim.span,
    found: violations === 0 ? "held in every step" : `broken in ${sayMany(violations, "step")}`,
  };
}

/** Violations of lines that are neither bounds nor claims. */
function judgeOther(policy: Checked, decisions: readonly LoggedDecision[]): readonly Property[] {
  const places = [...policy.bounds, ...policy.claims].map(({ span }) => span);
  const other = decisions.flatMap((event) =>
    event.kind === "violation_found" && !places.some((span) => isSamePlace(span, event.span)) ? [event] : [],
  );
  const [first] = other;
  const name = "STRATA_NO_OTHER_VIOLATION";
  if (first === undefined) return [{ name, holds: true, found: "none was found" }];
  return [
    {
      name,
      holds: false,
      span: first.span,
      found: `${sayMany(other.length, "violation")}: ${first.message}`,
    },
  ];
}

function isSamePlace(one: Span, other: Span): boolean {
  return one.file === other.file && one.start === other.start && one.end === other.end;
}
