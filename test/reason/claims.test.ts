import { describe, expect, it } from "vitest";
import { compile, type Compilation } from "../../src/compile.ts";
import { decideClaim } from "../../src/reason/claims.ts";
import { sampleFraction } from "../../src/reason/predicate.ts";

/** What the claims of a policy come to, as `CODE message`. */
function verdicts(policy: string): readonly string[] {
  return compileOne(policy)
    .diagnostics.filter(({ code }) => code === "GOV5001" || code === "GOV5002")
    .map(({ code, message }) => `${code} ${message}`);
}

function compileOne(policy: string): Compilation {
  return compile({ entry: "p.gov", sources: new Map([["p.gov", policy]]) });
}

const LABELS = `
  example { label: int in 0..9 }
  band a = layers "a"  band b = layers "b"
  cohort low = label in 0..4  cohort high = not low
`;

describe("claims that hold", () => {
  it.each([
    ["blocked", "route low -> b: block never low -> b"],
    [
      "blocked by parts",
      "cohort even = label in {0, 2, 4} cohort odd = label in {1, 3} route even -> b: block route odd -> b: block never low -> b",
    ],
    ["blocked by default", "route default block route high -> b: full never low -> b"],
    ["deny wins", "route low -> b: block route all -> b: full never low -> b"],
    ["an empty cohort", "cohort none = label > 20 never none -> b"],
    [
      "windows that cover all time",
      "route low -> b: block until 5 epochs route low -> b: block from 5 epochs never low -> b",
    ],
    ["always by default", "route low -> b: block always high -> b"],
    ["on a union", "band both = a | b route low -> both: block never low -> a, b, both"],
    ["on a difference", "band rest_of_a = a - b route low -> a: block never low -> rest_of_a"],
    ["on all", "route low -> all: block never low -> a, all"],
    ["on all, piece by piece", "band c = rest route low -> a, b, c: block never low -> all"],
    [
      "a sample and its complement",
      "cohort s = sample 10% cohort t = not s route s -> b: block route t -> b: block never all -> b",
    ],
    [
      "a dynamic rule that does not matter",
      "cohort hard = loss > 2 route low -> b: block route hard -> b: 50% never low -> b",
    ],
    [
      "whatever the run says",
      "cohort hard = loss > 2 cohort easy = not hard route hard -> b: block route easy -> b: block never low -> b",
    ],
  ])("%s", (_, rules) => {
    expect(verdicts(LABELS.replace("label:", "id: string, label:") + rules)).toEqual([]);
  });
});

describe("claims that fail, each with an example that breaks it", () => {
  it.each([
    [
      "nothing blocks",
      "never low -> b",
      "`never low -> b` does not hold: the example `{ label: 0 }` has weight 1 on `b`",
    ],
    [
      "a gap",
      "route low -> b: block cohort some = label in 0..5 never some -> b",
      "`never some -> b` does not hold: the example `{ label: 5 }` has weight 1 on `b`",
    ],
    [
      "a window that ends",
      "route low -> b: block until 5 epochs never low -> b",
      "`never low -> b` does not hold: the example `{ label: 0 }` has weight 1 on `b` in epoch 5",
    ],
    [
      "a window that begins",
      "route low -> b: block from 10 steps never low -> b",
      "`never low -> b` does not hold: the example `{ label: 0 }` has weight 1 on `b`",
    ],
    [
      "always, blocked",
      "route low -> b: block always all -> b",
      "`always all -> b` does not hold: the example `{ label: 0 }` has weight 0 on `b`",
    ],
    [
      "a part of a union",
      "band both = a | b route low -> a: block never low -> both",
      "`never low -> both` does not hold: the example `{ label: 0 }` has weight 1 on the part of `both` in `b`",
    ],
    [
      "a part of the rest",
      'band c = rest & layers "c/*" route low -> a, b: block never low -> c',
      "`never low -> c` does not hold: the example `{ label: 0 }` has weight 1 on `c`",
    ],
  ])("%s", (_, rules, message) => {
    expect(verdicts(LABELS + rules)).toEqual([`GOV5001 ${message}`]);
  });
});

describe("claims left to the run", () => {
  it.each([
    ["a dynamic cohort", "cohort late = epoch > 3 route late -> b: block never late -> b"],
    ["a rule about a dynamic cohort", "cohort hard = loss > 2 route hard -> b: block never low -> b"],
    ["a bound that may stop it", "bound loss(all) <= 5 { above => freeze b } always low -> b"],
  ])("%s", (_, rules) => {
    expect(verdicts(LABELS + rules).map((verdict) => verdict.slice(0, 7))).toEqual(["GOV5002"]);
  });
});

it("proves nothing about a cohort that only the run knows", () => {
  const { policy } = compileOne(`${LABELS} cohort hard = loss > 2 never hard -> b`);
  const [claim] = policy?.claims ?? [];
  expect(policy && claim && decideClaim(claim, policy).kind).toBe("depends_on_run");
});

describe("cohorts that read the time alone", () => {
  it.each([
    [
      "prove",
      "cohort late = epoch > 3 route low -> b: block until 4 epochs route late -> b: block never low -> b",
      "",
    ],
    [
      "refute",
      "cohort late = epoch > 3 route low -> b: block until 3 epochs route late -> b: block never low -> b",
      "GOV5001 `never low -> b` does not hold: the example `{ label: 0 }` has weight 1 on `b` in epoch 3",
    ],
    [
      "refute at a step",
      "cohort odd_start = step in {1, 3} route odd_start -> b: block always low -> b",
      "GOV5001 `always low -> b` does not hold: the example `{ label: 0 }` has weight 0 on `b` at step 1",
    ],
  ])("%s what windows and they say together", (_, rules, message) => {
    expect(verdicts(LABELS + rules)).toEqual(message === "" ? [] : [message]);
  });
});

it("cuts units where a model is at hand, and only there", () => {
  const halves = `
    example { label: int in 0..9 }
    cohort low = label in 0..4
    band top = layers "code" units 0..15  band bottom = layers "code" units 16..31  band code = layers "code"
    route low -> top: block  route low -> bottom: block
    never low -> code
  `;
  expect(verdicts(halves)).toHaveLength(1);
  expect(verdicts(`model { layer "code" units 32 } ${halves}`)).toEqual([]);
});

it("names a real id in a witness, whatever a sample and a glob ask of it", () => {
  const schema = `example { id: string } band b = layers "b"`;
  const [verdict = ""] = verdicts(`${schema} cohort c = sample 10% and id matches "**/?" never c -> b`);
  expect(verdict).toMatch(/^GOV5001/);
  const [, id = ""] = /id: "([^"]*)"/.exec(verdict) ?? [];
  expect(sampleFraction(0, id)).toBeLessThan(0.1);
  expect(id).toMatch(/^(?:.*\/)?[^/]$/u);
});

it("refutes nothing by an id that may not exist", () => {
  const schema = `example { id: string } band b = layers "b"`;
  const rule = `cohort c = sample 0.0001% seed 3 and id matches "x" never c -> b`;
  expect(verdicts(`${schema} ${rule}`).filter((verdict) => verdict.startsWith("GOV5001"))).toEqual([]);
});
