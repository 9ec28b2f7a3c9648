import fc from "fast-check";
import { expect, it } from "vitest";
import type { CheckedPolicy } from "../../../src/check/policy.ts";
import { compile } from "../../../src/compile.ts";
import type { NetworkShape } from "../../../src/model/network.ts";
import { comparePolicies } from "../../../src/reason/diff/diff.ts";
import {
  combineDirections,
  type Direction,
  type PolicyDifference,
  type RuleChange,
} from "../../../src/reason/diff/difference.ts";
import { validateExample } from "../../../src/reason/example.ts";
import { windowHolds } from "../../../src/reason/windows.ts";
import { placesOf } from "../../generators/networks.ts";
import { cases, runs } from "../../generators/runs.ts";
import { policyPairs, type PolicyPair } from "../../generators/policy-pairs.ts";
import {
  interpret,
  type Meaning,
  type OracleExample,
  type OracleMoment,
  type Place,
} from "../../oracle/interpreter.ts";

it(
  "tells every change of weight, and no other, as trying every example, moment and parameter does",
  () => {
    const seen = new Set<Direction>();
    fc.assert(
      fc.property(policyPairs(), (pair) => {
        const { drawn } = pair;
        const network = drawn.isKnown ? drawn.network : undefined;
        const [before, after] = [checked(pair.before, network), checked(pair.after, network)];
        fc.pre(before !== undefined && after !== undefined);
        const said = comparePolicies(
          { policy: before, ...(network && { network }) },
          { policy: after, ...(network && { network }) },
        );
        const meant = findAll(pair, before, after);
        const problems = [
          ...judge("weight", said.weights, meant.weights, meant, pair),
          ...judge("cut", said.detaches, meant.cuts, meant, pair),
          ...said.undecided
            .filter(({ about }) => about !== "examples")
            .map(({ reason }) => `undecided: ${reason}`),
          ...judgeVerdict(said),
        ];
        if (meant.examples.length > 0) seen.add(directionOfAll([...meant.weights, ...meant.cuts]));
        expect(problems.length === 0 ? "" : show(pair, problems)).toBe("");
      }),
      cases(400),
    );
    // Else the pairs would be of one kind, and nothing would have been tried.
    expect([...seen].toSorted()).toEqual(["different", "looser", "none", "stricter"]);
  },
  runs(180_000),
);

function checked(text: string, network: NetworkShape | undefined): CheckedPolicy | undefined {
  const sources = new Map([["policy.gov", text]]);
  const { policy, diagnostics } = compile({ entry: "policy.gov", sources, ...(network && { network }) });
  const isWrong = diagnostics.some(({ severity, code }) => severity === "error" && code !== "GOV5001");
  return isWrong ? undefined : policy;
}

/** One weight of one example, at one moment on one parameter, that is not what it was. */
interface Meant {
  readonly before: number;
  readonly after: number;
  readonly example: OracleExample;
  readonly moment: OracleMoment;
  readonly cell: MeantCell;
}

interface MeantCell {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly isLater: (band: string) => boolean;
  readonly weightOf: (side: "before" | "after", example: OracleExample, moment: OracleMoment) => number;
  readonly cutOf: (side: "before" | "after", example: OracleExample, moment: OracleMoment) => number;
}

interface AllMeant {
  readonly examples: readonly OracleExample[];
  readonly cells: readonly MeantCell[];
  readonly weights: readonly Meant[];
  readonly cuts: readonly Meant[];
}

function findAll({ drawn, ...texts }: PolicyPair, before: CheckedPolicy, after: CheckedPolicy): AllMeant {
  const meanings = { before: interpret(texts.before), after: interpret(texts.after) };
  const holding = (meaning: Meaning, { bands }: CheckedPolicy, place: Place): readonly string[] =>
    ["all", ...bands.map(({ name }) => name).filter((name) => meaning.isInBand(name, place))].toSorted();
  const cells = new Map<string, MeantCell>();
  for (const place of placesOf(drawn.network)) {
    const bands = {
      before: holding(meanings.before, before, place),
      after: holding(meanings.after, after, place),
    };
    cells.set(JSON.stringify(bands), {
      ...bands,
      isLater: (band) => band === "all" || after.bands.some(({ name }) => name === band),
      weightOf: (side, example, moment) => meanings[side].weightOf(example, moment, place),
      cutOf: (side, example, moment) => (meanings[side].isCut(example, moment, place) ? 0 : 1),
    });
  }
  const admits = (policy: CheckedPolicy, example: OracleExample): boolean =>
    validateExample(policy.example, example).length === 0;
  const examples = drawn.examples.filter((example) => admits(before, example) && admits(after, example));
  const changes = (read: "weightOf" | "cutOf"): readonly Meant[] =>
    [...cells.values()].flatMap((cell) =>
      drawn.moments.flatMap((moment) =>
        examples.flatMap((example) => {
          const [old, fresh] = [cell[read]("before", example, moment), cell[read]("after", example, moment)];
          return old === fresh ? [] : [{ before: old, after: fresh, example, moment, cell }];
        }),
      ),
    );
  return { examples, cells: [...cells.values()], weights: changes("weightOf"), cuts: changes("cutOf") };
}

