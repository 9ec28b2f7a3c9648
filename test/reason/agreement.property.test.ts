/**
 * Three readings of a policy agree on every (policy, example, moment): the runtime's compiled weights, the reasoner's
 * and the slow interpreter of the tree. `STRATA_RUNS=65 npx vitest run test/reason/agreement.property.test.ts` tries
 * more than a million.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { CheckedPolicy, Claim, RouteRule } from "../../src/check/policy.ts";
import { compile } from "../../src/compile.ts";
import { buildIr, digestMeaning } from "../../src/ir/build.ts";
import { lowerToTfjs } from "../../src/lower/tfjs/lower.ts";
import type { TfjsPlan } from "../../src/lower/tfjs/plan.ts";
import type { LayerExtent, NetworkShape } from "../../src/model/network.ts";
import { resolveBands } from "../../src/model/resolve.ts";
import { cellsOf, type Cell, type ResolvedBands } from "../../src/reason/cells.ts";
import { decideClaim, type Verdict } from "../../src/reason/claims.ts";
import { validateExample, type ExampleRecord } from "../../src/reason/example.ts";
import { compileCohorts, type CohortTest } from "../../src/reason/predicate.ts";
import { weigh } from "../../src/reason/weights.ts";
import { explainLayer, explainWeights, type ExplainedPart } from "../../src/reason/why.ts";
import { windowHolds } from "../../src/reason/windows.ts";
import { membersOf } from "../../src/runtime/members.ts";
import { weighSegments } from "../../src/runtime/segment-weights.ts";
import { learningLayers, placesOf } from "../generators/networks.ts";
import { policies, type DrawnPolicy } from "../generators/policies.ts";
import { cases, runs } from "../generators/runs.ts";
import {
  interpret,
  type Meaning,
  type OracleExample,
  type OracleMoment,
  type Place,
} from "../oracle/interpreter.ts";

it(
  "the plan, the reasoner and the interpreter give the same weights and cuts; no claim that is proved is broken",
  () => {
    const seen = { triples: 0, proved: 0, refuted: 0 };
    fc.assert(
      fc.property(policies(), (drawn) => {
        const { text, shuffled, network, moments } = drawn;
        const oracle = interpret(text);
        const laid = layOut(text, network, oracle);
        const said: string[] = [];
        for (const example of drawn.examples)
          for (const { problem } of validateExample(laid.policy.example, recordOf(example)))
            said.push(`the generator drew an example that is not admitted: ${problem}`);
        for (const moment of moments) said.push(...compare(drawn, moment, oracle, laid));
        const reordered = interpret(shuffled);
        const laidReordered = layOut(shuffled, network, reordered);
        for (const moment of moments.slice(-1))
          said.push(...compare(drawn, moment, reordered, laidReordered));
        if (digestInOrder(laid.policy) !== digestInOrder(laidReordered.policy))
          said.push(`another meaning in this order:\n${shuffled}`);
        const verdicts = laid.policy.claims.map((claim) => ({
          claim,
          verdict: decideClaim(claim, laid.policy, laid.resolved),
        }));
        for (const { claim, verdict } of verdicts) said.push(...judge(claim, verdict, drawn, oracle, laid));

        seen.triples += moments.length * drawn.examples.length;
        seen.proved += verdicts.filter(({ verdict }) => verdict.kind === "proved").length;
        seen.refuted += verdicts.filter(({ verdict }) => verdict.kind === "refuted").length;
        expect(said.length === 0 ? "" : `${text}\n\n${[...new Set(said)].slice(0, 8).join("\n")}`).toBe("");
      }),
      cases(40),
    );
    expect(seen.triples).toBeGreaterThan(runs(15_999));
    expect(Math.min(seen.proved, seen.refuted)).toBeGreaterThan(runs(10));
    if (runs(1) > 1) console.info(seen);
  },
  runs(180_000),
);

/** A policy over its network, as each of the readings takes it. */
interface LaidOut {
  readonly policy: CheckedPolicy;
  readonly plan: TfjsPlan;
  readonly resolved: ResolvedBands;
  /** Of a layer's units that lie in the same bands and in the same piece of the plan, one that stands for all. */
  readonly places: readonly PlannedPlace[];
  readonly cohorts: ReadonlyMap<string, CohortTest>;
}

