/**
 * Random policies as text, and beside the text what they mean: whom a cohort holds, what a band holds, and the weight
 * of an example on a unit, straight from the language's definition. Nothing here is shared with the compiler.
 */
import type { Choices } from "./choices.ts";

/** A layer as a policy sees it. */
export interface GovernedLayer {
  readonly name: string;
  readonly kind: string;
  readonly units: number;
  /** Whether its units may be told apart; they lie on the last axis of all its parameters. */
  readonly hasUnits: boolean;
}

/** The metadata of an example; `id` is added where it is recorded. */
export interface Facts {
  readonly label: number;
  readonly source: "lab" | "web";
  readonly open: boolean;
  /** Absent in some. */
  readonly grade?: number;
  /** What the network, as it is, makes of the example alone; the entropy is that of a distribution over classes. */
  readonly loss?: number;
  readonly entropy?: number;
}

interface Cohort {
  readonly name: string;
  readonly text: string;
  readonly holds: (facts: Facts) => boolean;
}

interface Band {
  readonly name: string;
  readonly text: string;
  readonly kind: "layers" | "units" | "kind" | "ends" | "algebra" | "rest";
  readonly holds: (layer: string, unit: number) => boolean;
}

interface Rule {
  readonly cohort: string;
  readonly band: string;
  readonly weight: number;
  readonly inForce: (step: number) => boolean;
}

export interface RandomPolicy {
  readonly text: string;
  readonly bands: readonly Band[];
  readonly routes: readonly Rule[];
  readonly defaultWeight: number;
  readonly detaches: readonly Omit<Rule, "weight">[];
  /** The weight of an example on the parameters of a unit. */
  readonly weigh: (facts: Facts, layer: string, unit: number, step: number) => number;
  /** Bands at which the signal of the example is cut in this step, each with what it holds. */
  readonly cutsOf: (facts: Facts, step: number) => readonly Band["holds"][];
}

export function drawFacts({ whole, one, often }: Choices): Facts {
  const facts = { label: whole(0, 3), source: one(["lab", "web"] as const), open: often(5) };
  return often(5) ? { ...facts, grade: whole(1, 3) } : facts;
}

/**
 * @param layers All that learn, in order.
 * @param extra What cohorts may ask beside the metadata.
 * @param mayDetach Whether signals may be cut too.
 */
