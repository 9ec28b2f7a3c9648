import fc from "fast-check";
import { expect, it } from "vitest";
import type { CheckedPolicy } from "../../src/check/policy.ts";
import { compile } from "../../src/compile.ts";
import { buildIr, digestMeaning } from "../../src/ir/build.ts";
import { lowerToTfjs } from "../../src/lower/tfjs/lower.ts";
import type { TfjsPlan } from "../../src/lower/tfjs/plan.ts";
import type { LayerExtent, NetworkShape } from "../../src/model/network.ts";
import { validateExample, type ExampleRecord } from "../../src/reason/example.ts";
import { compileCohorts } from "../../src/reason/predicate.ts";
import { windowHolds } from "../../src/reason/windows.ts";
import { membersOf } from "../../src/runtime/members.ts";
import { weighSegments } from "../../src/runtime/segment-weights.ts";
import { placesOf } from "../generators/networks.ts";
import { policies, type DrawnPolicy } from "../generators/policies.ts";
import { interpret, type OracleMoment, type Place } from "../oracle/interpreter.ts";

it("gives every parameter, example and moment of random policies the weight that the language says", () => {
  fc.assert(
    fc.property(policies(), (drawn) => {
      const { text, shuffled, network, moments } = drawn;
      const oracle = interpret(text);
      const reordered = interpret(shuffled);
      const laid = layOut(text, network);
      const laidReordered = layOut(shuffled, network);
      const said: string[] = [];
      for (const example of drawn.examples)
        for (const { problem } of validateExample(laid.policy.example, example))
          said.push(`the generator drew an example that is not admitted: ${problem}`);
      for (const moment of moments) said.push(...compare(drawn, moment, oracle, laid));
      for (const moment of moments.slice(-1)) said.push(...compare(drawn, moment, reordered, laidReordered));
      if (digestInOrder(laid.policy) !== digestInOrder(laidReordered.policy))
        said.push(`another meaning in this order:\n${shuffled}`);
      expect(said.length === 0 ? "" : `${text}\n\n${[...new Set(said)].slice(0, 8).join("\n")}`).toBe("");
    }),
    { numRuns: 500 },
  );
}, 60_000);

interface LaidOut {
  readonly policy: CheckedPolicy;
  readonly plan: TfjsPlan;
}

function layOut(text: string, network: NetworkShape): LaidOut {
  const sources = new Map([["policy.gov", text]]);
  const { policy, diagnostics } = compile({ entry: "policy.gov", sources, network });
  const errors = diagnostics.filter(({ severity, code }) => severity === "error" && code !== "GOV5001");
  const { plan, diagnostics: refusals } =
    policy === undefined || errors.length > 0
      ? { diagnostics: errors }
      : lowerToTfjs(buildIr(policy, sources), network);
  if (plan === undefined || policy === undefined)
    throw new Error(
      `${text}\n\n${refusals.map(({ code, message }) => `${code} ${message}`).join("\n")}\n${tell(network)}`,
    );
  return { policy, plan };
}

/** Where the plan and the oracle disagree. */
function compare(
  { network, examples }: DrawnPolicy,
  moment: OracleMoment,
  oracle: ReturnType<typeof interpret>,
  { policy, plan }: LaidOut,
): readonly string[] {
  const said: string[] = [];
  const report = (what: string, row: number, planned: unknown, meant: unknown): void => {
    said.push(
      `${what} is ${String(planned)} by the plan, ${String(meant)} by the language, for ${JSON.stringify(examples[row])} at ${JSON.stringify(moment)} in\n${tell(network)}`,
    );
  };
  const records = examples as readonly ExampleRecord[];
  const members = membersOf(compileCohorts(policy), records, moment);
  for (const cohort of ["all", ...policy.cohorts.map(({ name }) => name)])
    examples.forEach((example, row) => {
      const isMember = members(cohort)[row] === 1;
      if (isMember !== oracle.isInCohort(cohort, example, moment))
        report(`membership in ${cohort}`, row, isMember, !isMember);
    });

  const weights = weighSegments(plan, [], members, moment, examples.length);
  for (const place of placesOf(network)) {
    const own = plan.parameters.flatMap((parameter, index) =>
      parameter.layer === place.layer ? [index] : [],
    );
    if (own.length !== 2) said.push(`${place.layer} has ${String(own.length)} parameters in the plan`);
    examples.forEach((example, row) => {
      const meant = Math.fround(oracle.weightOf(example, moment, place));
      for (const index of own) {
        const holding = (plan.parameters[index]?.segments ?? []).flatMap(({ units }, position) =>
          units === "whole" || (units.low <= place.unit && place.unit <= units.high) ? [position] : [],
        );
        const found = holding.map((position) => weights[index]?.[position]);
        const planned = found.map((one) => (typeof one === "number" ? one : one?.[row]));
        if (planned.length !== 1 || Math.fround(planned[0] ?? Number.NaN) !== meant)
          report(`the weight of ${showPlace(place)}`, row, planned, meant);
      }
      const isCut = plan.detaches.some(
        ({ rule, extent }) =>
          windowHolds(rule.window, moment) && members(rule.cohort)[row] === 1 && covers(extent, place),
      );
      if (isCut !== oracle.isCut(example, moment, place))
        report(`a cut at ${showPlace(place)}`, row, isCut, !isCut);
    });
  }
  return said;
}

function covers(extent: readonly LayerExtent[], place: Place): boolean {
  return extent.some(
    ({ layer, units }) =>
      layer === place.layer &&
      (units === "whole" || units.some(({ low, high }) => low <= place.unit && place.unit <= high)),
  );
}

/** The digest of the policy with every list in one order. */
function digestInOrder(policy: CheckedPolicy): string {
  const sort = <Item>(items: readonly Item[]): readonly Item[] =>
    items
      .map((item) => ({ item, key: keyOf(item) }))
      .toSorted((left, right) => (left.key < right.key ? -1 : 1))
      .map(({ item }) => item);
  return digestMeaning({
    ...policy,
    params: sort(policy.params),
    bands: sort(policy.bands),
    cohorts: sort(policy.cohorts),
    rules: sort(policy.rules),
    detaches: sort(policy.detaches),
    claims: sort(policy.claims),
  });
}

function keyOf(item: unknown): string {
  return JSON.stringify(item, (key, value: unknown) => (key === "span" || key === "via" ? undefined : value));
}

function showPlace({ layer, unit }: Place): string {
  return `${layer} unit ${String(unit)}`;
}

function tell({ layers }: NetworkShape): string {
  return layers
    .map(
      ({ name, kind, units, trainable }) => `${name}: ${kind} ${String(units)}${trainable ? "" : " frozen"}`,
    )
    .join("; ");
}
