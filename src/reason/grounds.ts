import type { Policy } from "../check/policy.ts";
import { cellsOf, type Cell, type ResolvedBands } from "./cells.ts";
import type { Clock } from "./clock.ts";
import { createMoments, type TimedRule } from "./moments.ts";
import { createSearch, type Search } from "./search.ts";
import { renewFindings, type Findings } from "./solve/findings.ts";

/** A policy with what every question about it starts from, so that it is worked out once. */
export interface Grounds {
  readonly policy: Policy;
  /** Its bands in the network, where one is at hand. */
  readonly resolved?: ResolvedBands;
  readonly cells: readonly Cell[];
  readonly search: Search;
  /** What the search has found out. */
  readonly findings: Findings;
  /** Moments enough to stand for every moment, as far as these rules and their cohorts tell them apart. */
  readonly momentsOf: (rules: readonly TimedRule[]) => readonly Clock[];
}

/** @param earlier What was found out before about examples of nearly the same policy. */
export function createGrounds(policy: Policy, resolved?: ResolvedBands, earlier?: Findings): Grounds {
  const fields = new Map(policy.example.fields.map((field) => [field.name, field]));
  const cohorts = new Map(policy.cohorts.map((cohort) => [cohort.name, cohort]));
  const findings = renewFindings(fields, earlier);
  return {
    policy,
    ...(resolved && { resolved }),
    cells: cellsOf(policy, resolved),
    search: createSearch({ fields, cohorts }, findings),
    findings,
    momentsOf: createMoments(cohorts),
  };
}