export function drawPolicy(
  choices: Choices,
  layers: readonly GovernedLayer[],
  extra: (choices: Choices) => readonly Predicate[] = (): readonly [] => [],
  mayDetach = true,
): RandomPolicy {
  const { whole, often, list, one } = choices;
  const cohorts = list(1, 4, (index) => ({ name: `c${index}`, ...drawPredicate(choices, 2, extra) }));
  const bands = drawBands(choices, layers);
  const cohortNames = ["all", ...cohorts.map(({ name }) => name)] as const;
  const bandNames = ["all", ...bands.map(({ name }) => name)] as const;
  const someBands = (): readonly string[] => [...new Set(list(1, 2, () => one(bandNames)))];

  const lines: string[] = [];
  const routes: Rule[] = [];
  const defaultWeight = often(5) ? drawWeight(choices) : FULL;
  if (defaultWeight !== FULL) lines.push(`route default ${defaultWeight.text}`);
  for (let index = whole(1, 5); index > 0; index -= 1) {
    const [cohort, targets, weight] = [one(cohortNames), someBands(), drawWeight(choices)];
    const window = drawWindow(choices);
    lines.push(`route ${cohort} -> ${targets.join(", ")}: ${weight.text}${window.text}`);
    routes.push(...targets.map((band) => ({ cohort, band, weight: weight.value, inForce: window.inForce })));
  }
  if (often(3)) {
    const cohort = one(cohortNames);
    const named = bands.map(({ name }) => ({ name, weight: drawWeight(choices) }));
    lines.push(`profile mix { ${named.map(({ name, weight }) => `${name}: ${weight.text}`).join(", ")} }`);
    lines.push(`route ${cohort} through mix`);
    for (const { name, weight } of named)
      routes.push({ cohort, band: name, weight: weight.value, inForce: () => true });
  }
  const detaches: Omit<Rule, "weight">[] = [];
  for (let index = mayDetach && often(6) ? whole(1, 2) : 0; index > 0; index -= 1) {
    const [cohort, targets, window] = [one(cohortNames), someBands(), drawWindow(choices)];
    lines.push(`detach ${cohort} at ${targets.join(", ")}${window.text}`);
    detaches.push(...targets.map((band) => ({ cohort, band, inForce: window.inForce })));
  }

  const holdsExample = (cohort: string, facts: Facts): boolean =>
    cohort === "all" || cohorts.some(({ name, holds }) => name === cohort && holds(facts));
  const holdsUnit = (band: string, layer: string, unit: number): boolean =>
    band === "all" || bands.some(({ name, holds }) => name === band && holds(layer, unit));
  return {
    text: [
      SCHEMA,
      ...cohorts.map(({ name, text }) => `cohort ${name} = ${text}`),
      ...bands.map(({ name, text }) => `band ${name} = ${text}`),
      ...lines,
      "",
    ].join("\n"),
    bands,
    routes,
    defaultWeight: defaultWeight.value,
    detaches,
    weigh: (facts, layer, unit, step) => {
      const spoken = routes.filter(
        (rule) => rule.inForce(step) && holdsExample(rule.cohort, facts) && holdsUnit(rule.band, layer, unit),
      );
      return spoken.length === 0 ? defaultWeight.value : Math.min(...spoken.map(({ weight }) => weight));
    },
    cutsOf: (facts, step) =>
      detaches
        .filter((rule) => rule.inForce(step) && holdsExample(rule.cohort, facts))
        .map(
          (rule) =>
            (layer: string, unit: number): boolean =>
              holdsUnit(rule.band, layer, unit),
        ),
  };
}

/** Whether what the policy says depends on the step. */
export function hasWindows({ text }: RandomPolicy): boolean {
  return / (until|from) \d/.test(text);
}

const SCHEMA = `policy random
example { id: string, label: int in 0..3, source: enum("lab", "web"), open: bool, grade: int? in 1..3 }`;

interface Weight {
  readonly text: string;
  readonly value: number;
}

const FULL: Weight = { text: "full", value: 1 };
const BLOCK: Weight = { text: "block", value: 0 };

const WEIGHTS: readonly [Weight, ...Weight[]] = [
  BLOCK,
  FULL,
  { text: "25%", value: 0.25 },
  { text: "0.3", value: 0.3 },
  { text: "1.5", value: 1.5 },
  { text: "200%", value: 2 },
];

/** A block is drawn about four times of ten: it is what policies are for. */
function drawWeight({ often, one }: Choices): Weight {
  return often(3) ? BLOCK : one(WEIGHTS);
}

interface DrawnWindow {
  readonly text: string;
  readonly inForce: Rule["inForce"];
}

function drawWindow({ often, whole, one }: Choices): DrawnWindow {
  if (!often(2)) return { text: "", inForce: () => true };
  const limit = whole(1, 2);
  return one<DrawnWindow>([
    { text: ` until ${limit} steps`, inForce: (step) => step < limit },
    { text: ` from ${limit} steps`, inForce: (step) => step >= limit },
  ]);
}

export type Predicate = Omit<Cohort, "name">;

