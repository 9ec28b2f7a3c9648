/**
 * Random policies about which everything can be tried: few examples are possible, and all that happens in time has
 * happened by the third step, epoch and example.
 */
import type fc from "fast-check";
import type { NetworkShape } from "../../src/model/network.ts";
import { chosen, type Choices } from "../gradients/exactness/choices.ts";
import type { OracleExample, OracleMoment } from "../oracle/interpreter.ts";
import { drawBands } from "./bands.ts";
import { schemaOf, type DrawnField } from "./examples.ts";
import { drawNetwork } from "./networks.ts";

export interface FinitePolicy {
  readonly text: string;
  /** One in which bands overlap just as far as their set algebra says, where the policy is to be read without. */
  readonly network: NetworkShape;
  readonly isKnown: boolean;
  /** Every example that the schema admits. */
  readonly examples: readonly OracleExample[];
  /** Every moment that a training can have, as far as the policy tells them apart. */
  readonly moments: readonly OracleMoment[];
}

export function finitePolicies(): fc.Arbitrary<FinitePolicy> {
  return chosen(drawFinitePolicy);
}

export function drawFinitePolicy(choices: Choices): FinitePolicy {
  const { whole, one, often, list } = choices;
  const isKnown = often(5);
  const network = isKnown ? drawNetwork(choices) : OPEN_NETWORK;
  const params = ["param share: fraction = 50%", "param edge: int = 1"];
  const bands = isKnown ? drawBands(choices, network, params) : drawAlgebra(choices);
  const fields = drawFields(choices);
  const hasTime = often(6);
  const cohorts = drawCohorts(choices, fields, hasTime && often(3));
  const band = (): string => one(["all", ...bands, ...bands].map((_, index) => bandName(index, bands.length)) as [string, ...string[]]); // prettier-ignore
  const cohort = (): string => one(["all", ...cohorts.map((_, index) => `c${String(index)}`)]);
  const within = (): string => (hasTime ? window(choices) : "");
  const rule = (): string => `route ${cohort()} -> ${band()}: ${weight(choices)}${within()}`;
  const declarations = [
    ...params,
    schemaOf(fields),
    ...bands,
    ...cohorts,
    ...(often(3) ? [`route default ${weight(choices)}`] : []),
    ...list(0, 4, rule),
    ...(often(3) ? [`profile p { b0: ${weight(choices)} }`, `route ${cohort()} through p${within()}`] : []),
    ...(hasTime && often(4) ? [RULESET, `apply guard(${cohort()}, ${band()}, ${String(whole(1, 2))})`] : []),
    ...list(0, 2, () => `${one(["never", "always"])} ${cohort()} -> ${band()}`),
    ...nearlyTrue(choices, cohort(), band, hasTime),
  ];
  const text = declarations.join("\n");
  return { text, network, isKnown, examples: allExamples(fields), moments: allMoments(hasTime) };
}

/** A claim that holds by rules made for it, or nearly so: in parts of the cohort, of the band, of the time. */
function nearlyTrue(
  { one, often }: Choices,
  cohort: string,
  band: () => string,
  hasTime: boolean,
): readonly string[] {
  const where = band();
  const times = (): string => one(["steps", "epochs", "examples"]);
  const block = (window: string): string =>
    `route ${often(8) ? cohort : "all"} -> ${often(8) ? where : band()}: block${window}`;
  const claim = `never ${cohort} -> ${often(8) ? where : band()}`;
  return one<() => readonly string[]>([
    () => [block(""), claim],
    () => [...new Set([block(""), block(""), block("")]), claim],
    () => (hasTime ? [block(` until 1 ${times()}`), block(` from 1 ${times()}`), claim] : [claim]),
    () => [`cohort other = not ${cohort}`, `route other -> ${where}: block`, `always ${cohort} -> ${where}`],
    () => [`cohort one = ${cohort}`, `cohort two = not one`, `route one -> ${where}: block`, `route two -> ${where}: 0`, `never all -> ${where}`],
  ])(); // prettier-ignore
}

/** `all` now and then. */
function bandName(index: number, count: number): string {
  return index === 0 ? "all" : `b${String((index - 1) % count)}`;
}

const RULESET = `ruleset guard(who: cohort, where: band, begin: int, most: float = 0) {
  route who -> where: most from begin steps
  never who -> where
}`;

export function weight({ one }: Choices): string {
  return one(["block", "block", "full", "0", "25%", "2", "share"]);
}

export function window({ one, whole }: Choices): string {
  const unit = one(["steps", "epochs", "examples"]);
  const count = whole(1, 2);
  return one(["", ` from ${count} ${unit}`, ` until ${count} ${unit}`, ` from 1 ${unit} until 2 ${unit}`, ` from ${count} ${unit} until ${whole(1, 2)} ${unit === "steps" ? "epochs" : "steps"}`]); // prettier-ignore
}

