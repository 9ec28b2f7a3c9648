/** What changes besides weights: each line of the table is one edit of a policy, and what is said of it. */
import { expect, test } from "vitest";
import type { CheckedPolicy } from "../../../src/check/policy.ts";
import { compile } from "../../../src/compile.ts";
import { comparePolicies } from "../../../src/reason/diff/diff.ts";

const SCHEMA = 'example { id: string label: int in 0..9 licence: enum("cc0", "closed")? sha: digest? }';
const NAMES = `${SCHEMA}
param most: float = 0.5
band base = layers "base"
band top = layers "top"
cohort low = label in 0..4
cohort few = label in 0..1
cohort high = not low
cohort hard = loss > 3
behavior sevens = probe "sevens.jsonl"
`;

const CASES: readonly (readonly [before: string, after: string, ...said: readonly string[]])[] = [
  // bounds
  ["", "bound loss(all) <= 3 { above => halt }", "bound added stricter"],
  ["bound loss(all) <= 3 { above => halt }", "", "bound removed looser"],
  ["", "bound loss(all) <= 3 { above => amplify top to 2 }", "bound added different"],
  [
    "bound loss(all) in 0..3 { outside => halt }",
    "bound loss(all) in 0..4 { outside => halt }",
    "bound changed looser: the range `0..3` becomes `0..4`, which is wider",
  ],
  [
    "bound loss(all) in 0..3 { outside => halt }",
    "bound loss(all) in 0..<3 { outside => halt }",
    "bound changed stricter: the range `0..3` becomes `0..<3`, which is narrower",
  ],
  [
    "bound loss(all) in 0..3 { outside => halt }",
    "bound loss(all) in 1..4 { outside => halt }",
    "bound changed different: the range `0..3` becomes `1..4`, another",
  ],
  [
    "bound loss(all) <= 3 over 1 step { above => halt }",
    "bound loss(all) <= 3 over 1 epoch { above => halt }",
    "bound changed different: it is averaged over 1 epoch instead of 1 step",
  ],
  [
    "bound loss(all) <= 3 { above => halt }",
    "bound loss(all) <= 3 { above => warn }",
    "bound changed looser: the actions are weaker",
  ],
  [
    "bound loss(all) <= 3 { above => warn }",
    "bound loss(all) <= 3 { above => warn then halt after 5 steps }",
    "bound changed stricter: the actions are stronger",
  ],
  [
    "bound loss(all) <= 3 { above => warn then halt after 5 steps }",
    "bound loss(all) <= 3 { above => warn then halt after 9 steps }",
    "bound changed looser: the actions are weaker",
  ],
  [
    "bound loss(all) <= 3 { above => attenuate top to 50% }",
    "bound loss(all) <= 3 { above => freeze top }",
    "bound changed stricter: the actions are stronger",
  ],
  [
    "bound loss(all) <= 3 { above => block low -> top }",
    "bound loss(all) <= 3 { above => block few -> top }",
    "bound changed looser: the actions are weaker",
  ],
  [
    "bound loss(all) <= 3 { above => freeze top }",
    "bound loss(all) <= 3 { above => skip step }",
    "bound changed different: the actions are others",
  ],
  [
    "bound loss(all) <= 3 { above => warn }\nbound loss(low) <= 3 { above => warn }",
    "bound loss(low) <= 3 { above => warn }\nbound loss(all) <= 3 { above => warn }",
  ],
  [
    "bound loss(low) <= 3 { above => warn }",
    "bound loss(high) <= 3 { above => warn }",
    "bound removed looser",
    "bound added stricter",
  ],
  // claims
  ["never low -> top\nroute low -> top: block", "route low -> top: block", "claim never low -> top removed looser"],
  [
    "route low -> top: block\nnever low -> top",
    "route low -> top: block\nnever few -> top",
    "claim never low -> top removed looser",
  ],
  [
    "route low -> top: block\nnever few -> top",
    "route low -> top: block\nnever low -> top",
    "claim never low -> top added stricter",
  ],
  ["always low -> top, base", "always low -> base, top"],
  ["cohort x = label > 3\nalways x -> top", "cohort x = label > 4\nalways x -> top", "cohort x changed none -4", "claim always x -> top changed looser: it speaks of less than it did"],
  ["cohort x = label > 3\nalways x -> top", "cohort x = label < 4\nalways x -> top", "cohort x changed none +0 -4", "claim always x -> top changed different: it speaks of something else than it did"],
  // provenance
  ["", "provenance { require label }", "require label added stricter"],
  ["provenance { require label }", "provenance { require label else halt }", "require label changed stricter"],
  ["provenance { retain forever }", "provenance { retain 9 steps }", "retain changed looser"],
  ["provenance { retain 9 steps }", "provenance { retain 1 epoch }", "retain changed different"],
  ["provenance { verify digest }", "", "verify removed looser"],
  ["provenance { attest release }", "provenance { attest epoch }", "attest removed looser", "attest added stricter"],
  ["provenance { trace top every 2 steps }", "provenance { trace top every 4 steps }", "trace removed looser"],
  [
    "provenance { trace top every 4 steps }",
    "provenance { trace top every 2 steps }",
    "trace added stricter",
  ],
  ["provenance { trace top, base }", "provenance { trace base }\n", "trace removed looser"],
  // definitions, which change nothing by themselves
  ["param x: int = 1", "param x: int = 2", "param x changed none: `1` becomes `2`"],
  ["route default full", ""],
  ["route default block", "", "default removed none"],
  ["cohort x = label > 3", "cohort x = not (label <= 3)"],
  ["cohort x = label > 3", "cohort y = label > 3", "cohort x removed none: the same is now called `y`", "cohort y added none: the same was called `x`"],
  ["cohort x = label > 3", "cohort x = label > 4", "cohort x changed none -4"],
  ["cohort x = label > 4", "cohort x = label > 3", "cohort x changed none +4"],
  ["band x = layers \"x\"", "band x = layers \"x\" units 0..1", "band x changed none: it holds less"],
  ["behavior x = probe \"a\"", "behavior x = probe \"b\"", 'behavior x changed none: `"a"` becomes `"b"`'],
]; // prettier-ignore