/** What is wrong with the changes that are told. */
function judge(
  what: "weight" | "cut",
  said: readonly RuleChange[],
  meant: readonly Meant[],
  all: AllMeant,
  { drawn, redefinesBands }: PolicyPair,
): readonly string[] {
  const untold = meant.filter((one) => !said.some((change) => covers(change, one)));
  // Without a network, parts that two bands of one name may share are told, whether there are any or not.
  const isExact = drawn.isKnown || !redefinesBands;
  const untrue = said.filter((change) => isExact && !meant.some((one) => covers(change, one)));
  return [
    ...untold.map((one) => `not told: ${what} ${showMeant(one)}`),
    ...untrue.map((change) => `not so: ${what} ${JSON.stringify(change)}`),
    ...said.flatMap((change) => judgeWitness(what, change, all, isExact)),
    ...(isExact && directionOfAll(meant) !== directionOfAll(said.map(({ before, after }) => ({ before: before.weight, after: after.weight })))
      ? [`the ${what}s are ${directionOfAll(meant)}`]
      : []),
  ]; // prettier-ignore
}

/** Whether a change says of this one that it is so. */
function covers({ before, after, places, times }: RuleChange, one: Meant): boolean {
  const isThere = places.some((place) =>
    place.kind === "band" ? isInBand(place.band, one.cell) : isCell(place, one.cell),
  );
  const isThen = times.some((windows) => windows.every((window) => windowHolds(window, one.moment)));
  return isThere && isThen && before.weight === one.before && after.weight === one.after;
}

/** A name means what it means in the later policy, where that has it. */
function isInBand(band: string, { before, after, isLater }: MeantCell): boolean {
  return isLater(band) ? after.includes(band) : before.includes(band);
}

function isCell(place: { before: readonly string[]; after: readonly string[] }, cell: MeantCell): boolean {
  return (["before", "after"] as const).every(
    (side) =>
      ["all", ...place[side].filter((name) => name !== "all")].toSorted().join() === cell[side].join(),
  );
}

function judgeWitness(
  what: "weight" | "cut",
  { before, after, witness }: RuleChange,
  { examples, cells }: AllMeant,
  isExact: boolean,
): readonly string[] {
  const { example, moment } = witness;
  const told = `${JSON.stringify(witness)} for ${what} ${before.weight} -> ${after.weight}`;
  const cell = cells.find((one) => isCell(witness.cell, one));
  if (cell === undefined) return isExact ? [`no parameter lies where it is told: ${told}`] : [];
  const read = what === "weight" ? cell.weightOf : cell.cutOf;
  const weights = [read("before", example, moment), read("after", example, moment)];
  const isReachable = moment.epoch <= moment.step && (moment.examples === 0 || moment.step > 0);
  const sort = (one: OracleExample): string =>
    JSON.stringify(Object.entries(one).map(([name, value]) => [name, Array.isArray(value) ? value.toSorted() : value]).toSorted()); // prettier-ignore
  return [
    ...(examples.some((one) => sort(one) === sort(example)) ? [] : [`not admitted by both: ${told}`]),
    ...(weights[0] === before.weight && weights[1] === after.weight
      ? []
      : [`but ${weights.join()}: ${told}`]),
    ...(isReachable ? [] : [`no moment of a training: ${told}`]),
  ];
}

function judgeVerdict({ verdict, weights, detaches, parts, undecided }: PolicyDifference): readonly string[] {
  const all = combineDirections([...weights, ...detaches, ...parts].map(({ direction }) => direction));
  const expected = undecided.length > 0 ? "different" : all === "none" ? "equivalent" : all;
  return verdict === expected ? [] : [`the verdict is ${verdict}, not ${expected}`];
}

function directionOfAll(changes: readonly { readonly before: number; readonly after: number }[]): Direction {
  return combineDirections(changes.map(({ before, after }) => (after < before ? "stricter" : "looser")));
}

function showMeant({ before, after, example, moment, cell }: Meant): string {
  return `${before} -> ${after} for ${JSON.stringify(example)} at ${JSON.stringify(moment)} in ${cell.before.join()} / ${cell.after.join()}`;
}

function show({ before, after, drawn }: PolicyPair, problems: readonly string[]): string {
  const layers = drawn.network.layers.map(({ name, kind, units }) => `${name}: ${kind} ${String(units)}`);
  return `${before}\n\n--- becomes ---\n\n${after}\n\n${problems.slice(0, 6).join("\n")}\n${drawn.isKnown ? "" : "(network not known) "}${layers.join("; ")}`;
}
