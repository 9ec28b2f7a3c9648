/** `expect band: weight` against the slow interpreter of the language, with every example tried. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../../src/compile.ts";
import type { NetworkShape } from "../../../src/model/network.ts";
import { runTests } from "../../../src/reason/tests/run.ts";
import type { TestResult } from "../../../src/reason/tests/result.ts";
import { finitePolicies, type FinitePolicy } from "../../generators/finite-policies.ts";
import { placesOf } from "../../generators/networks.ts";
import { interpret, type Meaning, type OracleExample, type OracleMoment } from "../../oracle/interpreter.ts";
import { cases } from "../../generators/runs.ts";

it("holds just when every example that agrees with the test has the weight, and shows one that has not", () => {
  const seen = { passes: 0, fails: 0 };
  fc.assert(
    fc.property(testedPolicies(), ({ policy: drawn, example, moment, band, weight }) => {
      const test = `test "t" {\n${given(example)}  ${sayMoment(moment)}\n  expect ${band}: ${String(weight)}\n}`;
      const text = `${drawn.text}\n${test}`;
      const oracle = interpret(text);
      const matching = drawn.examples.filter((candidate) => agrees(candidate, example, drawn));
      const places = placesOf(drawn.network).filter((place) => oracle.isInBand(band, place));
      const weights = matching.flatMap((one) => places.map((place) => oracle.weightOf(one, moment, place)));
      const [result] = resultsOf(text, drawn);
      const isMet = weights.every((own) => own === weight);
      seen[isMet ? "passes" : "fails"] += 1;
      const told = `${text}\n${JSON.stringify(result?.failures)}`;
      expect(result?.failures.length, told).toBe(isMet ? 0 : 1);
      for (const failure of result?.failures ?? [])
        checkFailure(failure, { matching, oracle, drawn, band, told });
    }),
    cases(500),
  );
  // A property that only ever saw one of the two would say nothing.
  expect(Math.min(seen.passes, seen.fails)).toBeGreaterThan(50);
});

it("knows of every cohort whether all examples that agree with the test are in it, or none", () => {
  fc.assert(
    fc.property(testedPolicies(), ({ policy: drawn, example, moment }) => {
      const names = [...drawn.text.matchAll(/^cohort (\w+)/gm)].map(([, name]) => name ?? "");
      const expectations = names.flatMap((name) => [`expect ${name}`, `expect not ${name}`]);
      const body = [given(example), sayMoment(moment), ...expectations].join("\n  ");
      const text = `${drawn.text}\ntest "t" {\n${body}\n}`;
      const oracle = interpret(text);
      const matching = drawn.examples.filter((candidate) => agrees(candidate, example, drawn));
      const isMet = (name: string, wanted: boolean): boolean =>
        matching.every((one) => oracle.isInCohort(name, one, moment) === wanted);
      const unmet = names.flatMap((name) => [
        ...(isMet(name, true) ? [] : [`in ${name}`]),
        ...(isMet(name, false) ? [] : [`not in ${name}`]),
      ]);
      const failures = resultsOf(text, drawn)[0]?.failures ?? [];
      expect(
        failures.map(({ kind, expectation }) =>
          kind === "cohort" && expectation.kind === "cohort"
            ? `${expectation.negated ? "not " : ""}in ${expectation.cohort}`
            : kind,
        ),
        text,
      ).toEqual(unmet);
    }),
    cases(200),
  );
});

function checkFailure(
  failure: TestResult["failures"][number],
  {
    matching,
    oracle,
    drawn,
    band,
    told,
  }: {
    readonly matching: readonly OracleExample[];
    readonly oracle: Meaning;
    readonly drawn: FinitePolicy;
    readonly band: string;
    readonly told: string;
  },
): void {
  if (failure.kind !== "weight") throw new Error(told);
  const { example, moment } = failure.witness;
  expect(matching.map(sorted), told).toContain(sorted(example));
  const names = [...failure.cell].filter((name) => name !== "all");
  expect(band === "all" || names.includes(band), told).toBe(true);
  const place = placesOf(drawn.network).find(
    (candidate) =>
      names.every((name) => oracle.isInBand(name, candidate)) &&
      bandsOf(drawn).every((name) => names.includes(name) === oracle.isInBand(name, candidate)),
  );
  if (place === undefined) throw new Error(`nothing lies in ${names.join()}\n${told}`);
  expect(oracle.weightOf(example, moment, place), told).toBe(failure.weight);
}

interface Drawn {
  readonly policy: FinitePolicy;
  /** What the test gives. */
  readonly example: OracleExample;
  readonly moment: OracleMoment;
  readonly band: string;
  readonly weight: number;
}

function testedPolicies(): fc.Arbitrary<Drawn> {
  return finitePolicies().chain((policy) =>
    fc
      .record({
        example: fc.constantFrom(...policy.examples),
        kept: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        moment: fc.record({ step: fc.integer({ min: 0, max: 3 }), epoch: fc.integer({ min: 0, max: 3 }) }),
        band: fc.constantFrom("all", ...bandsOf(policy)),
        weight: fc.constantFrom(0, 0, 1, 1, 0.25, 0.5, 2),
      })
      .map(({ example, kept, moment, band, weight }) => ({
        policy,
        example: Object.fromEntries(Object.entries(example).filter((_, index) => kept[index])),
        moment: { ...moment, examples: 0 },
        band,
        weight,
      })),
  );
}

function bandsOf({ text }: FinitePolicy): readonly string[] {
  return [...text.matchAll(/^band (\w+)/gm)].map(([, name]) => name ?? "");
}

/** Whether an example is one that the test speaks about: optional fields that it leaves out are absent. */
function agrees(candidate: OracleExample, given: OracleExample, { text }: FinitePolicy): boolean {
  const isOptional = (field: string): boolean => new RegExp(`^ *${field}: [^\\n]*\\?`, "m").test(text);
  const isFree = (field: string): boolean => !Object.hasOwn(given, field) && !isOptional(field);
  const settled = (example: OracleExample): string =>
    sorted(Object.fromEntries(Object.entries(example).filter(([field]) => !isFree(field))));
  return settled(candidate) === settled(given);
}

function given(example: OracleExample): string {
  const fields = Object.entries(example).map(
    ([name, value]) =>
      `${name}: ${Array.isArray(value) ? `{ ${value.map((one) => JSON.stringify(one)).join(", ")} }` : JSON.stringify(value)}`,
  );
  return fields.length === 0 ? "" : `  given { ${fields.join(", ")} }\n`;
}

function sayMoment({ step, epoch }: OracleMoment): string {
  return `at step ${String(step)} at epoch ${String(epoch)}`;
}

function sorted(example: OracleExample): string {
  const fields = Object.entries(example).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.toSorted() : value,
  ]);
  return JSON.stringify(fields.toSorted());
}

function resultsOf(text: string, { network, isKnown }: FinitePolicy): readonly TestResult[] {
  const sources = new Map([["policy.gov", text]]);
  const shape: NetworkShape | undefined = isKnown ? network : undefined;
  const { policy, extents } = compile({ entry: "policy.gov", sources, ...(shape && { network: shape }) });
  if (policy === undefined) throw new Error(text);
  return runTests(policy, shape && extents && { network: shape, extents });
}
