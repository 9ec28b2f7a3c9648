import { describe, expect, test } from "vitest";
import { resultsOf, verdict } from "./said.ts";

const POLICY = `band encoder = layers "encoder"
bound entropy(encoder) in 0.30..0.95 over 50 steps {
  below => attenuate encoder to 50% for 100 steps then halt after 500 steps
  above => warn
}
`;

const collapse = (expectation: string, steps = 700): string =>
  `${POLICY}test "t" { given entropy(encoder) = 0.1 for ${String(steps)} steps expect ${expectation} }`;

describe("an expected action", () => {
  test("must have been taken at some step", () => {
    expect(verdict(collapse("halt"))).toBe("passes");
    expect(verdict(collapse("warn"))).toBe("not taken");
  });

  test("is taken no sooner than the bound's own machine takes it", () => {
    expect(verdict(collapse("attenuate encoder to 50%", 49))).toBe("not taken");
    expect(verdict(collapse("attenuate encoder to 50%", 50))).toBe("passes");
    expect(verdict(collapse("halt", 549))).toBe("not taken");
    expect(verdict(collapse("halt", 550))).toBe("passes");
  });

  test("is compared in all that the expectation states", () => {
    expect(verdict(collapse("attenuate encoder to 50% for 100 steps"))).toBe("passes");
    expect(verdict(collapse("attenuate encoder to 50% for 99 steps"))).toBe("not taken");
    expect(verdict(collapse("attenuate encoder to 25%"))).toBe("not taken");
    expect(verdict(collapse("attenuate all to 50%"))).toBe("not taken");
    expect(verdict(collapse("freeze encoder"))).toBe("not taken");
  });

  test("with `no` must have been taken at none", () => {
    expect(verdict(collapse("no warn"))).toBe("passes");
    expect(verdict(collapse("no halt"))).toBe("halt at step 549");
    expect(verdict(collapse("no attenuate encoder to 50%"))).toBe("attenuate at step 49");
    expect(verdict(collapse("no attenuate encoder to 25%"))).toBe("passes");
  });

  test("needs a metric on which there is a bound", () => {
    expect(verdict(`${POLICY}test "t" { expect halt }`)).toBe("no metric given");
    expect(verdict(`${POLICY}test "t" { given loss(all) = 9 for 9 steps expect halt }`)).toBe("no bound");
    expect(
      verdict(`${POLICY}test "t" { given entropy(encoder, weights) = 0.1 for 700 steps expect halt }`),
    ).toBe("no bound");
  });
});

test.each([
  "freeze a",
  "amplify a to 200%",
  "clip a at 1.5",
  "block some -> a",
  "skip step",
  "rollback",
  "log",
  "steer a toward 0.5 strength 0.1",
])("`%s` is matched by itself", (action) => {
  const text = `example { label: int }
band a = layers "a"
cohort some = label > 3
bound loss(all) <= 1 { above => ${action} }
test "t" { given loss(all) = 2 for 1 step expect ${action} }
test "other" { given loss(all) = 2 for 1 step expect no ${action} expect halt }`;
  expect(verdict(text)).toBe("passes");
  expect(resultsOf(text)[1]?.failures.map(({ kind }) => kind)).toEqual(["action_taken", "action_missing"]);
});

describe("given metrics", () => {
  test("follow each other in time", () => {
    const text = `${POLICY}test "t" {
  given entropy(encoder) = 0.1 for 30 steps
  given entropy(encoder) = 0.1 for 20 steps
  expect attenuate encoder to 50%
}`;
    expect(verdict(text)).toBe("passes");
  });

  test("and a bound that clears in between begins anew", () => {
    const text = `band encoder = layers "encoder"
bound loss(all) <= 1 { above => warn then halt after 10 steps }
test "t" {
  given loss(all) = 2 for 9 steps
  given loss(all) = 0.5 for 1 step
  given loss(all) = 2 for 10 steps
  expect warn
  expect no halt
}`;
    expect(verdict(text)).toBe("passes");
    expect(verdict(text.replace("for 10 steps\n  expect", "for 11 steps\n  expect"))).toBe("halt at step 20");
  });

  test("feed every bound on that metric, whatever its unit", () => {
    const text = `band encoder = layers "encoder"
bound entropy(encoder) >= 0.3 { below => warn }
bound entropy(encoder) >= 0.5 nats { below => freeze encoder }
test "t" { given entropy(encoder) = 0.4 for 1 step expect freeze encoder expect no warn }`;
    expect(verdict(text)).toBe("passes");
    expect(resultsOf(text)[0]?.story.fed).toEqual([0, 1]);
  });

  test("of which one is not given any more is not measured", () => {
    const text = `bound loss(all) <= 1 over 10 steps { above => warn }
bound entropy(all) >= 1 nats { below => log }
test "t" {
  given loss(all) = 2 for 9 steps
  given entropy(all) = 2 for 1 step
  expect warn
  expect no log
}`;
    expect(verdict(text)).toBe("passes");
  });

  test("end where the run is halted", () => {
    const text = `bound loss(all) <= 1 { above => halt }
bound loss(all) <= 2 over 2 steps { above => warn }
test "t" { given loss(all) = 3 for 10 steps expect no warn }`;
    expect(verdict(text)).toBe("passes");
    expect(resultsOf(text)[0]?.story).toMatchObject({ halted: { step: 0 }, steps: 1 });
  });
});

describe("time in a test", () => {
  const over = (window: string, given: string): string =>
    `bound loss(all) <= 1 over ${window} { above => halt }\ntest "t" { given loss(all) = 2 for ${given} expect halt }`;

  test.each([
    ["1 epoch", "1 epoch"],
    ["3 epochs", "3 epochs"],
    ["50 steps", "1 epoch"],
    ["1_000 examples", "1_000 examples"],
    ["60_000 examples", "120_000 examples"],
  ])("a window of %s is full after %s", (window, given) => {
    expect(verdict(over(window, given))).toBe("passes");
  });

  test.each([
    ["2 epochs", "1 epoch"],
    ["1 epoch", "1_000 steps"],
    ["60_000 examples", "59_000 examples"],
  ])("a window of %s is not full after %s", (window, given) => {
    expect(verdict(over(window, given))).toBe("not taken");
  });

  test("an epoch holds all that a bound does in steps, one after the other", () => {
    const text = `bound loss(all) <= 1 over 50 steps { above => warn then halt after 500 steps }
test "t" { given loss(all) = 2 for 1 epoch expect halt }`;
    expect(verdict(text)).toBe("passes");
  });

  test("`at` says nothing about when the metrics are measured", () => {
    expect(verdict(collapse("halt").replace("expect", "at step 5_000 expect"))).toBe("passes");
  });
});

test("what a bound does is not counted in the weights that a test expects", () => {
  expect(verdict(collapse("attenuate encoder to 50% expect encoder: full"))).toBe("passes");
});
