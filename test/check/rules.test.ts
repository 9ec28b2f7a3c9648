/** Rules written out: rulesets, profiles, names from modules, and the order that never matters. */
import { describe, expect, it } from "vitest";
import type { CheckedPolicy, RouteRule } from "../../src/check/policy.ts";
import { canonicalJson } from "../../src/ir/canonical.ts";
import {
  codesOf,
  compileText,
  extentsOf,
  meaningOf,
  showExtent,
  withoutPlaces,
  type Setting,
} from "./compiled.ts";

const BANDS = 'band early = layers "a" band late = layers "b" band third = layers "c"';
const COHORTS = "example { id: string, label: int in 0..9 } cohort low = label in 0..4 cohort high = not low";

/** `low -> early: 0.5`, with the window where there is one. */
function rulesOf(policy: string, setting?: Setting): readonly string[] {
  return meaningOf(policy, setting).rules.map(showRule);
}

function showRule({ cohort, band, weight, window }: RouteRule): string {
  const limits = (["from", "until"] as const).flatMap((side) => {
    const duration = window[side];
    return duration === undefined ? [] : [` ${side} ${String(duration.count)} ${duration.unit}`];
  });
  return `${cohort} -> ${band}: ${String(weight)}${limits.join("")}`;
}

describe("routes", () => {
  it.each([
    ["one for each band", "route low -> early, late: block", ["low -> early: 0", "low -> late: 0"]],
    ["`all` as cohort and as band", "route all -> all: 50%", ["all -> all: 0.5"]],
    [
      "a window",
      "route low -> early: block from 2 epochs until 500 steps",
      ["low -> early: 0 from 2 epochs until 500 steps"],
    ],
    [
      "one step, one epoch",
      "route low -> early: 2 from 1 step until 1 epoch",
      ["low -> early: 2 from 1 steps until 1 epochs"],
    ],
    ["counted in examples", "route low -> early: 2 until 10 examples", ["low -> early: 2 until 10 examples"]],
    [
      "a profile, band by band",
      "profile p { late: 25%, early: full } route low through p",
      ["low -> late: 0.25", "low -> early: 1"],
    ],
    ["a profile leaves other bands alone", "profile p { late: 0 } route low through p", ["low -> late: 0"]],
    [
      "a profile with a window",
      "profile p { late: 0 } route low through p from 3 steps",
      ["low -> late: 0 from 3 steps"],
    ],
    ["a profile may name `all`", "profile p { all: 10% } route low through p", ["low -> all: 0.1"]],
    ["the default is no rule", "route default block", []],
  ])("%s", (_, policy, expected) => {
    expect(rulesOf(`${BANDS} ${COHORTS} ${policy}`)).toEqual(expected);
  });

  it("detaches and claims for each band", () => {
    const { detaches, claims } = meaningOf(
      `${BANDS} ${COHORTS} detach low at early, late until 3 epochs route low -> early, late: block never low -> early, late`,
    );
    expect(withoutPlaces(detaches)).toEqual(
      ["early", "late"].map((band) => ({
        cohort: "low",
        band,
        window: { until: { count: 3, unit: "epochs" } },
      })),
    );
    expect(withoutPlaces(claims)).toEqual(
      ["early", "late"].map((band) => ({ claim: "never", cohort: "low", band })),
    );
  });
});

