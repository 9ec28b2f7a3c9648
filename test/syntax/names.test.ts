import { expect, test } from "vitest";
import { KEYWORDS } from "../../grammar/tokens.ts";
import { parseText } from "./shown.ts";

const words = [...new Set(Object.values(KEYWORDS).flat())];

// Where a keyword is taken for itself, as the language reference says.
const INSTEAD_OF_OPERANDS = ["not", "has", "sample", "and", "or"];

test.each(words)("a field may be called `%s`", (word) => {
  const text = [
    `example { ${word}: string  other: int in 0..9 }`,
    `example { other: int, ${word}: string }`,
    `cohort a = has ${word}`,
    ...(INSTEAD_OF_OPERANDS.includes(word) ? [] : [`cohort b = ${word} == "x" and not (${word} in {"y"})`]),
    `cohort c = "x" in ${word}`,
    `provenance { require ${word}, other else reject }`,
    `test "t" { given { ${word}: "x", other: 3 } }`,
  ].join("\n");
  expect(parseText(text).diagnostics).toEqual([]);
});

test.each(words)("a band, a cohort and a profile may be called `%s`", (word) => {
  const text = [
    `profile ${word} { ${word}: full, other: block }`,
    `route ${word} -> ${word}, other: block from 5 steps until 2 epochs`,
    `route ${word} through ${word}`,
    `detach ${word} at ${word}`,
    `never ${word} -> ${word}`,
    `bound entropy(${word}) in 0..1 { below => freeze ${word} then block ${word} -> ${word} after 1 step }`,
    `bound loss_gap(${word}, ${word}) <= 1 { above => steer ${word} toward 0.5 strength 0.1 }`,
    `provenance { trace ${word} toward ${word} every 5 steps top 3 }`,
    `ruleset ${word}(${word}: band = ${word}) {}`,
    `apply ${word}(${word}, ${word}: ${word})`,
    `import { ${word} as ${word} } from "x"`,
    `test "t" { expect ${word}: full }`,
    `band ${word} = layers "x"`,
    `cohort ${word} = all`,
  ];
  for (const line of text) expect(parseText(line).diagnostics).toEqual([]);
});

test("names that begin a selector elsewhere are bands where no selector follows", () => {
  const text =
    "band x = layers | depth - first & (kind)\nband y = last\nband z = kind\nroute all -> z: full\n";
  const { file, diagnostics } = parseText(text);
  expect(diagnostics).toEqual([]);
  expect(file.declarations.map(({ kind }) => kind)).toEqual([
    "BandDeclaration",
    "BandDeclaration",
    "BandDeclaration",
    "RouteDeclaration",
  ]);
});

test("a param of type steps is a whole duration, even before an example block", () => {
  const { file, diagnostics } = parseText("route all -> x: full from warm\nexample { id: string }");
  expect(diagnostics).toEqual([]);
  expect(file.declarations.map(({ kind }) => kind)).toEqual(["RouteDeclaration", "ExampleDeclaration"]);
});

test("an int param may be counted in examples", () => {
  const { file, diagnostics } = parseText("bound loss(all) <= 1 over n example { above => halt }");
  expect(diagnostics).toEqual([]);
  expect(file.declarations[0]).toMatchObject({ over: { unit: "examples", count: { kind: "Reference" } } });
});

test("`has` is a cohort where nothing that it could ask for follows", () => {
  for (const text of [
    "cohort a = has",
    "cohort a = (has)",
    "cohort a = has\nband b = rest",
    "cohort a = has and b",
  ])
    expect(parseText(text).file.declarations[0]).not.toMatchObject({ predicate: { kind: "HasPredicate" } });
  const { file } = parseText("cohort a = has and\ncohort b = has in");
  expect(file.declarations).toMatchObject([
    { predicate: { kind: "HasPredicate", field: { text: "and" } } },
    { predicate: { kind: "HasPredicate", field: { text: "in" } } },
  ]);
});
