/** What a policy makes of a data set that is only counted: how many examples are let in, and what each band may learn. */
import type { Policy, Requirement } from "../check/policy.ts";
import type { Cell } from "./cells.ts";
import type { Clock } from "./clock.ts";
import { validateExample, type ExampleProblem, type ExampleRecord } from "./example.ts";
import { compileCohorts } from "./predicate.ts";
import { bySeverity, findFailed } from "./requirements.ts";
import { weigh } from "./weights.ts";
import { windowHolds } from "./windows.ts";

/** What becomes of one record. */
export type Verdict =
  | { readonly kind: "refused"; readonly requirement: Requirement; readonly missing: readonly string[] }
  /** It would be let in, and no policy can speak about it: a run does not begin. */
  | { readonly kind: "misfit"; readonly problems: readonly ExampleProblem[] }
  | { readonly kind: "admitted" };

export function createJudge({
  example,
  provenance,
}: Pick<Policy, "example" | "provenance">): (record: ExampleRecord) => Verdict {
  const severe = bySeverity(provenance.require);
  return (record) => {
    const failed = findFailed(severe, record);
    if (failed !== undefined) return { kind: "refused", ...failed };
    const problems = validateExample(example, record);
    return problems.length === 0 ? { kind: "admitted" } : { kind: "misfit", problems };
  };
}

/** Records that are alike as far as a policy tells them apart. */
export interface Tally {
  readonly count: number;
  readonly outcome:
    | { readonly kind: "refused"; readonly requirement: Requirement; readonly missing: readonly string[] }
    | { readonly kind: "misfit"; readonly fields: readonly string[] }
    /** The cohorts that hold them, of those that do not read the training, in the policy's order. */
    | { readonly kind: "admitted"; readonly cohorts: readonly string[] };
}

/** The cohorts that a record's own fields decide. */
export function staticCohorts({ cohorts }: Pick<Policy, "cohorts">): readonly string[] {
  return cohorts.filter(({ dynamic }) => !dynamic).map(({ name }) => name);
}

/** Counts records one by one. */
export function createTallying(policy: Policy): {
  readonly add: (record: ExampleRecord) => Verdict;
  readonly tallies: () => readonly Tally[];
} {
  const judge = createJudge(policy);
  const names = staticCohorts(policy);
  const tests = compileCohorts(policy);
  const counted = names.map((name) => tests.get(name));
  const found = new Map<string, { outcome: Tally["outcome"]; count: number }>();
  const count = (key: string, outcome: () => Tally["outcome"]): void => {
    const known = found.get(key);
    if (known === undefined) found.set(key, { outcome: outcome(), count: 1 });
    else known.count += 1;
  };
  return {
    add: (record) => {
      const verdict = judge(record);
      if (verdict.kind === "refused") {
        const { requirement, missing } = verdict;
        count(`refused ${requirement.span.start} ${missing.join()}`, () => ({
          ...{ kind: "refused", requirement, missing },
        }));
      } else if (verdict.kind === "misfit") {
        const fields = verdict.problems.map(({ field }) => field);
        count(`misfit ${fields.join()}`, () => ({ kind: "misfit", fields }));
      } else {
        const held = counted.map((test) => test?.(record, NOT_TRAINING) === true);
        let key = "";
        for (const holds of held) key += holds ? "1" : "0";
        count(key, () => ({
          ...{ kind: "admitted", cohorts: names.filter((_, index) => held[index]) },
        }));
      }
      return verdict;
    },
    tallies: () => [...found.values()],
  };
}

const NOT_TRAINING = { loss: Number.NaN, entropy: Number.NaN, epoch: 0, step: 0 };

export interface Census {
  readonly examples: number;
  readonly admitted: number;
  /** By the requirement that decided, the most severe first; those that refused nothing are there as well. */
  readonly refused: readonly RefusedCount[];
  readonly misfits: { readonly examples: number; readonly fields: readonly FieldCount[] };
  /** In the policy's order, those of modules left out. */
  readonly cohorts: readonly { readonly cohort: string; readonly examples: number }[];
  /** Cohorts of the policy that read the training: only a run can count them. */
  readonly dynamic: readonly string[];
  readonly bands: readonly BandReach[];
  /** Sets of cohorts that hold the same examples, the largest first. */
  readonly combinations: readonly { readonly cohorts: readonly string[]; readonly examples: number }[];
}

export interface RefusedCount {
  readonly requirement: Requirement;
  readonly examples: number;
  /** How many of them lack each of its fields. */
  readonly missing: readonly FieldCount[];
}

export interface FieldCount {
  readonly field: string;
  readonly examples: number;
}