describe("rulesets", () => {
  const SLOWED = "ruleset slowed(who: cohort, where: band, how: fraction = 50%) { route who -> where: how }";

  it.each([
    ["by position", "apply slowed(low, early, 10%)", ["low -> early: 0.1"]],
    ["by name, in any order", "apply slowed(how: 10%, where: early, who: low)", ["low -> early: 0.1"]],
    ["mixed", "apply slowed(low, how: 10%, where: early)", ["low -> early: 0.1"]],
    ["a default", "apply slowed(low, early)", ["low -> early: 0.5"]],
    ["`all` for both", "apply slowed(all, all)", ["all -> all: 0.5"]],
    [
      "twice, with different arguments",
      "apply slowed(low, early) apply slowed(high, late, 0)",
      ["low -> early: 0.5", "high -> late: 0"],
    ],
    ["before it is declared", "apply slowed(low, early)", ["low -> early: 0.5"]],
    ["never", "", []],
  ])("%s", (name, applied, expected) => {
    const parts = name === "before it is declared" ? [applied, SLOWED] : [SLOWED, applied];
    expect(rulesOf(`${BANDS} ${COHORTS} ${parts.join(" ")}`)).toEqual(expected);
  });

  it("puts everything that it holds in force, with the arguments in place", () => {
    const { detaches, bounds, claims } = meaningOf(`${BANDS} ${COHORTS}
      ruleset sealed(who: cohort, where: band, most: float, lasting: steps) {
        route who -> where: block
        detach who at where until lasting
        bound gradient_norm(where) <= most over lasting { above => clip where at most then block who -> where after 2 epochs }
        never who -> where
      }
      apply sealed(low, early, most: 3, lasting: 20)`);
    expect(withoutPlaces(detaches)).toEqual([
      { cohort: "low", band: "early", window: { until: { count: 20, unit: "steps" } } },
    ]);
    expect(withoutPlaces(bounds)).toEqual([
      {
        metric: { kind: "gradient_norm", band: "early" },
        range: { high: 3, excludesHigh: false },
        over: { count: 20, unit: "steps" },
        arms: [
          {
            side: "above",
            ladder: [
              { action: { kind: "clip", band: "early", at: 3 } },
              {
                action: { kind: "block", cohort: "low", band: "early" },
                after: { count: 2, unit: "epochs" },
              },
            ],
          },
        ],
      },
    ]);
    expect(withoutPlaces(claims)).toEqual([{ claim: "never", cohort: "low", band: "early" }]);
  });

  it("takes profiles, and hands its parameters on to other rulesets", () => {
    const policy = `${BANDS} ${COHORTS} profile light { early: 25% }
      ruleset inner(who: cohort, how: profile, least: float) { route who through how route who -> late: least }
      ruleset outer(who: cohort, how: profile, least: float) { apply inner(who, how, least) }
      apply outer(low, light, 0.75)`;
    expect(rulesOf(policy)).toEqual(["low -> early: 0.25", "low -> late: 0.75"]);
  });

  it("a parameter takes the place of a name of the file", () => {
    expect(
      rulesOf(`${BANDS} ${COHORTS} ruleset r(early: band) { route low -> early: block } apply r(late)`),
    ).toEqual(["low -> late: 0"]);
  });

  it("spans lead to the rule and to every `apply` on the way, outermost first", () => {
    const text = `${BANDS}\nruleset inner(b: band) { route all -> b: 50% }\nruleset outer(b: band) { apply inner(b) }\napply outer(early)`;
    const [rule] = meaningOf(text).rules;
    const marked = [...(rule?.via ?? []), ...(rule === undefined ? [] : [rule.span])].map(({ start, end }) =>
      text.slice(start, end),
    );
    expect(marked).toEqual(["apply outer(early)", "apply inner(b)", "route all -> b: 50%"]);
  });
});