function drawPredicate(
  choices: Choices,
  depth: number,
  extra: (choices: Choices) => readonly Predicate[],
): Predicate {
  const { one, whole, often } = choices;
  const label = whole(0, 3);
  const high = whole(label, 3);
  const leaf = one<Predicate>([
    { text: `label == ${label}`, holds: (facts) => facts.label === label },
    { text: `label in ${label}..${high}`, holds: (facts) => facts.label >= label && facts.label <= high },
    { text: `label < ${label + 1}`, holds: (facts) => facts.label < label + 1 },
    { text: `label not in { ${label} }`, holds: (facts) => facts.label !== label },
    { text: `source == "web"`, holds: (facts) => facts.source === "web" },
    { text: `source in { "lab" }`, holds: (facts) => facts.source === "lab" },
    { text: "open == true", holds: (facts) => facts.open },
    {
      text: `(has grade and grade >= 2)`,
      holds: (facts) => facts.grade !== undefined && facts.grade >= 2,
    },
    ...extra(choices),
  ]);
  if (depth === 0 || often(5)) return leaf;
  const other = drawPredicate(choices, depth - 1, extra);
  return one<Predicate>([
    { text: `not (${leaf.text})`, holds: (facts) => !leaf.holds(facts) },
    { text: `(${leaf.text} and ${other.text})`, holds: (facts) => leaf.holds(facts) && other.holds(facts) },
    { text: `(${leaf.text} or ${other.text})`, holds: (facts) => leaf.holds(facts) || other.holds(facts) },
  ]);
}

function drawBands(choices: Choices, layers: readonly GovernedLayer[]): readonly Band[] {
  const { whole, often } = choices;
  const cells = layers.flatMap(({ name, units }) =>
    Array.from({ length: units }, (_, unit) => [name, unit] as const),
  );
  const isEmpty = (band: Pick<Band, "holds">): boolean =>
    !cells.some(([name, unit]) => band.holds(name, unit));
  const bands: Band[] = [];
  for (let count = whole(1, 4); count > 0; count -= 1)
    bands.push({ name: `b${bands.length}`, ...drawSelector(choices, layers) });
  const [left, right] = bands;
  if (left !== undefined && right !== undefined && often(5)) {
    const combined = choices.one<Omit<Band, "name" | "kind">>([
      { text: "b0 | b1", holds: (...cell) => left.holds(...cell) || right.holds(...cell) },
      { text: "b0 & b1", holds: (...cell) => left.holds(...cell) && right.holds(...cell) },
      { text: "b0 - b1", holds: (...cell) => left.holds(...cell) && !right.holds(...cell) },
    ]);
    if (!isEmpty(combined)) bands.push({ name: "combined", kind: "algebra", ...combined });
  }
  if (often(4)) {
    const taken = [...bands];
    const holds: Band["holds"] = (...cell) => taken.every((band) => !band.holds(...cell));
    if (!isEmpty({ holds })) bands.push({ name: "others", text: "rest", kind: "rest", holds });
  }
  return bands;
}

function drawSelector(choices: Choices, layers: readonly GovernedLayer[]): Omit<Band, "name"> {
  const { whole, one } = choices;
  const any = (): number => whole(0, layers.length - 1);
  const index = any();
  const target = layers[index];
  if (target === undefined) throw new Error("a network has layers");
  const low = whole(0, target.units - 1);
  const high = whole(low, target.units - 1);
  const others = [...new Set([index, any()])].flatMap((at) => layers[at]?.name ?? []);
  const count = whole(1, layers.length);
  const order = (layer: string): number => layers.findIndex(({ name }) => name === layer);
  const drawn = whole(0, 9);
  if (drawn < 3)
    return {
      kind: "layers",
      text: `layers ${others.map((name) => JSON.stringify(name)).join(", ")}`,
      holds: (name) => others.includes(name),
    };
  if (drawn < 7 && target.hasUnits)
    return {
      kind: "units",
      text: `layers ${JSON.stringify(target.name)} units ${low}..${high}`,
      holds: (layer, unit) => layer === target.name && unit >= low && unit <= high,
    };
  return one<Omit<Band, "name">>([
    {
      kind: "kind",
      text: `kind ${target.kind}`,
      holds: (layer) => layers[order(layer)]?.kind === target.kind,
    },
    { kind: "ends", text: `first ${count} layers`, holds: (layer) => order(layer) < count },
    { kind: "ends", text: `last ${count} layers`, holds: (layer) => order(layer) >= layers.length - count },
    { kind: "ends", text: `layers 0..${index}`, holds: (layer) => order(layer) <= index },
  ]);
}
