/** Types and units: what the values of a policy come to. */
import { describe, expect, it } from "vitest";
import type { Predicate } from "../../src/check/policy.ts";
import { codesOf, compileText, meaningOf, withoutPlaces, type Setting } from "./compiled.ts";

const FIELDS = `
  example {
    id: string, label: int in 0..9, score: float, share: fraction, ok: bool, taken: date, sha: digest,
    age: steps, licence: enum("cc0", "cc-by"), tags: set<string>, sizes: set<int>, consent: date?
  }
`;

const DIGEST = `sha256:${"0a".repeat(32)}`;

function predicateOf(text: string): Predicate | undefined {
  return meaningOf(`${FIELDS} cohort low = label in 0..4 cohort c = ${text}`).cohorts.find(
    ({ name }) => name === "c",
  )?.predicate;
}

describe("predicates", () => {
  const compare = (field: string, operator: string, value: unknown): unknown => ({
    kind: "compare",
    field,
    operator,
    value,
  });
  const range = (field: string, low: unknown, high: unknown, excludesHigh = false): unknown => ({
    kind: "in_range",
    field,
    range: { low, high, excludesHigh },
  });

  it.each([
    ["label == 7", compare("label", "==", 7)],
    ["label > 2.5", compare("label", ">", 2.5)],
    ["label == -3", compare("label", "==", -3)],
    ["score >= 1e-3", compare("score", ">=", 0.001)],
    ["score < 1_000", compare("score", "<", 1000)],
    ["score < 50%", compare("score", "<", 0.5)],
    ["share < 25%", compare("share", "<", 0.25)],
    ["share < 0.25", compare("share", "<", 0.25)],
    ["share < 0.7%", compare("share", "<", 0.007)],
    ["share < 1_0.4%", compare("share", "<", 0.104)],
    ["share < 4.1e-1%", compare("share", "<", 0.0041)],
    ["ok == true", compare("ok", "==", true)],
    ['taken > "2024-02-29"', compare("taken", ">", "2024-02-29")],
    [`sha == "${DIGEST}"`, compare("sha", "==", DIGEST)],
    ['licence != "cc0"', compare("licence", "!=", "cc0")],
    ["age >= 10", compare("age", ">=", 10)],
    ["loss > 2", compare("loss", ">", 2)],
    ["label in 0..4", range("label", 0, 4)],
    ["label in 0..<4", range("label", 0, 4, true)],
    ["label in 4..4", range("label", 4, 4)],
    ["share in 10%..0.5", range("share", 0.1, 0.5)],
    ['taken in "2025-01-01"..<"2026-01-01"', range("taken", "2025-01-01", "2026-01-01", true)],
    ["label in {1, 3}", { kind: "in_set", field: "label", values: [1, 3] }],
    ["label not in 0..4", { kind: "not", operand: range("label", 0, 4) }],
    ['"x" in tags', { kind: "contains", field: "tags", value: "x" }],
    ["3 not in sizes", { kind: "not", operand: { kind: "contains", field: "sizes", value: 3 } }],
    ['id matches "scan/*"', { kind: "matches", field: "id", glob: "scan/*" }],
    ['licence matches "cc*"', { kind: "matches", field: "licence", glob: "cc*" }],
    ["has consent", { kind: "has", field: "consent" }],
    ["sample 10%", { kind: "sample", share: 0.1, seed: 0 }],
    ["sample 2.5% seed 7", { kind: "sample", share: 0.025, seed: 7 }],
    ["low", { kind: "cohort", name: "low" }],
    ["all", { kind: "all" }],
    ["not low", { kind: "not", operand: { kind: "cohort", name: "low" } }],
  ])("%s", (text, expected) => {
    expect(predicateOf(text)).toEqual(expected);
  });

  it("`and` binds before `or`, `not` before both, parentheses first", () => {
    const [low, ok] = [{ kind: "cohort", name: "low" }, compare("ok", "==", true)];
    expect(predicateOf("low or ok == true and not low")).toEqual({
      kind: "or",
      operands: [low, { kind: "and", operands: [ok, { kind: "not", operand: low }] }],
    });
    expect(predicateOf("(low or ok == true) and low")).toEqual({
      kind: "and",
      operands: [{ kind: "or", operands: [low, ok] }, low],
    });
  });
});

