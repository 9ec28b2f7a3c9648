/** Random policies that are right in syntax and types, over a random network, with examples and moments to try. */
import type fc from "fast-check";
import type { NetworkShape } from "../../src/model/network.ts";
import { choicesFrom, chosen, type Choices } from "../gradients/exactness/choices.ts";
import type { OracleExample, OracleMoment } from "../oracle/interpreter.ts";
import { drawBands } from "./bands.ts";
import { drawCondition, drawExample, drawFields, schemaOf, type DrawnField } from "./examples.ts";
import { drawNetwork } from "./networks.ts";

export interface DrawnPolicy {
  readonly text: string;
  /** The same declarations in another order. */
  readonly shuffled: string;
  readonly network: NetworkShape;
  /** With what a run would know of them under `loss` and `entropy`. */
  readonly examples: readonly OracleExample[];
  readonly moments: readonly OracleMoment[];
}

export function policies(): fc.Arbitrary<DrawnPolicy> {
  return chosen(drawPolicy);
}

/** How many examples are tried on a policy. */
const MANY = 40;

function drawPolicy(choices: Choices): DrawnPolicy {
  const { whole, one, list } = choices;
  const network = drawNetwork(choices);
  const fields = drawFields(choices);
  const params = [
    `param share: fraction = ${one(["50%", "0.25", "75%"])}`,
    `param edge: int = ${whole(1, 1)} in 1..4`,
    `param limit: int = ${whole(0, 9)}`,
    `param pause: steps = ${whole(1, 4)}`,
    `param mark: string = ${one(['"lab"', '"lab/*"', '"**/1"'])}`,
    'param since: date = "2025-12-31"',
  ];
  const bands = drawBands(choices, network, params);
  const bandNames = bands.map((_, index) => `b${String(index)}`);
  const cohorts = drawCohorts(choices, fields);
  const names: Names = {
    choices,
    band: () => one(["all", ...bandNames, ...bandNames]),
    bandNames,
    cohort: () => one(["all", ...cohorts.map((_, index) => `c${String(index)}`)]),
  };
  const many = choicesFrom(whole(0, 1_000_000));
  const declarations = [
    ...params,
    schemaOf(fields),
    ...bands,
    ...cohorts,
    ...["p0", "p1"].map((name) => profile(names, name)),
    ...list(0, 1, () => `route default ${weight(choices)}`),
    ...list(1, 4, () => rule(names)),
    ...list(0, 2, () => `route ${names.cohort()} through ${one(["p0", "p1"])}${window(choices)}`),
    ...list(0, 2, () => `${one(["never", "always"])} ${names.cohort()} -> ${names.band()}`),
    ...heldClaim(names),
    INNER,
    OUTER,
    ...list(0, 2, () => apply(names)),
  ];
  return {
    text: declarations.join("\n"),
    shuffled: shuffle(choices, declarations).join("\n"),
    network,
    examples: many.list(MANY, MANY, () => ({
      ...drawExample(fields, many),
      loss: many.one([0, 0.5, 2.25, 4, Number.NaN]),
      entropy: many.one([0, 0.25, 1.5]),
    })),
    moments: [{ step: 0, epoch: 0, examples: 0 }, ...many.list(9, 9, () => drawMoment(many))],
  };
}

interface Names {
  readonly choices: Choices;
  readonly band: () => string;
  readonly bandNames: readonly string[];
  readonly cohort: () => string;
}

function drawCohorts(choices: Choices, fields: readonly DrawnField[]): readonly string[] {
  const { whole, one, often } = choices;
  const count = whole(1, 4);
  const readsRun = often(3);
  const condition = (index: number): string =>
    one([
      () => drawCondition(fields, choices),
      () => drawCondition(fields, choices),
      () => (index === 0 ? "all" : `c${String(whole(0, index - 1))}`),
      () =>
        one([
          `step ${one(["<", ">="])} ${whole(0, 5)}`,
          `epoch ${one(["==", ">"])} ${whole(0, 2)}`,
          "step in 1..3",
        ]),
      () => (readsRun ? one(["loss > 2.25", "loss in 0.25..<2.25", "entropy <= 0.25", "loss != 4"]) : "all"),
    ])();
  const predicate = (index: number, depth: number): string => {
    if (depth === 0) return condition(index);
    const inner = (): string => predicate(index, depth - 1);
    return one<() => string>([
      () => condition(index),
      () => `${condition(index)} and ${inner()}`,
      () => `${condition(index)} or ${inner()}`,
      () => `(${inner()}) and not (${condition(index)})`,
      () => `not (${inner()})`,
    ])();
  };
  return Array.from(
    { length: count },
    (_, index) => `cohort c${String(index)} = ${predicate(index, whole(0, 2))}`,
  );
}

