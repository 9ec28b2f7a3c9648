/**
 * test/corpus/mistakes/<construct>.gov: what people write by mistake, case by case with `---` between, each in a policy
 * that has nothing else wrong; beside it <construct>.txt, what is said. One mistake is one diagnostic.
 * `UPDATE_CORPUS=1 npx vitest run test/check/mistakes.test.ts` writes what is said now; read the change as the person
 * who made the mistake.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { GovParser } from "../../grammar/parser.ts";
import { compile } from "../../src/compile.ts";
import type { Diagnostic } from "../../src/source/diagnostic.ts";
import { shown } from "../syntax/shown.ts";
import { keyOf } from "./sources.ts";
import { withEdits } from "../syntax/with-edits.ts";

const corpus = fileURLToPath(new URL("../corpus/mistakes/", import.meta.url));
const library = fileURLToPath(new URL("../../stdlib/", import.meta.url));
const constructs = readdirSync(corpus)
  .filter((name) => name.endsWith(".gov"))
  .map((name) => name.replace(/\.gov$/, ""));

test.each(constructs)("%s: one mistake is one diagnostic, which says what it said", (construct) => {
  const cases = readCases(construct);
  expect(cases.length).toBeGreaterThanOrEqual(3);
  const told = cases.map((mistake) => {
    const text = policyWith(mistake);
    const found = diagnose(text);
    return { mistake, count: found.length, said: found.map((one) => shown(one, text)).join("\n") };
  });
  const said = `${told.map(({ mistake, said }) => `${mistake}\n\n${said}\n`).join("\n---\n")}`;
  const path = `${corpus}${construct}.txt`;
  if (process.env["UPDATE_CORPUS"] === "1") writeFileSync(path, said);
  expect(said).toBe(existsSync(path) ? readFileSync(path, "utf8") : "");
  expect(told.filter(({ count }) => count !== 1)).toEqual([]);
});

test.each(constructs)("%s: what is offered as a fix leaves nothing wrong", (construct) => {
  for (const mistake of readCases(construct)) {
    const text = policyWith(mistake);
    for (const { fix } of diagnose(text)) {
      if (fix === undefined) continue;
      const left = diagnose(withEdits(text, fix.edits)).filter(
        // A claim that is written as it should be need not hold.
        ({ severity, code }) => severity === "error" && code !== "GOV5001",
      );
      expect(
        left.map(({ message }) => message),
        `after "${fix.title}" of ${mistake}`,
      ).toEqual([]);
    }
  }
});

test("every rule of the grammar belongs to a construct whose mistakes are here", () => {
  const rules = Object.keys(new GovParser({ validate: false }).getGAstProductions());
  expect(Object.values(RULES).flat().toSorted()).toEqual(rules.toSorted());
  expect(Object.keys(RULES).filter((construct) => !constructs.includes(construct))).toEqual([]);
});

/** The constructs by the rules that read them; comments, suppressions and some of the logic are the lexer's. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  header: ["file", "header"],
  import: ["import", "importedName"],
  param: ["declaration", "param"],
  model: ["model", "layerStub"],
  example: ["example", "field"],
  type: ["type", "enumType", "setType"],
  literal: ["literal", "number", "value", "quantity", "scalar", "count"],
  range: ["range", "rangeLimit"],
  weight: ["weight"],
  duration: ["duration"],
  window: ["window"],
  band: ["bands", "band", "bandExpression", "bandTerm"],
  layers: ["layers"],
  units: ["units"],
  depth: ["depth", "percentage"],
  "layers-from-an-end": ["layersFromEnd"],
  kind: ["layersByKind"],
  cohort: ["cohort"],
  logic: ["predicate", "conjunction", "negation", "condition"],
  has: ["hasTest"],
  sample: ["sampleTest"],
  membership: ["membership"],
  comparison: ["fieldTest", "comparison"],
  inclusion: ["inclusion", "values"],
  match: ["match"],
  profile: ["profile", "profileEntry"],
  behavior: ["behavior"],
  route: ["route", "toBands", "throughProfile"],
  detach: ["detach"],
  claim: ["claim"],
  ruleset: ["ruleset", "parameter", "rule"],
  apply: ["apply", "argument"],
  bound: ["bound", "comparisonLimit", "arm"],
  metric: ["metric", "entropy", "bandMetric", "influence", "loss", "lossGap"],
  escalation: ["escalation"],
  action: ["action", "skip", "freeze", "scale", "clip", "block", "steer", "horizon"],
  provenance: ["provenance", "clause", "require", "verify"],
  trace: ["trace"],
  retain: ["retain"],
  attest: ["attest"],
  test: ["test", "testStep"],
  given: ["given", "givenExample", "givenField", "literalSet", "givenMetric"],
  moment: ["moment"],
  expect: ["expect", "expectWeight", "expectAbsence", "expectNoAction"],
};

function readCases(construct: string): readonly string[] {
  return readFileSync(`${corpus}${construct}.gov`, "utf8").trimEnd().split("\n---\n");
}

/** A policy that is in order, part by part; a case takes the place of the part that it is about. */
const PARTS: Readonly<Record<string, string>> = {
  policy: "policy mistakes",
  import: "",
  model: 'model { layer "x" kind dense units 8 layer "y" kind conv2d units 4 layer "z" kind dense units 2 }',
  example:
    'example { id: string label: int in 0..9 licence: string? tags: set<string> day: date content: digest split: enum("train", "test") score: float flag: bool }',
  band: 'band top = layers "x"\nband bottom = layers "y"\nband head = layers "z"',
  cohort: "cohort low = label in 0..4\ncohort high = not low",
  profile: "profile gentle { top: 25% }",
  behavior: 'behavior sevens = probe "sevens.jsonl"',
  ruleset: "ruleset guard(who: cohort, where: band) {\n  route who -> where: block\n}",
};

const PLACES: Readonly<Record<string, keyof typeof PARTS>> = {
  ...{ header: "policy", import: "import", model: "model", example: "example", type: "example" },
};

function policyWith(mistake: string): string {
  const construct = constructs.find((name) => readCases(name).includes(mistake)) ?? "";
  const place = PLACES[construct];
  if (place === undefined) return `${Object.values(PARTS).join("\n")}\n${mistake}\n`;
  const others = Object.entries(PARTS).flatMap(([name, part]) =>
    name === place ? [mistake] : place === "policy" || name === "policy" ? [part] : [],
  );
  return `${others.join("\n")}\n`;
}

/** What is said but for names that are not used, which most of the surroundings are. */
function diagnose(text: string): readonly Diagnostic[] {
  const modules = readdirSync(library)
    .filter((name) => name.endsWith(".gov"))
    .map((name): [string, string] => [keyOf(`std/${name}`), readFileSync(`${library}${name}`, "utf8")]);
  const sources = new Map([["policy.gov", text], ...modules]);
  return compile({ entry: "policy.gov", sources }).diagnostics.filter(({ code }) => !QUIET.has(code));
}

const QUIET = new Set(["GOV2013", "GOV2009", "GOV5003"]);
