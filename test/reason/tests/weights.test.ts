import { describe, expect, test } from "vitest";
import { verdict, verdicts } from "./said.ts";

const POLICY = `example { label: int in 0..9 }
band top = layers "top"
cohort low = label in 0..4
route low -> top: block
`;

describe("a field that is given", () => {
  test("decides the weight", () => {
    expect(verdict(`${POLICY}test "t" { given { label: 3 } expect top: block }`)).toBe("passes");
  });

  test("and another weight fails, with the rule that gives it", () => {
    expect(verdict(`${POLICY}test "t" { given { label: 3 } expect top: full }`)).toBe(
      'top is 0 by 4 for {"label":3}',
    );
  });

  test("where no rule speaks, the default decides", () => {
    const text = `${POLICY}test "t" { given { label: 7 } expect top: block }`;
    expect(verdict(text)).toBe('top is 1 by default for {"label":7}');
    expect(verdict(`${text.replace("block }", "25% }")}\nroute default 25%`)).toBe("passes");
  });
});

describe("a required field that is left out", () => {
  test("may have any value: an expectation that holds for some fails with one for which it does not", () => {
    expect(verdict(`${POLICY}test "t" { expect top: block }`)).toBe('top is 1 by default for {"label":5}');
  });

  test("and passes when it holds for all", () => {
    expect(
      verdict(`${POLICY}route not_low -> top: 0\ncohort not_low = not low\ntest "t" { expect top: block }`),
    ).toBe("passes");
  });

  test("the schema says which values there are", () => {
    const narrow = POLICY.replace("0..9", "0..4");
    expect(verdict(`${narrow}test "t" { expect top: block }`)).toBe("passes");
  });

  test("an id is drawn for samples both ways", () => {
    const text = `example { id: string }
band top = layers "top"
cohort some = sample 50% seed 3
route some -> top: block
test "any" { expect top: block }
test "some id" { given { id: "a" } expect some }
test "some id" { given { id: "a" } expect not some }`;
    const [any, inside, outside] = verdicts(text);
    expect(any).toContain("top is 1 by default");
    expect([inside, outside].filter((said) => said === "passes")).toHaveLength(1);
  });
});

describe("an optional field that is left out", () => {
  const text = `example { licence: string? tags: set<string> }
band top = layers "top"
cohort closed = has licence and licence == "closed"
cohort marked = "pii" in tags
route closed -> top: block
`;

  test("is absent", () => {
    expect(verdict(`${text}test "t" { expect top: full }`)).toBe("passes");
  });

  test("and is what it is given as", () => {
    expect(verdict(`${text}test "t" { given { licence: "closed" } expect top: block }`)).toBe("passes");
  });

  test("while a set that is required may hold anything", () => {
    expect(verdict(`${text}test "t" { expect not marked }`)).toBe('in marked: {"tags":["pii"]}');
    expect(verdict(`${text}test "t" { given { tags: {} } expect not marked }`)).toBe("passes");
  });
});

describe("several `given { … }`", () => {
  test("describe one example", () => {
    const text = `example { label: int in 0..9 kind: enum("a", "b") }
band top = layers "top"
cohort both = label == 1 and kind == "b"
route both -> top: block
test "t" { given { label: 1 } expect top: block given { kind: "b" } }`;
    expect(verdict(text)).toBe("passes");
  });

  test("cannot give one field twice", () => {
    expect(() => verdict(`${POLICY}test "t" { given { label: 1 } given { label: 1 } expect low }`)).toThrow(
      "`label` is given twice",
    );
  });
});

