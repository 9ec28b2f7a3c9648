import type { Cohort, DynamicField, Field, Predicate } from "../check/policy.ts";
import type { Clock } from "./clock.ts";
import type { ExampleRecord } from "./example.ts";
import { createWiring, isDynamic } from "./solve/circuit.ts";
import { createFindings, type Findings, type Values } from "./solve/findings.ts";
import { settle } from "./solve/settle.ts";

/** Where an example for which a predicate holds was looked for, and what came of it. */
export type SearchResult =
  | {
      readonly kind: "found";
      /** Complete: the fields that matter first, and some value for the others. */
      readonly example: ExampleRecord;
      /** What only the run knows, where the answer depends on it. */
      readonly run: RunValues;
    }
  | { readonly kind: "none" }
  | { readonly kind: "undecided" };

/** Values that the runtime supplies; loss and entropy in nats. */
export type RunValues = Readonly<Partial<Record<DynamicField, number>>>;

export interface SearchOptions {
  /** Whether values of what only the run knows are tried, too; otherwise an answer must not depend on them. */
  readonly tries: "declared" | "declared and dynamic";
  /** When the example is met: what `step` and `epoch` are is then known. */
  readonly moment?: Clock;
}

/** A search among the examples that a schema admits. */
export interface Search {
  /**
   * Looks for an example for which a predicate holds. The answer is exact: the example is the first one in the order of
   * the predicate's fields and of their values, `none` is proved, and what takes too long is undecided.
   */
  readonly find: (goal: Predicate, options: SearchOptions) => SearchResult;
  /** Whether there is one, which is often known from examples that were found before. */
  readonly decide: (goal: Predicate, options: SearchOptions) => SearchResult["kind"];
}

export interface Searched {
  readonly cohorts: ReadonlyMap<string, Pick<Cohort, "predicate">>;
  readonly fields: ReadonlyMap<string, Field>;
}

/**
 * What is asked twice is looked for once.
 *
 * @param findings What has been found out before about examples with these fields, whatever the cohorts were then.
 */
export function createSearch(
  { cohorts, fields }: Searched,
  findings: Findings = createFindings(fields),
): Search {
  const { circuit, usual } = findings;
  const wireOf = createWiring(circuit, (name) => {
    const cohort = cohorts.get(name);
    if (cohort === undefined) throw new Error(`there is no cohort ${name}`);
    return cohort.predicate;
  });
  return {
    find: (goal, options) => {
      const answer = findings.answerTo(settle(wireOf(goal), circuit, options));
      if (answer.kind !== "found") return answer;
      const { step, epoch } = options.moment ?? {};
      const known = { ...(step !== undefined && { step }), ...(epoch !== undefined && { epoch }) };
      return {
        kind: "found",
        example: exampleOf(answer.values, usual),
        run: { ...known, ...runOf(answer.values) },
      };
    },
    decide: (goal, options) => {
      const wire = settle(wireOf(goal), circuit, options);
      return findings.isShown(wire) ? "found" : findings.answerTo(wire).kind;
    },
  };
}

function runOf(values: Values): RunValues {
  return Object.fromEntries(
    [...values].filter(([name, value]) => isDynamic(name) && typeof value === "number"),
  );
}

function exampleOf(values: Values, usual: Values): ExampleRecord {
  const chosen = [...values].filter(([name]) => !isDynamic(name));
  const others = [...usual].filter(([name]) => !values.has(name));
  return Object.fromEntries([...chosen, ...others].filter(([, value]) => value !== undefined));
}