interface PlannedPlace extends Place {
  /** The rules on it, as the reasoner cuts the network into cells. */
  readonly rules: readonly RouteRule[];
  /** Its pieces of each parameter of the layer; one each, unless something is wrong. */
  readonly pieces: readonly (readonly [parameter: number, segments: readonly number[]])[];
}

function layOut(text: string, network: NetworkShape, oracle: Meaning): LaidOut {
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
  const resolved = { network, extents: resolveBands(policy, network).extents };
  const cells = cellsOf(policy, resolved);
  const places = placesOf(network).map((place): PlannedPlace => {
    const isOn = (cell: Cell): boolean =>
      policy.bands.every(({ name }) => cell.has(name) === oracle.isInBand(name, place));
    const cell = cells.find(isOn) ?? new Set(["no such cell"]);
    return {
      ...place,
      pieces: piecesOf(place, plan),
      rules: policy.rules.filter(({ band }) => cell.has(band)),
    };
  });
  const keyed = places.map((place): [string, PlannedPlace] => {
    const bands = policy.bands.filter(({ name }) => oracle.isInBand(name, place)).map(({ name }) => name);
    return [JSON.stringify([place.layer, bands, place.pieces]), place];
  });
  return { policy, plan, resolved, places: [...new Map(keyed).values()], cohorts: compileCohorts(policy) };
}

function piecesOf({ layer, unit }: Place, { parameters }: TfjsPlan): PlannedPlace["pieces"] {
  return parameters.flatMap((parameter, index) => {
    if (parameter.layer !== layer) return [];
    const segments = parameter.segments.flatMap(({ units }, position) =>
      units === "whole" || (units.low <= unit && unit <= units.high) ? [position] : [],
    );
    return [[index, segments] as const];
  });
}

/** The metadata alone. */
function recordOf(example: OracleExample): ExampleRecord {
  const fields = Object.entries(example).filter(([name]) => name !== "loss" && name !== "entropy");
  return Object.fromEntries(fields) as ExampleRecord;
}

/** Where the plan, the reasoner and the interpreter disagree. */
function compare(
  { network, examples }: DrawnPolicy,
  moment: OracleMoment,
  oracle: Meaning,
  laid: LaidOut,
): readonly string[] {
  const { policy, plan, places, cohorts } = laid;
  const records = examples.map(recordOf);
  const said: string[] = [];
  const report = (what: string, row: number, planned: unknown, meant: unknown): void => {
    said.push(
      `${what} is ${String(planned)} by ours, ${String(meant)} by the language, for ${JSON.stringify(examples[row])} at ${JSON.stringify(moment)} in\n${tell(network)}`,
    );
  };
  const supplied = (field: string): Float32Array =>
    Float32Array.from(examples, (example) => Number(example[field]));
  const members = membersOf(cohorts, records, moment, {
    loss: supplied("loss"),
    entropy: supplied("entropy"),
  });
  for (const cohort of ["all", ...policy.cohorts.map(({ name }) => name)])
    examples.forEach((example, row) => {
      const isHeld = members(cohort)[row] === 1;
      if (isHeld !== oracle.isInCohort(cohort, example, moment))
        report(`membership in ${cohort}`, row, isHeld, !isHeld);
    });

  const isMember = (cohort: string, row: number): boolean => members(cohort)[row] === 1;
  // `why` says the same at more length: of one example at each moment.
  const [first = {}] = records;
  const explained = explain(first, moment, laid, (cohort) => isMember(cohort, 0));
  const weights = weighSegments(plan, [], members, moment, examples.length);
  for (const place of places) {
    if (place.pieces.length !== 2)
      said.push(`${place.layer} has ${String(place.pieces.length)} parameters in the plan`);
    examples.forEach((example, row) => {
      const exact = oracle.weightOf(example, moment, place);
      const meant = Math.fround(exact);
      const reasoned = weigh(
        place.rules,
        (cohort) => isMember(cohort, row),
        moment,
        policy.defaultWeight.weight,
      );
      if (reasoned !== exact) report(`the reasoner's weight of ${showPlace(place)}`, row, reasoned, exact);
      const told = row === 0 ? explained.weightOf(place) : exact;
      if (told !== exact) report(`the weight of ${showPlace(place)} by \`why\``, row, told, exact);
      for (const [index, segments] of place.pieces) {
        const found = segments.map((position) => weights[index]?.[position]);
        const planned = found.map((one) => (typeof one === "number" ? one : one?.[row]));
        if (planned.length !== 1 || Math.fround(planned[0] ?? Number.NaN) !== meant)
          report(`the plan's weight of ${showPlace(place)}`, row, planned, meant);
      }
      const isCut = plan.detaches.some(
        ({ rule, extent }) =>
          windowHolds(rule.window, moment) && members(rule.cohort)[row] === 1 && covers(extent, place),
      );
      const isMeant = oracle.isCut(example, moment, place);
      if (isCut !== isMeant) report(`a cut at ${showPlace(place)} in the plan`, row, isCut, isMeant);
      const isTold = row === 0 ? explained.isCut(place) : isMeant;
      if (isTold !== isMeant) report(`a cut at ${showPlace(place)} by \`why\``, row, isTold, isMeant);
    });
  }
  return said;
}