describe("modules", () => {
  const modules = {
    "shared/bands.gov": `module bands import { deepest } from "deep.gov" band early = layers "a" band late = all - early - deepest
      route all -> early: block  route default block
      ruleset calm() { route all -> early, late: 50% }`,
    "shared/deep.gov": 'module deep band deepest = layers "z"',
    "std/guards": "module guards ruleset finite() { bound loss(all) in 0..1e30 { outside => halt } }",
  };

  it("only what is applied comes into force", () => {
    expect(rulesOf('import { early } from "shared/bands.gov" route all -> early: 2', { modules })).toEqual([
      "all -> early: 2",
    ]);
    expect(
      meaningOf('import { early } from "shared/bands.gov" route all -> early: 2', { modules }).defaultWeight,
    ).toEqual({
      weight: 1,
    });
  });

  it("an applied ruleset speaks of its own module's bands, which keep names that no policy can write", () => {
    const policy = 'import { calm } from "shared/bands.gov" band early = layers "mine" apply calm()';
    expect(rulesOf(policy, { modules })).toEqual([
      "all -> shared/bands#early: 0.5",
      "all -> shared/bands#late: 0.5",
    ]);
    expect(meaningOf(policy, { modules }).bands.map(({ name }) => name)).toEqual([
      "early",
      "shared/bands#early",
      "shared/bands#late",
      "shared/deep#deepest",
    ]);
  });

  it("an imported name is the policy's, under its alias", () => {
    const policy =
      'import { early as first, calm } from "shared/bands.gov" apply calm() route all -> first: 0';
    expect(rulesOf(policy, { modules })).toEqual([
      "all -> first: 0.5",
      "all -> shared/bands#late: 0.5",
      "all -> first: 0",
    ]);
  });

  it("`std/…` is the library from wherever it is imported, and `.gov` may be left out", () => {
    const policy =
      'import { finite } from "std/guards" import { late } from "shared/bands" apply finite() route all -> late: 0';
    expect(meaningOf(policy, { modules }).bounds).toHaveLength(1);
  });

  it("fields that a module needs become the policy's", () => {
    const { example } = meaningOf(
      'import { closed } from "m.gov" example { id: string } band b = layers "b" route closed -> b: 0',
      {
        modules: {
          "m.gov": 'module m example { licence: string, note: string? } cohort closed = licence == "x"',
        },
      },
    );
    expect(example.fields.map(({ name, optional }) => [name, optional])).toEqual([
      ["id", false],
      ["licence", false],
      ["note", true],
    ]);
  });

  it.each([
    ["the same type", "licence: string", "licence: string", []],
    ["an enum in another order", 'l: enum("a", "b")', 'l: enum("b", "a")', []],
    ["required where the module makes do without", "l: int", "l: int?", []],
    ["a wider range", "l: int in 0..9", "l: int in 0..99", []],
    ["no range", "l: int in 0..9", "l: int", []],
    ["a narrower range", "l: int in 0..99", "l: int in 0..9", ["GOV3011"]],
    ["a range that leaves out an end", "l: float in 0..1", "l: float in 0..<1", ["GOV3011"]],
    ["a range where the policy has none", "l: int", "l: int in 0..9", ["GOV3011"]],
    ["another type", "l: int", "l: float", ["GOV3011"]],
    ["a smaller enum", 'l: enum("a", "b")', 'l: enum("a")', ["GOV3011"]],
    ["optional where the module counts on it", "l: int?", "l: int", ["GOV3011"]],
    ["another set", "l: set<int>", "l: set<string>", ["GOV3011"]],
  ])("merges fields: %s", (_, own, needed, expected) => {
    const policy = `import { r } from "m.gov" example { ${own} } apply r()`;
    const codes = codesOf(policy, {
      modules: { "m.gov": `module m example { ${needed} } ruleset r() { route all -> all: 1 }` },
    });
    expect(codes).toEqual(expected);
  });

  it("says of fields that disagree no more than that, whatever is read of them", () => {
    const policy = `
      import { r, taken } from "m.gov"
      example { id: int, taken: date?, licence: enum("a") }
      cohort own = sample 10% and licence == "b" or taken
      test "given" { given { licence: "b" } expect own }
      apply r()
    `;
    const module = `
      module m
      example { id: string, taken: date, licence: string }
      cohort taken = taken > "2026-01-01" and licence == "x"
      ruleset r() { route taken -> all: 50% }
    `;
    expect(codesOf(policy, { modules: { "m.gov": module } })).toEqual(["GOV3011", "GOV3011", "GOV3011"]);
  });

  describe("that only modules ask for", () => {
    const merged = (...needed: readonly string[]): readonly unknown[] => {
      const modules = Object.fromEntries(
        needed.map((fields, index) => [
          `m${index}.gov`,
          `module m${index} example { ${fields} } ruleset r${index}() { route all -> all: 50% }`,
        ]),
      );
      const names = needed.map((_, index) => index);
      const policy = (order: readonly number[]): string =>
        [
          ...order.map((index) => `import { r${index} } from "m${index}.gov"`),
          ...order.map((index) => `apply r${index}()`),
        ].join("\n");
      return [names, names.toReversed()].map((order) => {
        const { draft, diagnostics } = compileText(policy(order), { modules });
        const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
        return errors.length > 0
          ? errors
          : draft.example.fields.map(({ optional, range, type: { kind } }) => ({ kind, optional, range }));
      });
    };
    const int = (optional: boolean, low: number, high: number, excludesHigh = false): unknown => [
      { kind: "int", optional, range: { low, high, excludesHigh } },
    ];
    it.each([
      ["one that requires it", ["l: int in 0..9", "l: int? in 0..9"], int(false, 0, 9)],
      ["nobody requires it", ["l: int? in 0..9", "l: int? in 0..9"], int(true, 0, 9)],
      ["one range in the other", ["l: int in 0..5", "l: int in 0..9"], int(false, 0, 5)],
      ["ranges that overlap", ["l: int in 3..9", "l: int in 0..5"], int(false, 3, 5)],
      ["an end left out", ["l: int in 0..<5", "l: int in 0..5"], int(false, 0, 5, true)],
      ["one range", ["l: int", "l: int in 0..5"], int(false, 0, 5)],
      ["three modules", ["l: int? in 0..5", "l: int", "l: int in 2..9"], int(false, 2, 5)],
      ["no value for both", ["l: int in 0..4", "l: int in 5..9"], ["GOV3011"]],
      ["an end that one leaves out", ["l: int in 0..<4", "l: int in 4..9"], ["GOV3011"]],
      ["two types", ["l: int", "l: float"], ["GOV3011"]],
    ])("is what they ask for together, in whatever order: %s", (_, needed, expected) => {
      expect(merged(...needed)).toEqual([expected, expected]);
    });
  });
});

