import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ExportedRules } from "../../../src/check/exports.ts";
import type { Field, FieldType } from "../../../src/check/policy.ts";
import { compile } from "../../../src/compile.ts";
import { comparePolicies, type ComparedPolicy } from "../../../src/reason/diff/diff.ts";
import type { RuleChange, RulesetChange } from "../../../src/reason/diff/difference.ts";
import { cases, runs } from "../../generators/runs.ts";
import { chosen, type Choices } from "../../gradients/exactness/choices.ts";
import { interpret, type Meaning, type OracleExample, type OracleMoment } from "../../oracle/interpreter.ts";

/** Modules of the standard library that route and stand by themselves: the oracle reads one file. */
const MODULES = readdirSync("stdlib")
  .filter((name) => name.endsWith(".gov"))
  .map((name) => readFileSync(`stdlib/${name}`, "utf8"))
  .filter((text) => /^ {2}route /m.test(text) && !/^import /m.test(text));

it(
  "calls no ruleset equivalent that gives an example another weight in some policy, and tells what is so",
  () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(modulePairs(), ({ before, after, choices }) => {
        const [old, fresh] = [checked(before), checked(after)];
        fc.pre(old !== undefined && fresh !== undefined);
        const said = comparePolicies(old, fresh);
        const met = findDifference([before, after], [old, fresh], choices);
        const problems = [
          ...(met !== undefined && said.verdict === "equivalent" ? [`equivalent, but ${met}`] : []),
          ...said.rulesets.flatMap((change) => judge(change, [before, after], [old, fresh])),
        ];
        seen.add(
          `${met === undefined ? "nothing met" : "met"}, ${said.verdict === "equivalent" ? "same" : "not"}`,
        );
        expect(
          problems.length === 0 ? "" : `${before}\n--- becomes ---\n${after}\n${problems.join("\n")}`,
        ).toBe("");
      }),
      cases(80),
    );
    // Else the edits would be of one kind, and nothing would have been tried.
    expect(seen).toContain("met, not");
    expect(seen).toContain("nothing met, same");
  },
  runs(60_000),
);

function checked(text: string): ComparedPolicy | undefined {
  const { policy, exports } = compile({ entry: "m.gov", sources: new Map([["m.gov", text]]) });
  return policy && { policy, exports };
}

// ── random edits of the library's rulesets ─────────────────────────────────────────────────────────────────────

interface ModulePair {
  readonly before: string;
  readonly after: string;
  readonly choices: Choices;
}

function modulePairs(): fc.Arbitrary<ModulePair> {
  return chosen((choices) => {
    const [first = "", ...others] = MODULES;
    const before = choices.one([first, ...others]);
    let lines: readonly string[] = before.split("\n");
    for (let count = choices.whole(1, 3); count > 0; count -= 1) lines = edit(lines, choices);
    return { before, after: lines.join("\n"), choices };
  });
}

type Edit = (line: string, choices: Choices, ruleset: string) => readonly string[];

function edit(lines: readonly string[], choices: Choices): readonly string[] {
  const [pattern, change] = choices.one(EDITS);
  const places = lines.flatMap((line, index) => (pattern.test(line) ? [index] : []));
  const place = places[choices.whole(0, Math.max(0, places.length - 1))];
  if (place === undefined) return lines;
  const ruleset = lines.slice(0, place + 1).findLast((line) => line.startsWith("ruleset ")) ?? "";
  return lines.toSpliced(place, 1, ...change(lines[place] ?? "", choices, ruleset));
}

const WEIGHT = /: \S+(?=( from| until|$))/;

const EDITS: readonly [readonly [RegExp, Edit], ...(readonly [RegExp, Edit])[]] = [
  [/^ {2}(route|never|always|detach)/, () => []],
  [/^ {2}route/, (line) => [line, line]],
  [/^ {2}route/, (line, choices, ruleset) => [line.replace(WEIGHT, `: ${drawWeight(choices, ruleset)}`)]],
  [/^ {2}route/, (line, choices, ruleset) => [line, line.replace(WEIGHT, `: ${drawWeight(choices, ruleset)}`)]],
  [/^ {2}route/, (line, choices, ruleset) => [line.replace(/( from| until).*$/, "") + drawWindow(choices, ruleset)]],
  [/^ {2}route/, (line, choices, ruleset) => [
    line.replace(/( from| until).*$/, "") + drawWindow(choices, ruleset),
    line.replace(WEIGHT, `: ${drawWeight(choices, ruleset)}`),
  ]], // prettier-ignore
  [/^ {2}route/, (line) => [line, line.replace("route", "detach").replace("->", "at").replace(WEIGHT, "")]],
  [/^ {2}route/, (line) => [line.replace(/route \S+/, "route all")]],
  [/^ruleset .*= \d+%/, (line, { one }) => [line.replace(/= \d+%/, `= ${one(["10%", "25%", "100%"])}`)]],
  [/^ruleset .*= 1_000/, (line, { one }) => [line.replace("= 1_000", `= ${one(["500", "1_000"])}`)]],
  [/^cohort \w+ = /, (line) => [line.replace("= ", "= not (") + ")"]],
  [/^param \w+: fraction/, (line, { one }) => [line.replace(/= \d+%/, `= ${one(["50%", "60%"])}`)]],
]; // prettier-ignore