/** A claim with the rule that keeps it, most of the time. */
function heldClaim({ choices, band, cohort }: Names): readonly string[] {
  const [who, where] = [cohort(), band()];
  const window = choices.often(8) ? "" : " from 1 steps";
  return choices.one<readonly string[]>([
    [],
    [`route ${who} -> ${where}: block${window}`, `never ${who} -> ${where}`],
    [`route ${who} -> ${where}: 0`, `never ${who} -> ${choices.often(7) ? where : band()}`],
  ]);
}

function weight({ one }: Choices): string {
  return one(["block", "full", "0.5", "25%", "0", "1", "2.5", "1e-3", "150%", "share"]);
}

function profile({ choices, bandNames }: Names, name: string): string {
  const [first = "all"] = bandNames;
  const entries = [first, ...bandNames.slice(1).filter(() => choices.often(5))];
  return `profile ${name} { ${entries.map((band) => `${band}: ${weight(choices)}`).join(", ")} }`;
}

/** Nothing, or a time in which there is time. */
export function window({ whole, one, often }: Choices): string {
  if (often(4)) return "";
  const unit = one(["steps", "epochs", "examples"]);
  const from = whole(0, 3);
  const until = one<() => string>([
    () => `${from + whole(1, 3)} ${unit}`,
    () => `${whole(4, 6)} steps`,
    () => `limit_of ${unit}`,
  ])().replace("limit_of", String(from + 1));
  return one([
    ` from ${from} ${unit}`,
    ` until ${until}`,
    ` from ${from} ${unit} until ${until}`,
    " from pause",
    " until pause",
    " from edge epochs",
    " until edge examples",
  ]);
}

function rule({ choices, band, cohort }: Names): string {
  const bands = [...new Set([band(), band()])].join(", ");
  return choices.one<() => string>([
    () => `route ${cohort()} -> ${band()}: ${weight(choices)}${window(choices)}`,
    () => `route ${cohort()} -> ${bands}: ${weight(choices)}${window(choices)}`,
    () => `detach ${cohort()} at ${bands}${window(choices)}`,
  ])();
}

// The parameters of the one are called like those of the other, and mean something else.
const INNER = `ruleset inner(who: cohort, where: band, most: float = 0.5, lasting: steps = 4) {
  route who -> where: most until lasting
  detach who at where from lasting
}`;

const OUTER = `ruleset outer(where: cohort, how: profile, who: band, n: int, w: fraction = 10%) {
  route where through how from n epochs
  apply inner(where, where: who, lasting: 2)
  apply inner(all, who, most: w)
  never where -> who
}`;

function apply({ choices, band, cohort }: Names): string {
  const { one, whole } = choices;
  return one([
    `apply inner(${cohort()}, ${band()})`,
    `apply inner(where: ${band()}, who: ${cohort()}, lasting: ${one(["pause", String(whole(1, 5))])}, most: 2)`,
    `apply inner(${cohort()}, ${band()}, share)`,
    `apply outer(${cohort()}, ${one(["p0", "p1"])}, ${band()}, ${one(["edge", "0", "2"])})`,
    `apply outer(${cohort()}, n: 1, w: share, how: p0, who: ${band()})`,
  ]);
}

function drawMoment({ whole, often }: Choices): OracleMoment {
  const step = whole(0, 7);
  return {
    step,
    epoch: whole(0, Math.min(3, step)),
    examples: step === 0 ? 0 : often(5) ? whole(1, 7) : whole(step, 40),
  };
}

export function shuffle<Item>({ whole }: Choices, items: readonly Item[]): readonly Item[] {
  const left = [...items];
  return items.flatMap(() => left.splice(whole(0, left.length - 1), 1));
}