describe("an optional field", () => {
  it.each([
    ['has consent and consent > "2026-01-01"', []],
    ['not has consent or consent > "2026-01-01"', []],
    ['has consent and (label == 1 or consent > "2026-01-01")', []],
    ['not (not has consent or consent > "2026-01-01")', []],
    ['has consent and label == 1 and not consent > "2026-01-01"', []],
    ['has consent or consent > "2026-01-01"', ["GOV3006"]],
    ['consent > "2026-01-01" and has consent', ["GOV3006"]],
    ['not has consent and consent > "2026-01-01"', ["GOV3006"]],
    ['(has consent or label == 1) and consent > "2026-01-01"', ["GOV3006"]],
    ['not (has consent and label == 1) and consent > "2026-01-01"', ["GOV3006"]],
  ])("%s", (text, expected) => {
    expect(codesOf(`${FIELDS} cohort c = ${text}`)).toEqual(expected);
  });

  it.each([
    ['cohort c = consent > "2026-01-01"'],
    ['cohort c = label == 1 or consent > "2026-01-01"'],
    ['cohort c = not consent > "2026-01-01"'],
    ['cohort c = not consent in "2026-01-01".."2026-12-31" and label == 1'],
  ])("the fix offered for %s mends it", (declaration) => {
    const text = `${FIELDS} ${declaration}`;
    const [diagnostic] = compileText(text).diagnostics;
    const edits = (diagnostic?.fix?.edits ?? []).toSorted((a, b) => b.span.start - a.span.start);
    const mended = edits.reduce(
      (current, { span, replacement }) =>
        current.slice(0, span.start) + replacement + current.slice(span.end),
      text,
    );
    expect(diagnostic?.code).toBe("GOV3006");
    expect(codesOf(mended)).toEqual([]);
  });
});

describe("days of the calendar", () => {
  it.each([
    ["2024-02-29", []],
    ["2000-02-29", []],
    ["2026-12-31", []],
    ["2025-02-29", ["GOV3007"]],
    ["1900-02-29", ["GOV3007"]],
    ["2026-04-31", ["GOV3007"]],
    ["2026-00-10", ["GOV3007"]],
    ["2026-13-01", ["GOV3007"]],
    ["2026-01-00", ["GOV3007"]],
    ["26-01-01", ["GOV3007"]],
    ["2026-1-1", ["GOV3007"]],
    ["2026-01-01T00:00:00Z", ["GOV3007"]],
  ])("%s", (date, expected) => {
    expect(codesOf(`${FIELDS} cohort c = taken == "${date}"`)).toEqual(expected);
  });
});

describe("weights", () => {
  it.each([
    ["block", 0],
    ["full", 1],
    ["25%", 0.25],
    ["0.25", 0.25],
    ["0", 0],
    ["150%", 1.5],
    ["3", 3],
  ])("%s", (text, expected) => {
    expect(meaningOf(`band b = layers "b" route all -> b: ${text}`).rules[0]?.weight).toBe(expected);
    expect(meaningOf(`route default ${text}`).defaultWeight.weight).toBe(expected);
  });

  it("is `full` by default", () => {
    expect(meaningOf("policy empty").defaultWeight).toEqual({ weight: 1 });
  });
});

describe("bounds", () => {
  const boundOf = (text: string, setting?: Setting): unknown =>
    withoutPlaces(meaningOf(`band b = layers "b" ${text}`, setting).bounds[0]);

  it.each([
    ["in 0.3..0.95", { low: 0.3, high: 0.95, excludesHigh: false }],
    ["in 0..<1", { low: 0, high: 1, excludesHigh: true }],
    ["<= 20%", { high: 0.2, excludesHigh: false }],
    [">= 0.1", { low: 0.1, excludesHigh: false }],
  ])("entropy(b) %s", (limit, range) => {
    expect(boundOf(`bound entropy(b) ${limit} { outside => warn }`)).toEqual({
      metric: { kind: "entropy", band: "b", of: "representation", unit: "normalized" },
      range,
      over: { count: 1, unit: "steps" },
      arms: [{ side: "outside", ladder: [{ action: { kind: "warn" } }] }],
    });
  });

  it.each([
    ["entropy(b, weights) <= 2 bits", { kind: "entropy", band: "b", of: "weights", unit: "bits" }],
    ["entropy(b, gradient) <= 2 nats", { kind: "entropy", band: "b", of: "gradient", unit: "nats" }],
    ["entropy(b) <= 1 normalized", { kind: "entropy", band: "b", of: "representation", unit: "normalized" }],
    ["gradient_norm(b) <= 2", { kind: "gradient_norm", band: "b" }],
    ["loss(all) <= 2", { kind: "loss", cohort: "all" }],
    ["loss_gap(all, all) <= 2", { kind: "loss_gap", left: "all", right: "all" }],
  ])("%s", (text, metric) => {
    expect(boundOf(`bound ${text} over 5 epochs { above => halt }`)).toMatchObject({
      metric,
      over: { count: 5, unit: "epochs" },
    });
  });

  it("reads a ladder of actions", () => {
    const text = `bound gradient_norm(b) <= 5 over 10 examples {
      above => clip b at 5 for 20 steps then attenuate b to 50% after 1 step then block all -> b for 2 epochs after 3 epochs
    }`;
    expect(boundOf(text)).toMatchObject({
      over: { count: 10, unit: "examples" },
      arms: [
        {
          side: "above",
          ladder: [
            { action: { kind: "clip", band: "b", at: 5, for: { count: 20, unit: "steps" } } },
            { action: { kind: "attenuate", band: "b", to: 0.5 }, after: { count: 1, unit: "steps" } },
            {
              action: { kind: "block", cohort: "all", band: "b", for: { count: 2, unit: "epochs" } },
              after: { count: 3, unit: "epochs" },
            },
          ],
        },
      ],
    });
  });
});

