/** Random policies: complete in syntax, every name declared, every value of the right type. */
import type fc from "fast-check";
import { written, type Choose } from "./choose.ts";
import { FIELDS, predicate } from "./predicates.ts";

export interface ProgramOptions {
  /** `whole`: bands that hold at least one parameter of the declared model. `any`: all of the set algebra. */
  readonly bands?: "whole" | "any";
  /** Claims about random rules are mostly false: leave them out where a policy must compile without errors. */
  readonly claims?: "none" | "any";
  /** Policy tests with random expectations, which mostly fail when they are run. */
  readonly tests?: "none" | "any";
}

/** Random policies as text, in untidy but valid layout. */
export function programs(options: ProgramOptions = {}): fc.Arbitrary<string> {
  return written((choose) => program(choose, options));
}

function program(choose: Choose, { bands = "any", claims = "any", tests = "any" }: ProgramOptions): string {
  const bandNames = named("band", choose.whole(1, 4));
  const cohortNames = named("group", choose.whole(1, 4));
  const profileNames = named("profile", choose.whole(1, 2));
  const rules: Rules = {
    band: () => choose.one(bandNames),
    cohort: () => choose.one(["all", ...cohortNames]),
    choose,
  };

  const declarations = [
    "param share: fraction = 10% in 0%..50%",
    "param limit: int = 5 in 0..9",
    "param pause: steps = 100",
    MODEL,
    `example {\n${FIELDS.map((field) => `  ${field}`).join(choose.one(["\n", ",\n"]))}\n}`,
    ...bandNames.map((name, index) => `band ${name} = ${bandOf(choose, bandNames.slice(0, index), bands)}`),
    ...cohortNames.map(
      (name, index) => `cohort ${name} = ${predicate(choose, cohortNames.slice(0, index), 2)}`,
    ),
    ...profileNames.map((name) => profile(choose, name, bandNames)),
    'behavior sevens = probe "probes/sevens.jsonl"',
    choose.maybe(() => `route default ${weight(choose)}`),
    ...choose.times(1, 4, () => rule(rules)),
    ...choose.times(
      0,
      2,
      () => `route ${rules.cohort()} through ${choose.one(profileNames)}${window(choose)}`,
    ),
    ...choose.times(0, 2, () => bound(rules)),
    ...(claims === "none" ? [] : choose.times(0, 2, () => claim(rules))),
    `ruleset guarded(who: cohort, where: band, most: float = 0.5, lasting: steps = 20) {\n` +
      `  route who -> where: most until lasting\n  bound loss(who) in 0.0..1e3 { above => freeze where for lasting }\n}`,
    choose.maybe(
      () => `apply guarded(${rules.cohort()}, where: ${rules.band()}${choose.maybe(() => ", most: 0.25")})`,
    ),
    choose.maybe(() => provenance(rules)),
    ...(tests === "none" ? [] : choose.times(0, 2, () => policyTest(rules))),
  ].filter((declaration) => declaration !== "");
  const separator = choose.one(["\n", "\n\n", "\n\n\n", "\n\n// ── next ──\n", "\n/// What comes next.\n"]);
  return [`policy random "A random policy" version "1.0.0"`, ...declarations].join(separator) + "\n";
}

interface Rules {
  readonly band: () => string;
  readonly cohort: () => string;
  readonly choose: Choose;
}

// Names that are keywords elsewhere are as good as any other.
const ODD_NAMES = ["top", "units", "step", "source"];

function named(stem: string, count: number): readonly [string, ...string[]] {
  const odd = stem === "band" ? ODD_NAMES : [];
  const names = Array.from({ length: count }, (_, index) => odd[index] ?? `${stem}_${String(index)}`);
  return [names[0] ?? stem, ...names.slice(1)];
}

const MODEL = `model {
  layer "encoder/conv" kind conv2d units 8
  layer "encoder/dense" kind dense units 32
  layer "code" kind dense units 32
  layer "decoder/dense" kind dense units 64
  layer "decoder/out" kind dense units 10
}`;

function bandOf(choose: Choose, earlier: readonly string[], kind: "whole" | "any"): string {
  const term = (): string =>
    choose.one<string>([
      'layers "encoder/**"',
      'layers "code" units 0..15',
      'layers "code", "decoder/dense" units 0..<16',
      "layers 0..2",
      "depth 0%..50%",
      "first 2 layers",
      "last 1 layers",
      "kind conv2d",
      "kind dense",
      ...earlier,
    ]);
  if (kind === "whole") return [term(), ...choose.times(0, 1, term)].join(" | ");
  return choose.one<() => string>([
    term,
    () => "rest",
    () => `${term()} ${choose.one(["|", "&", "-"])} ${term()}`,
    () => `(${term()} | ${term()}) - (${term()})`,
    () => `${term()} - ${term()} | ${term()}`,
  ])();
}