/** One of the ruleset's own numbers, too. */
function drawWeight({ one }: Choices, ruleset: string): string {
  const [, own] = /(\w+): (?:fraction|float)/.exec(ruleset) ?? [];
  return one(["block", "full", "25%", "10%", "200%", ...(own === undefined ? [] : [own, own])]);
}

function drawWindow({ one }: Choices, ruleset: string): string {
  const [, own] = /(\w+): steps/.exec(ruleset) ?? [];
  const time = one(["1_000 steps", "500 steps", "2 epochs", ...(own === undefined ? [] : [own, own])]);
  return one(["", ` until ${time}`, ` from ${time}`]);
}

// ── policies that apply both versions in the same way ──────────────────────────────────────────────────────────

type Both<Item> = readonly [before: Item, after: Item];

const MOMENTS: readonly OracleMoment[] = [0, 400, 500, 999, 1000, 1999, 2000, 9000].flatMap((step) =>
  [0, 2].filter((epoch) => epoch <= step).map((epoch) => ({ step, epoch, examples: step })),
);

/** In some policies of many, the first example that learns more or less by the later version; undefined if none does. */
function findDifference(
  texts: Both<string>,
  [old, fresh]: Both<ComparedPolicy>,
  choices: Choices,
): string | undefined {
  const fields = old.policy.example.fields;
  for (const ruleset of old.exports?.rules ?? []) {
    if (ruleset.kind !== "ruleset" || !fresh.exports?.rules.some(({ name }) => name === ruleset.name))
      continue;
    for (let tries = 0; tries < 3; tries += 1) {
      const apply = drawApply(ruleset, old, choices);
      const [before, after] = meaningsOf(texts, apply, choices.one(["full", "block", "700%"]));
      for (let count = 0; count < 4; count += 1) {
        const example = drawExample(fields, ruleset, choices);
        for (const moment of MOMENTS)
          for (const layer of LAYERS) {
            const place = placeOf(layer);
            const weights = [before, after].map((one) => one.weightOf(example, moment, place));
            const cuts = [before, after].map((one) => one.isCut(example, moment, place));
            if (weights[0] !== weights[1] || cuts[0] !== cuts[1])
              return `${apply} gives ${weights.join(" -> ")}, ${cuts.join(" -> ")} to ${JSON.stringify(example)} at ${JSON.stringify(moment)} in ${layer}`;
          }
      }
    }
  }
  return undefined;
}

const LAYERS = ["one", "two", "three"];

function placeOf(layer: string): Parameters<Meaning["weightOf"]>[2] {
  const index = Math.max(0, LAYERS.indexOf(layer));
  return { layer, kind: "dense", index, layers: LAYERS.length, unit: 0 };
}

function drawApply(
  { name, parameters }: ExportedRules,
  { policy }: ComparedPolicy,
  choices: Choices,
): string {
  const given = parameters.flatMap((parameter): readonly string[] => {
    if (parameter.defaultValue !== undefined && choices.often(3)) return [];
    const value = {
      band: () => choices.one(["given_one", "given_two", "given_both", "all"]),
      cohort: () => choices.one(["all", ...policy.cohorts.map((cohort) => cohort.name), `given_${parameter.name}`]),
      steps: () => choices.one(["0", "400", "500", "700", "1_000", "1_500"]),
    }[parameter.type.kind as string] ?? (() => choices.one(["0%", "5%", "10%", "20%", "25%", "60%", "100%"])); // prettier-ignore
    return [`${parameter.name}: ${value()}`];
  });
  return `apply ${name}(${given.join(", ")})`;
}