describe("the moment", () => {
  const timed = `${POLICY.replace("block", "block from 5 steps until 2 epochs")}`;

  test.each([
    ["", "full"],
    ["at step 4", "full"],
    ["at step 5", "block"],
    ["at epoch 2", "full"],
    ["at epoch 1 at step 5", "block"],
    ["at step 5 at epoch 2", "full"],
  ])("%s: %s", (at, weight) => {
    expect(verdict(`${timed}test "t" { given { label: 1 } ${at} expect top: ${weight} }`)).toBe("passes");
  });

  test("is given once", () => {
    expect(() => verdict(`${timed}test "t" { at step 1 at step 2 expect low }`)).toThrow(
      "the step is given twice",
    );
  });

  test("is what cohorts read as `step` and `epoch`", () => {
    const text = `example { label: int in 0..9 }
band top = layers "top"
cohort late = step >= 100 or epoch > 1
route late -> top: block
`;
    expect(verdict(`${text}test "t" { at step 99 expect top: full expect not late }`)).toBe("passes");
    expect(verdict(`${text}test "t" { at step 100 expect top: block expect late }`)).toBe("passes");
    expect(verdict(`${text}test "t" { at epoch 2 expect top: full }`)).toContain("top is 0 by 4");
  });
});

describe("what only a run knows", () => {
  const text = `example { label: int in 0..9 }
band top = layers "top"
cohort hard = loss > 2
route hard -> top: 50%
`;

  test("may be anything", () => {
    expect(verdict(`${text}test "t" { expect top: full }`)).toBe('top is 0.5 by 4 for {"label":0} loss 3');
    expect(verdict(`${text}test "t" { expect top: 50% }`)).toContain("top is 1 by default");
    expect(verdict(`${text}test "t" { expect not hard }`)).toContain("in hard");
  });

  test("does not matter where another rule weighs less", () => {
    expect(verdict(`${text}route all -> top: block\ntest "t" { expect top: block }`)).toBe("passes");
  });
});

describe("a band", () => {
  test("has the weight only where all of its parts have it", () => {
    const text = `band early = layers "a"
band late = layers "b"
band both = early | late
route all -> late: block
`;
    expect(verdict(`${text}test "t" { expect both: full }`)).toBe("both is 0 by 4 for {}");
    expect(verdict(`${text}test "t" { expect early: full expect late: block }`)).toBe("passes");
    expect(verdict(`${text}test "t" { expect all: full }`)).toContain("all is 0");
  });

  test("overlaps with others as far as the network says, where there is one", () => {
    const text = `band early = layers "a*"
band first = layers 0..0
route all -> first: block
test "t" { expect early: full }
`;
    expect(verdict(text)).toBe("passes");
    const network = 'model { layer "a0" kind dense units 2 layer "b" kind dense units 2 }\n';
    expect(verdict(network + text)).toBe("early is 0 by 4 for {}");
  });
});

describe("a weight", () => {
  test("is the least that is said", () => {
    expect(verdict(`${POLICY}route all -> top: 25%\ntest "t" { given { label: 1 } expect top: 25% }`)).toBe(
      'top is 0 by 4 for {"label":1}',
    );
  });

  test("is the same however it is written", () => {
    const text = `band top = layers "top"\nroute all -> top: 33.3%\ntest "t" { expect top: 0.333 }`;
    expect(verdict(text)).toBe("passes");
  });

  test("of a profile is said by the profile's entry", () => {
    const text = `band top = layers "top"
profile quiet { top: 10% }
route all through quiet
test "t" { expect top: 20% }`;
    expect(verdict(text)).toBe("top is 0.1 by 3 for {}");
  });
});

test("a cohort is expected of every example", () => {
  expect(verdict(`${POLICY}test "t" { given { label: 3 } expect low expect all }`)).toBe("passes");
  expect(verdict(`${POLICY}test "t" { given { label: 3 } expect not low }`)).toBe('in low: {"label":3}');
  expect(verdict(`${POLICY}test "t" { expect low }`)).toBe('not in low: {"label":5}');
});

test("every expectation that fails is told, in order", () => {
  expect(verdict(`${POLICY}test "t" { given { label: 3 } expect not low expect low expect top: full }`)).toBe(
    'in low: {"label":3}; top is 0 by 4 for {"label":3}',
  );
});

test("more cases than can be tried are said to be undecided, and do not pass", () => {
  const marks = Array.from({ length: 16 }, (_, index) => `id matches "**m${String(index)}**"`);
  const text = `example { id: string }
cohort marked = ${marks.join(" and ")}
cohort both = marked and id == "m0"
test "t" { expect not both }`;
  expect(verdict(text)).toBe("undecided");
});