function weight(choose: Choose): string {
  return choose.one(["block", "full", "0.5", "25%", "0", "1", "2.5", "share"]);
}

function duration(choose: Choose): string {
  return choose.one(["1 step", "50 steps", "1 epoch", "2 epochs", "1_000 examples", "pause", "limit steps"]);
}

function window(choose: Choose): string {
  return choose.one([
    "",
    "",
    " from 10 steps",
    " until 2 epochs",
    " from 1 epoch until 5 epochs",
    " from pause",
  ]);
}

function profile(choose: Choose, name: string, bands: readonly [string, ...string[]]): string {
  const entries = choose.some(bands).map((band) => `${band}: ${weight(choose)}`);
  return `profile ${name} { ${entries.join(choose.one([", ", "\n  "]))} }`;
}

function rule({ choose, band, cohort }: Rules): string {
  return choose.one<() => string>([
    () => `route ${cohort()} -> ${band()}: ${weight(choose)}${window(choose)}`,
    () => `route ${cohort()} -> ${band()}, ${band()}: ${weight(choose)}`,
    () => `detach ${cohort()} at ${band()}${window(choose)}`,
  ])();
}

function claim({ choose, band, cohort }: Rules): string {
  return `${choose.one(["never", "always"])} ${cohort()} -> ${band()}`;
}

function metric({ choose, band, cohort }: Rules): string {
  return choose.one<() => string>([
    () => `gradient_norm(${band()})`,
    () => `update_ratio(${band()})`,
    () => `dead_units(${band()})`,
    () => `influence(${cohort()}, ${band()})`,
    () => `loss(${cohort()})`,
    () => `loss_gap(${cohort()}, ${cohort()})`,
  ])();
}

function action({ choose, band, cohort }: Rules): string {
  const lasting = (): string => choose.maybe(() => ` for ${duration(choose)}`);
  return choose.one<() => string>([
    () => choose.one(["log", "warn", "halt", "skip step"]),
    () => `freeze ${band()}${lasting()}`,
    () => `attenuate ${band()} to ${choose.one(["50%", "0.1", "block"])}${lasting()}`,
    () => `clip ${band()} at 1.0${lasting()}`,
    () => `block ${cohort()} -> ${band()}${lasting()}`,
  ])();
}

function bound(rules: Rules): string {
  const { choose, band } = rules;
  const over = choose.maybe(() => ` over ${duration(choose)}`);
  const ladder = (): string =>
    `${action(rules)}${choose.maybe(() => ` then ${action(rules)} after ${duration(choose)}`)}`;
  return choose.one<() => string>([
    () => {
      const subject = choose.one(["", ", representation", ", weights", ", gradient"]);
      const limit = choose.one(["0.30..0.95", "0.1..<0.9 normalized", "0..3 nats", "0.5..4 bits"]);
      return `bound entropy(${band()}${subject}) in ${limit}${over} {\n  below => ${ladder()}\n  above => ${ladder()}\n}`;
    },
    () => `bound ${metric(rules)} <= ${choose.one(["0.5", "20%", "share"])}${over} { above => ${ladder()} }`,
    () => `bound ${metric(rules)} >= -1.5${over} { below => ${ladder()} }`,
    () => `bound ${metric(rules)} in -1e3..1e3${over} { outside => ${ladder()} }`,
  ])();
}

function provenance({ choose, band }: Rules): string {
  const clauses = [
    `require id, label${choose.maybe(() => ` else ${choose.one(["reject", "quarantine", "halt"])}`)}`,
    `trace ${band()}${choose.maybe(() => " toward sevens")}${choose.maybe(() => " every 25 steps")}${choose.maybe(() => " top 8")}`,
    choose.one(["", "retain forever", "retain 10 epochs"]),
    choose.one(["", "attest release", "attest epoch"]),
  ];
  return `provenance {\n${clauses.filter((clause) => clause !== "").join("\n")}\n}`;
}

function policyTest(rules: Rules): string {
  const { choose, band, cohort } = rules;
  const steps = [
    `given { label: ${String(choose.whole(0, 9))}, licence: "cc0", tags: ${choose.one(["{}", '{"embargo"}', '{ "a", "b" }'])} }`,
    choose.one(["", "at step 100", "at epoch 2"]),
    `expect ${band()}: ${weight(choose)}`,
    `expect ${choose.one(["", "not "])}${cohort()}`,
  ];
  const controlled = [
    `given ${metric(rules)} = 0.1 for 700 steps`,
    `expect ${choose.one(["", "no "])}${action(rules)}`,
  ];
  const chosen = choose.one([steps, controlled]).filter((step) => step !== "");
  return `test "a random one" {\n${chosen.join("\n")}\n}`;
}