/** What the oracle makes of both versions, applied; where no rule speaks the weight is the default. */
function meaningsOf(texts: Both<string>, apply: string, byDefault: string, more = ""): Both<Meaning> {
  const bands =
    'band given_one = layers "one"\nband given_two = layers "two"\nband given_both = given_one | given_two';
  const meaningOf = (text: string): Meaning => {
    const names = [...new Set(apply.match(/given_\w+/g))].filter((name) => !/given_(one|two|both)$/.test(name));
    const cohorts = names.filter((name) => !more.includes(`band ${name} `)).map((name) => `cohort ${name} = in_${name} == true`);
    return interpret([text.replace(/^module .*$/m, ""), bands, more, ...cohorts, `route default ${byDefault}`, apply].join("\n"));
  }; // prettier-ignore
  return [meaningOf(texts[0]), meaningOf(texts[1])];
}

function drawExample(
  fields: readonly Field[],
  { parameters }: ExportedRules,
  choices: Choices,
): OracleExample {
  const present = fields.filter(({ optional }) => !optional || choices.often(6));
  const measured = { loss: choices.one([0, 1, 2.5, 9]), entropy: choices.one([0, 0.5, 2, 9]) };
  return {
    ...measured,
    ...Object.fromEntries(parameters.map(({ name }) => [`in_given_${name}`, choices.often(6)])),
    ...Object.fromEntries(present.map(({ name, type }) => [name, drawValue(type, choices)])),
  };
}

function drawValue(type: FieldType, choices: Choices): unknown {
  const { one } = choices;
  switch (type.kind) {
    case "enum":
      return one([type.values[0] ?? "", ...type.values]);
    case "set":
      return choices.list(0, 2, () => drawValue(type.element, choices));
    case "bool":
      return one([true, false]);
    case "date":
      return one(["2025-01-01", "2026-01-31", "9999-12-31"]);
    case "fraction":
      return one([0, 0.5, 0.55, 0.6, 0.9, 1]);
    case "int":
    case "float":
    case "steps":
      return one([0, 1, 5]);
    default:
      return one(["a", "b", "", "pii", `x${String(choices.whole(0, 99))}`]);
  }
}

// ── what is told ───────────────────────────────────────────────────────────────────────────────────────────────

/** Applied with what is told, the witness of each change has the weights that are told; 700% stands for no rule. */
function judge(change: RulesetChange, texts: Both<string>, [old]: Both<ComparedPolicy>): readonly string[] {
  const ruleset = old.exports?.rules.find(({ kind, name }) => kind === "ruleset" && name === change.name);
  if (ruleset === undefined || change.change !== "changed") return [];
  const isTaken = (name: string): boolean =>
    [...old.policy.bands, ...old.policy.cohorts].some((one) => one.name === name);
  const { parameters } = ruleset;
  const bands = parameters.filter(({ type }) => type.kind === "band").map(({ name }) => name);
  if (parameters.some(({ name }) => isTaken(name))) return [];
  const given = parameters.flatMap(({ name, type }) => {
    const number = change.given.find((one) => one.name === name)?.value;
    if (type.kind === "band" || type.kind === "cohort") return [`${name}: given_${name}`];
    return number === undefined ? [] : [`${name}: ${String(number)}`];
  });
  const apply = `apply ${change.name}(${given.join(", ")})`;
  const own = bands.map((name) => `band given_${name} = layers "in_${name}"`).join("\n");
  const [before, after] = meaningsOf(texts, apply, "700%", own);
  const judgeOne = (what: "weights" | "detaches", { witness, ...told }: RuleChange): readonly string[] => {
    const [band, ...others] = witness.cell.after.filter((name) => name !== "all");
    if (band === undefined || others.length > 0 || !bands.includes(band)) return [];
    const fields = Object.entries(witness.example).map(([name, value]) => [
      name.replace(/^in /, "in_given_"),
      value,
    ]);
    const example = { ...(Object.fromEntries(fields) as OracleExample), ...witness.run };
    const weights = [before, after].map((one) => {
      const place = { ...placeOf("one"), layer: `in_${band}` };
      if (what === "detaches") return one.isCut(example, witness.moment, place) ? 0 : 1;
      const weight = one.weightOf(example, witness.moment, place);
      return weight === 7 ? Number.POSITIVE_INFINITY : weight;
    }); // prettier-ignore
    return weights[0] === told.before.weight && weights[1] === told.after.weight
      ? []
      : [
          `not so: ${apply} ${JSON.stringify(witness)} ${told.before.weight} -> ${told.after.weight}, but ${weights.join(" -> ")}`,
        ];
  };
  return [
    ...change.weights.flatMap((one) => judgeOne("weights", one)),
    ...change.detaches.flatMap((one) => judgeOne("detaches", one)),
  ];
}