describe("the order of declarations", () => {
  const DECLARATIONS = [
    'model { layer "a" kind dense units 8 layer "b" kind dense units 8 layer "c" kind dense units 8 }',
    "param how: fraction = 50%",
    "example { id: string, label: int in 0..9 }",
    'band early = layers "a"',
    "band tail = others - last 1 layers",
    "band others = rest",
    "cohort low = label in 0..4",
    "cohort high = not low",
    "profile light { early: how, others: 25% }",
    "route default 2",
    "route low through light",
    "route high -> tail, early: block until 3 epochs",
    "detach low at early",
    "bound loss(low) <= 3 { above => halt }",
    "ruleset slowed(where: band) { route all -> where: 75% }",
    "apply slowed(others)",
    "provenance { require id }",
    'test "t" { given { label: 1 } expect early: 50% }',
  ];
  const orders = [
    DECLARATIONS.toReversed(),
    DECLARATIONS.toSorted(),
    ...[5, 7, 11].map((step) =>
      DECLARATIONS.map((_, index) => DECLARATIONS[(index * step + 3) % DECLARATIONS.length] ?? ""),
    ),
  ];

  it.each(orders)("does not matter %#", (...order) => {
    expect([...order].toSorted()).toEqual([...DECLARATIONS].toSorted());
    expect(asSets(meaningOf(order.join("\n")))).toEqual(asSets(meaningOf(DECLARATIONS.join("\n"))));
    for (const band of ["early", "tail", "others"])
      expect(showExtent(extentsOf(order.join("\n")), band)).toBe(
        showExtent(extentsOf(DECLARATIONS.join("\n")), band),
      );
  });

  it("nor for what is wrong", () => {
    const wrong = ["route lwo -> early: block", 'band early = layers "a"', "route all -> erly: 0"];
    const messages = (order: readonly string[]): readonly string[] =>
      compileText(order.join("\n"))
        .diagnostics.map(({ message }) => message)
        .toSorted();
    expect(messages(wrong.toReversed())).toEqual(messages(wrong));
  });
});

/** Lists in an order of their own, for theirs says nothing. */
function asSets(policy: CheckedPolicy): unknown {
  return Object.fromEntries(
    Object.entries(policy).map(([key, value]) => [
      key,
      Array.isArray(value)
        ? value.map((part) => canonicalJson(withoutPlaces(part))).toSorted()
        : withoutPlaces(value),
    ]),
  );
}