test.each(CASES)("%j becomes %j", (before, after, ...said) => {
  expect(tell(`${NAMES}${before}`, `${NAMES}${after}`)).toEqual(said);
});

const SCHEMAS: readonly (readonly [before: string, after: string, ...said: readonly string[]])[] = [
  ["a: int", "a: int b: string", "field b added stricter"],
  ["a: int b: string", "a: int", "field b removed looser"],
  ["a: int in 0..9", "a: int in 0..<10", "field a changed none: `int in 0..9` becomes `int in 0..<10`"],
  ["a: int in 0..9", "a: int in 0..4", "field a changed stricter: `int in 0..9` becomes `int in 0..4`"],
  ["a: int", "a: int?", "field a changed looser: `int` becomes `int?`"],
  ["a: string", "a: date", "field a changed stricter: `string` becomes `date`"],
  ['a: enum("x", "y")', 'a: enum("y", "z")', 'field a changed different: `enum("x", "y")` becomes `enum("y", "z")`'],
]; // prettier-ignore

test.each(SCHEMAS)("the schema { %s } becomes { %s }", (before, after, ...said) => {
  expect(tell(`example { ${before} }`, `example { ${after} }`)).toEqual(said);
});

test("policies that admit no common example are not equivalent", () => {
  const { verdict, undecided } = compare('example { a: enum("x") }', 'example { a: enum("y") }');
  expect(verdict).toBe("different");
  expect(undecided.map(({ reason }) => reason)).toEqual([
    "no example is admitted by both policies: they admit no common value of `a`",
  ]);
});

test("another network is another meaning", () => {
  const [before, after] = ["units 4", "units 8"].map((units) => `model { layer "a" kind dense ${units} }`);
  expect(tell(before ?? "", after ?? "")).toEqual(["model changed different: the layers are others"]);
});

test("what only the run knows may decide, and is part of the example", () => {
  const { verdict, weights } = compare(`${NAMES}route hard -> top: block`, NAMES);
  expect(verdict).toBe("looser");
  expect(weights.map(({ witness }) => Number(witness.run.loss) > 3)).toEqual([true]);
});

function tell(before: string, after: string): readonly string[] {
  return compare(before, after).parts.map(({ part, name, change, direction, notes, gained, lost }) => {
    const words = [part, name, change, direction].filter((word) => word !== undefined).join(" ");
    const labels = [
      gained && `+${String(gained.example["label"])}`,
      lost && `-${String(lost.example["label"])}`,
    ];
    const members = labels.filter((label) => label !== undefined).map((label) => ` ${label}`);
    return `${words}${members.join("")}${notes.length === 0 ? "" : `: ${notes.join("; ")}`}`;
  });
}

function compare(before: string, after: string): ReturnType<typeof comparePolicies> {
  const [old, fresh] = [checked(before), checked(after)];
  return comparePolicies(old, fresh);
}

function checked(text: string): Parameters<typeof comparePolicies>[0] {
  const sources = new Map([["policy.gov", text]]);
  const { policy, network, diagnostics } = compile({ entry: "policy.gov", sources });
  if (policy === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return { policy: policy satisfies CheckedPolicy, ...(network && { network }) };
}