describe("a param stands wherever a literal of its type does", () => {
  const PARAMS = `
    param half: fraction = 50%
    param third: float = 0.3
    param few: int = 2
    param warm: steps = 500 in 0..10_000
    param free: enum("cc0", "cc-by") = "cc0"
    param since: date = "2026-01-01"
  `;
  const MODEL =
    'model { layer "a" kind dense units 8 layer "b" kind dense units 8 layer "c" kind dense units 8 }';

  it.each([
    ["a weight", "route all -> x: half", "route all -> x: 50%"],
    ["a profile", "profile p { x: half } route all through p", "profile p { x: 50% } route all through p"],
    ["the default", "route default third", "route default 0.3"],
    ["a window of steps", "route all -> x: full from warm", "route all -> x: full from 500 steps"],
    ["a window of epochs", "route all -> x: full until few epochs", "route all -> x: full until 2 epochs"],
    ["a range of labels", "cohort c = label in 0..few", "cohort c = label in 0..2"],
    ["a date", "cohort c = taken > since", 'cohort c = taken > "2026-01-01"'],
    ["a text", "cohort c = licence == free", 'cohort c = licence == "cc0"'],
    ["a set", "cohort c = label in {few, 7}", "cohort c = label in {2, 7}"],
    ["a sample", "cohort c = sample half seed few", "cohort c = sample 50% seed 2"],
    [
      "a bound",
      "bound loss(all) >= third over warm { below => halt }",
      "bound loss(all) >= 0.3 over 500 steps { below => halt }",
    ],
    [
      "an action",
      "bound loss(all) <= 3 { above => clip x at few for warm }",
      "bound loss(all) <= 3 { above => clip x at 2 for 500 steps }",
    ],
    ["units", 'band y = layers "a" units 0..few', 'band y = layers "a" units 0..2'],
    ["positions", "band y = layers 0..<few", "band y = layers 0..<2"],
    ["depth", "band y = depth 0%..half", "band y = depth 0%..50%"],
    ["a count of layers", "band y = first few layers", "band y = first 2 layers"],
    ["a trace", "provenance { trace x every warm top few }", "provenance { trace x every 500 steps top 2 }"],
    [
      "a test",
      'test "t" { given { label: few } at step few expect x: half }',
      'test "t" { given { label: 2 } at step 2 expect x: 50% }',
    ],
    [
      "an argument",
      "ruleset r(w: float) { route all -> x: w } apply r(half)",
      "ruleset r(w: float) { route all -> x: w } apply r(0.5)",
    ],
  ])("%s", (_, named, literal) => {
    const read = (policy: string): unknown => {
      const meaning = meaningOf(`${PARAMS} ${MODEL} ${FIELDS} band x = layers "a" ${policy}`);
      return withoutPlaces(meaning);
    };
    expect(read(named)).toEqual(read(literal));
  });

  it("takes its value from `--set`, and says so", () => {
    const { params, rules } = meaningOf(`${PARAMS} band x = layers "a" route all -> x: half until warm`, {
      set: { half: "0.1", warm: "1_000" },
    });
    expect(rules[0]).toMatchObject({ weight: 0.1, window: { until: { count: 1000, unit: "steps" } } });
    expect(params.filter(({ overridden }) => overridden).map(({ name, value }) => [name, value])).toEqual([
      ["half", 0.1],
      ["warm", 1000],
    ]);
  });

  it.each([
    ["half", "10%", 0.1],
    ["third", "-1e2", -100],
    ["third", "0.7%", 0.007],
    ["few", "1_0", 10],
    ["warm", "0", 0],
    ["free", "cc-by", "cc-by"],
    ["since", "2024-02-29", "2024-02-29"],
  ])("--set %s=%s", (name, text, value) => {
    const { params } = meaningOf(PARAMS, { set: { [name]: text } });
    expect(params.find((param) => param.name === name)?.value).toBe(value);
  });

  it.each([
    ["half", "2", "GOV3001"],
    ["half", "", "GOV3001"],
    ["third", "1e999", "GOV3001"],
    ["third", "0x10", "GOV3001"],
    ["few", "1.5", "GOV3001"],
    ["warm", "10_001", "GOV3002"],
    ["warm", "ten", "GOV3001"],
    ["free", '"cc0"', "GOV3001"],
    ["since", "2026-02-30", "GOV3001"],
    ["nothing", "1", "GOV2012"],
  ])("--set %s=%s is refused", (name, text, code) => {
    expect(codesOf(PARAMS, { set: { [name]: text } })).toEqual([code]);
  });
});