/** Combinations of layers by their names, of which one is another at most in the units that it has. */
function drawAlgebra(choices: Choices): readonly string[] {
  const { whole, one, often, list } = choices;
  const declarations: string[] = [];
  const term = (): string => {
    const low = whole(0, 3);
    const units = often(5) ? ` units ${low}..${whole(low, 3)}` : "";
    const named = `layers ${[...new Set(list(1, 2, () => one(['"l0"', '"l1"', '"l2"'])))].join(", ")}${units}`;
    const earlier = declarations.map((_, index) => `b${String(index)}`);
    return one([named, named, ...earlier]);
  };
  for (let count = whole(1, 3); count > 0; count -= 1) {
    const others = list(0, often(4) ? 2 : 0, () => ` ${one(["|", "&", "-"])} ${often(2) ? `(${term()} ${one(["|", "&", "-"])} ${term()})` : term()}`); // prettier-ignore
    declarations.push(`band b${String(declarations.length)} = ${[term(), ...others].join("")}`);
  }
  const add = (expression: string): void => {
    declarations.push(`band b${String(declarations.length)} = ${expression}`);
  };
  if (often(2)) add("kind conv2d");
  if (often(2)) add(one(["all - b0", "b0 | all", "all & b0"]));
  if (often(3)) add(one(["rest", "rest", "rest | b0", "all - rest", "all - (rest | b0)"]));
  return declarations;
}

/** Has a layer that no band names, and a unit beyond those that bands name. */
const OPEN_NETWORK: NetworkShape = {
  origin: "an open network",
  layers: ["l0", "l1", "l2", "l3", "l4"].map((name) => ({
    name,
    kind: name === "l4" ? "conv2d" : "dense",
    trainable: true,
    units: 5,
    parameters: [{ name: "kernel", shape: [2, 5], trainable: true, unitAxis: 1 }],
    inputs: [],
  })),
};

type FiniteField = DrawnField & {
  readonly values: readonly (string | number | boolean | readonly string[])[];
};

function drawFields({ whole, often }: Choices): readonly FiniteField[] {
  const left = [...FIELDS];
  return Array.from({ length: whole(1, 3) }, () => left.splice(whole(0, left.length - 1), 1))
    .flat()
    .map((field) => ({ ...field, optional: field.optional && often(5) }));
}

function drawCohorts(
  choices: Choices,
  fields: readonly FiniteField[],
  isDynamic: boolean,
): readonly string[] {
  const { whole, one, often } = choices;
  const condition = (index: number): string => {
    if (index > 0 && often(3)) return `c${String(whole(0, index - 1))}`;
    if (isDynamic && often(3))
      return one(["step < 1", "step >= 2", "epoch > 0", "epoch == 1", "step in 1..1"]);
    const field = fields[whole(0, fields.length - 1)];
    if (field === undefined) return "all";
    const own = field.condition(choices);
    if (!field.optional) return own;
    return one([`(has ${field.name} and ${own})`, `(not has ${field.name} or ${own})`, `has ${field.name}`]);
  };
  const predicate = (index: number, depth: number): string =>
    depth === 0
      ? condition(index)
      : one<() => string>([
          () => `${condition(index)} and ${predicate(index, depth - 1)}`,
          () => `${condition(index)} or ${predicate(index, depth - 1)}`,
          () => `not (${predicate(index, depth - 1)})`,
        ])();
  return Array.from({ length: whole(1, 3) }, (_, index) => `cohort c${String(index)} = ${predicate(index, whole(0, 2))}`); // prettier-ignore
}

const FIELDS: readonly Omit<FiniteField, never>[] = [
  field("label", "int in 0..3", false, [0, 1, 2, 3], ["label == 1", "label < 2", "label not in 1..2", "label in 0..<2", "label in { 0, 3 }", "label != 5", "label > 1.5", "label >= -3"]),
  field("level", "int in -1..<2", true, [-1, 0, 1], ["level > 0", "level <= -1", "level not in { 0 }"]),
  field("wait", "steps in 1..3", true, [1, 2, 3], ["wait < 2", "wait == 3", "wait in 2..9"]),
  field("licence", 'enum("cc0", "cc-by", "closed")', true, ["cc0", "cc-by", "closed"], ['licence == "cc0"', 'licence matches "cc*"', 'licence in { "closed", "cc0" }', 'licence matches "?*-*"']),
  field("flagged", "bool", true, [true, false], ["flagged == true", "flagged != true", "flagged not in { true, false }"]),
  field("tags", 'set<enum("x", "y")>', true, [[], ["x"], ["y"], ["x", "y"]], ['"x" in tags', '"y" not in tags']),
]; // prettier-ignore

function field(
  name: string,
  type: string,
  optional: boolean,
  values: FiniteField["values"],
  conditions: readonly [string, ...string[]],
): FiniteField {
  const draw: FiniteField["draw"] = ({ whole }) => values[whole(0, values.length - 1)] ?? 0;
  return { name, type, optional, values, draw, condition: ({ one }) => one(conditions) };
}

function allExamples(fields: readonly FiniteField[]): readonly OracleExample[] {
  return fields.reduce<readonly OracleExample[]>(
    (examples, { name, values, optional }) =>
      examples.flatMap((example) => [
        ...values.map((value) => ({ ...example, [name]: value })),
        ...(optional ? [example] : []),
      ]),
    [{}],
  );
}

/** An epoch has at least a step; a step may be refused, and then has no examples. */
function allMoments(hasTime: boolean): readonly OracleMoment[] {
  if (!hasTime) return [{ step: 0, epoch: 0, examples: 0 }];
  const counts = [0, 1, 2, 3];
  return counts.flatMap((step) =>
    counts
      .filter((epoch) => epoch <= step)
      .flatMap((epoch) =>
        counts
          .filter((examples) => step > 0 || examples === 0)
          .map((examples) => ({ step, epoch, examples })),
      ),
  );
}