/** How many examples may teach a band how much. */
export interface BandReach {
  readonly band: string;
  /** By the weights that they have on the band's parameters: several where these differ. Ascending. */
  readonly weights: readonly { readonly weights: readonly number[]; readonly examples: number }[];
  /** Cohorts that read the training and have a say here, left out of the count. */
  readonly undecided: readonly string[];
}

/** Puts tallies together; those of several files may repeat themselves. */
export function takeCensus(
  policy: Policy,
  tallies: readonly Tally[],
  { cells, moment }: { readonly cells: readonly Cell[]; readonly moment: Clock },
): Census {
  const sum = (chosen: readonly Tally[]): number => chosen.reduce((total, { count }) => total + count, 0);
  const having = <Kind extends Tally["outcome"]["kind"]>(kind: Kind): readonly Outcome<Kind>[] =>
    tallies.flatMap(({ outcome, count }) =>
      outcome.kind === kind ? [{ ...(outcome as Extract<Tally["outcome"], { kind: Kind }>), count }] : [],
    );
  const admitted = having("admitted");
  const misfits = having("misfit");
  const refused = having("refused");
  const total = (chosen: readonly { readonly count: number }[]): number =>
    chosen.reduce((all, { count }) => all + count, 0);
  const combinations = new Map<string, { readonly cohorts: readonly string[]; examples: number }>();
  for (const { cohorts, count } of admitted) {
    const key = cohorts.join("\n");
    const known = combinations.get(key);
    if (known === undefined) combinations.set(key, { cohorts, examples: count });
    else known.examples += count;
  }
  const alike = [...combinations.values()].toSorted((left, right) => right.examples - left.examples);
  const named = policy.cohorts.filter(({ name }) => !name.includes("#"));
  return {
    examples: sum(tallies),
    admitted: total(admitted),
    refused: bySeverity(policy.provenance.require).map((requirement) => {
      const own = refused.filter((tally) => tally.requirement === requirement);
      const missing = requirement.fields.map((field) => ({
        field,
        examples: total(own.filter((tally) => tally.missing.includes(field))),
      }));
      return { requirement, examples: total(own), missing };
    }),
    misfits: {
      examples: total(misfits),
      fields: policy.example.fields
        .map(({ name: field }) => ({
          field,
          examples: total(misfits.filter(({ fields }) => fields.includes(field))),
        }))
        .filter(({ examples }) => examples > 0),
    },
    cohorts: named
      .filter(({ dynamic }) => !dynamic)
      .map(({ name: cohort }) => ({
        cohort,
        examples: total(admitted.filter(({ cohorts }) => cohorts.includes(cohort))),
      })),
    dynamic: named.filter(({ dynamic }) => dynamic).map(({ name }) => name),
    bands: bandsOf(policy).map((band) => reachOf(band, alike, { policy, cells, moment })),
    combinations: alike,
  };
}

/** Those that the policy names itself; where it names none, its rules are about every parameter. */
function bandsOf({ bands }: Policy): readonly string[] {
  const named = bands.map(({ name }) => name).filter((name) => !name.includes("#"));
  return named.length === 0 ? ["all"] : named;
}

type Outcome<Kind extends Tally["outcome"]["kind"]> = Extract<Tally["outcome"], { kind: Kind }> & {
  readonly count: number;
};

function reachOf(
  band: string,
  combinations: Census["combinations"],
  {
    policy,
    cells,
    moment,
  }: { readonly policy: Policy; readonly cells: readonly Cell[]; readonly moment: Clock },
): BandReach {
  const dynamic = new Set(policy.cohorts.filter((cohort) => cohort.dynamic).map(({ name }) => name));
  const parts = cells
    .filter((cell) => cell.has(band))
    .map((cell) => policy.rules.filter((rule) => cell.has(rule.band) && windowHolds(rule.window, moment)));
  const found = new Map<string, { readonly weights: readonly number[]; examples: number }>();
  for (const { cohorts, examples } of combinations) {
    const held = new Set(["all", ...cohorts]);
    const each = parts.map((rules) =>
      weigh(rules, (cohort) => held.has(cohort), moment, policy.defaultWeight.weight),
    );
    const weights = [...new Set(each)].toSorted((left, right) => left - right);
    const key = weights.join();
    const known = found.get(key);
    if (known === undefined) found.set(key, { weights, examples });
    else known.examples += examples;
  }
  return {
    band,
    weights: [...found.values()].toSorted((left, right) => (left.weights[0] ?? 0) - (right.weights[0] ?? 0)),
    undecided: [...new Set(parts.flat().map(({ cohort }) => cohort))].filter((cohort) => dynamic.has(cohort)),
  };
}