interface Explained {
  readonly weightOf: (place: Place) => number | undefined;
  readonly isCut: (place: Place) => boolean;
}

/** What the reasoner says of one example, with the answer of the run where it leaves that to the run. */
function explain(
  example: ExampleRecord,
  moment: OracleMoment,
  { policy, resolved }: LaidOut,
  isMember: (cohort: string) => boolean,
): Explained {
  const question = { policy, resolved, example, moment };
  const segments = new Map(
    learningLayers(resolved.network).map((layer) => [layer.name, explainLayer(question, layer)]),
  );
  const { detaches, possibleDetaches } =
    policy.detaches.length === 0 ? { detaches: [], possibleDetaches: [] } : explainWeights(question);
  const cutting = [...detaches, ...possibleDetaches.filter(({ cohort }) => isMember(cohort))];
  const settle = ({ spoken, possible, weight }: ExplainedPart): number => {
    const weights = possible.filter(({ cohort }) => isMember(cohort)).map((rule) => rule.weight);
    return Math.min(...(spoken.length === 0 && weights.length > 0 ? [] : [weight]), ...weights);
  };
  return {
    weightOf: ({ layer, unit }) => {
      const parts = (segments.get(layer) ?? []).filter(
        ({ units }) => units === "whole" || (units.low <= unit && unit <= units.high),
      );
      return parts.length === 1 && parts[0] !== undefined ? settle(parts[0]) : undefined;
    },
    isCut: (place) => cutting.some(({ band }) => covers(resolved.extents.get(band) ?? [], place)),
  };
}

/** What is wrong with the verdict on a claim, as far as the examples show it. */
function judge(
  { claim, cohort, band }: Claim,
  verdict: Verdict,
  { examples, moments }: DrawnPolicy,
  oracle: Meaning,
  { policy, places: all }: LaidOut,
): readonly string[] {
  const told = `\`${claim} ${cohort} -> ${band}\` is ${verdict.kind}`;
  const breaks = (example: OracleExample, moment: OracleMoment, place: Place): boolean =>
    oracle.isInCohort(cohort, example, moment) &&
    (claim === "never") === (oracle.weightOf(example, moment, place) !== 0);
  const places = all.filter((place) => oracle.isInBand(band, place));
  if (verdict.kind === "proved")
    return moments.flatMap((moment) =>
      examples
        .filter((example) => places.some((place) => breaks(example, moment, place)))
        .map((example) => `${told}, and broken by ${JSON.stringify(example)} at ${JSON.stringify(moment)}`),
    );
  if (verdict.kind !== "refuted") return [];
  const { example, cell, moment } = verdict.counterexample;
  const refusals = validateExample(policy.example, example).map(({ problem }) => `${told}, but ${problem}`);
  const isOnCell = (place: Place): boolean =>
    policy.bands.every(({ name }) => cell.has(name) === oracle.isInBand(name, place));
  // Whatever the run will know of it.
  const isBroken = [0, 0.5, 2.25, 4, Number.NaN].every((loss) =>
    [0, 0.25, 1.5].every((entropy) =>
      places.some((place) => isOnCell(place) && breaks({ ...example, loss, entropy }, moment, place)),
    ),
  );
  const isReachable = moment.epoch <= moment.step && (moment.examples === 0 || moment.step > 0);
  return isBroken && isReachable
    ? refusals
    : [...refusals, `${told}, but not by ${JSON.stringify(verdict.counterexample)}`];
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
