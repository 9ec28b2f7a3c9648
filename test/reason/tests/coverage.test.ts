import { describe, expect, test } from "vitest";
import { coverageRatio, coverTests, type Coverage } from "../../../src/reason/coverage.ts";
import { runTests } from "../../../src/reason/tests/run.ts";
import { meaningOf } from "../../check/compiled.ts";

function coverageOf(text: string): Coverage {
  const policy = meaningOf(text);
  return coverTests(policy, runTests(policy));
}

/** `+ top: low -high`, the bands and the cohorts of each decision; `+` where a test looks at it. */
function decisions(text: string): readonly string[] {
  return coverageOf(text).decisions.map(({ isCovered, cell, inside, outside }) => {
    const bands = [...cell].filter((band) => band !== "all").join("&");
    return `${isCovered ? "+" : "-"} ${bands}: ${[...inside, ...outside.map((cohort) => `not ${cohort}`)].join(", ")}`;
  });
}

function moves(text: string): readonly string[] {
  return coverageOf(text).moves.map(
    ({ isCovered, arm, move }) =>
      `${isCovered ? "+" : "-"} ${arm.side} ${move.kind === "opened" ? move.step.action.kind : move.kind}`,
  );
}

const POLICY = `example { label: int in 0..9 reviewed: bool }
band top = layers "top"
band bottom = layers "bottom"
band free = layers "free"
cohort low = label in 0..4
cohort trusted = reviewed == true
route low -> top: block
route low -> bottom: 50%
route trusted -> bottom: full
`;

describe("decisions", () => {
  test("are one for each group of examples that the rules on a band tell apart", () => {
    expect(decisions(POLICY)).toEqual([
      "- top: low",
      "- top: not low",
      "- bottom: low, trusted",
      "- bottom: low, not trusted",
      "- bottom: trusted, not low",
      "- bottom: not low, not trusted",
    ]);
  });

  test("are not made about examples that cannot be", () => {
    const text = `${POLICY.replace("reviewed == true", "label > 4")}`;
    expect(decisions(text).slice(2)).toEqual(["- bottom: low, not trusted", "- bottom: trusted, not low"]);
  });

  test("are covered by the expectations about the examples that are given", () => {
    const text = `${POLICY}test "t" { given { label: 1, reviewed: true } expect bottom: 50% }`;
    expect(decisions(text).filter((line) => line.startsWith("+"))).toEqual(["+ bottom: low, trusted"]);
  });

  test("are covered for all examples that a test leaves open", () => {
    const text = `${POLICY}test "t" { given { reviewed: false } expect top: full expect bottom: full }`;
    expect(decisions(text).filter((line) => line.startsWith("+"))).toEqual([
      "+ top: low",
      "+ top: not low",
      "+ bottom: low, not trusted",
      "+ bottom: not low, not trusted",
    ]);
  });

  test("are not covered by an expectation about a cohort alone", () => {
    expect(decisions(`${POLICY}test "t" { given { label: 1 } expect low }`).join()).not.toContain("+");
  });

  test("carry an example, and the rules that speak", () => {
    const [low] = coverageOf(POLICY).decisions;
    expect(low?.example).toMatchObject({ label: 0 });
    expect(low?.rules.map(({ span }) => span.line)).toEqual([7]);
  });

  test("about what only a run knows count, too", () => {
    const text = `example { label: int }
band top = layers "top"
cohort hard = loss > 2
route hard -> top: block
`;
    expect(decisions(text)).toEqual(["- top: hard", "- top: not hard"]);
    expect(decisions(`${text}test "t" { expect top: block }`)).toEqual(["+ top: hard", "+ top: not hard"]);
  });

  test("on overlapping bands are covered by either of them", () => {
    const text = `example { label: int in 0..9 }
band early = layers "a"
band late = layers "b"
band both = early | late
cohort low = label < 5
route low -> both: block
test "t" { given { label: 1 } expect early: block }`;
    expect(decisions(text)).toEqual([
      "+ early&both: low",
      "- early&both: not low",
      "- late&both: low",
      "- late&both: not low",
    ]);
  });

  test("that are too many in combination are counted cohort by cohort", () => {
    const names = Array.from({ length: 7 }, (_, index) => `f${String(index)}`);
    const text = `example { ${names.map((name) => `${name}: bool`).join(" ")} }
band top = layers "top"
${names.map((name) => `cohort c${name} = ${name} == true\nroute c${name} -> top: block`).join("\n")}
test "t" { given { f3: true } expect top: block }`;
    expect(decisions(text)).toHaveLength(7);
    expect(
      decisions(text.replace("f3: true", "f0: false")).filter((line) => line.startsWith("+")),
    ).toHaveLength(6);
  });
});

describe("moves of a bound", () => {
  const bounded = (steps: readonly string[]): string => `bound loss(all) in 1..2 {
  below => log
  above => warn then halt after 10 steps
}
test "t" { ${steps.join(" ")} }`;

  test("are the opening of each step, and the clearing", () => {
    expect(moves(bounded(["given loss(all) = 1.5 for 9 steps", "expect no warn"]))).toEqual([
      "- below log",
      "- below cleared",
      "- above warn",
      "- above halt",
      "- above cleared",
    ]);
  });

  test("are covered by a test that makes them and expects an action", () => {
    const given = ["given loss(all) = 3 for 2 steps", "given loss(all) = 1.5 for 1 step"];
    expect(moves(bounded([...given, "expect warn"])).filter((line) => line.startsWith("+"))).toEqual([
      "+ above warn",
      "+ above cleared",
    ]);
    expect(moves(bounded([...given, "expect all: full"])).join()).not.toContain("+");
  });

  test("of which the first halts the run have no clearing", () => {
    expect(moves("bound loss(all) in 1..2 { outside => halt }")).toEqual(["- outside halt"]);
  });

  test("of a ruleset that is applied twice are those of either bound", () => {
    const text = `band a = layers "a"
band b = layers "b"
ruleset guard(where: band) { bound gradient_norm(where) <= 1 { above => halt } }
apply guard(a)
apply guard(b)
test "t" { given gradient_norm(b) = 2 for 1 step expect halt }`;
    expect(moves(text)).toEqual(["- above halt", "+ above halt"]);
  });
});

describe("the ratio", () => {
  test("is that of all that there is", () => {
    const coverage = coverageOf(
      `${POLICY}bound loss(all) <= 1 { above => halt }\ntest "t" { given { label: 1 } expect top: full }`,
    );
    expect(coverageRatio([coverage])).toBeCloseTo(1 / 7);
  });

  test("is 1 where there is nothing to cover", () => {
    expect(coverageRatio([coverageOf("policy a")])).toBe(1);
  });

  test("does not ask whether the tests pass", () => {
    const text = `${POLICY}test "t" { expect top: VALUE expect bottom: VALUE }`;
    const ratio = (value: string): number => coverageRatio([coverageOf(text.replaceAll("VALUE", value))]);
    expect([ratio("full"), ratio("200%")]).toEqual([1, 1]);
  });
});
