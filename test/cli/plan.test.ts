import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const MODEL = JSON.stringify({
  modelTopology: {
    config: {
      layers: [
        { class_name: "Dense", config: { name: "base", units: 8 } },
        { class_name: "Dense", config: { name: "code", units: 4 } },
      ],
    },
  },
  weightsManifest: [
    {
      weights: [
        { name: "base/kernel", shape: [2, 8] },
        { name: "base/bias", shape: [8] },
        { name: "code/kernel", shape: [8, 4] },
        { name: "code/bias", shape: [4] },
      ],
    },
  ],
});

const POLICY = `policy a
example { id: string label: int in 0..9 }
band base = layers "base"
band top = layers "code" units 0..1
cohort low = label in 0..4
profile gentle { base: 25% }
route low -> top: block from 2 epochs
route low through gentle
detach low at top until 500 steps
bound gradient_norm(base) <= 2 over 10 steps {
  above => clip base at 2 then halt after 100 steps
}
provenance {
  require id else reject
  trace top every 25 steps top 32
}
always low -> base
`;

const FILES = { "a.gov": POLICY, "model.json": MODEL };

test("a plan names what governs every parameter, and the line that says so", async () => {
  const { code, out, err } = await gov(folderWith(FILES), ["plan", "a.gov", "--model", "model.json"]);
  expect({ code, err }).toEqual({ code: EXIT.clean, err: "" });
  expect(out.replace(/digest [0-9a-f]{64}/, "digest …")).toMatchInlineSnapshot(`
    "plan of a for tfjs: 2 layers, 60 parameters
    policy digest …
    where no rule speaks: full

    bands
      base  24 parameters  base
      top   18 parameters  code units 0..1

    layers (route: what each parameter learns; the error passes on)
      base: kernel [2, 8], bias [8]
        in base
          low: 25%  a.gov:8:1, by way of a.gov:6:18
      code: kernel [8, 4], bias [4]
        units 0..1 in top
          low: block from 2 epochs  a.gov:7:1
        units 2..3 in no band: full, no rule speaks

    detach (the error of these examples goes no further towards the input)
      low at top until 500 steps  stops at code units 0..1  a.gov:9:1

    bounds
      gradient_norm(base) <= 2 over 10 steps  a.gov:10:1
        above: clip base at 2, then halt after 100 steps

    claims (held against every step)
      always low -> base  a.gov:17:1

    provenance
      require id else reject           a.gov:14:3
      trace top every 25 steps top 32  a.gov:15:3
    "
  `);
});

test("--format json is the plan itself", async () => {
  const words = ["plan", "a.gov", "--model", "model.json", "--format", "json"];
  const plan = JSON.parse((await gov(folderWith(FILES), words)).out) as {
    target: string;
    parameters: readonly { name: string; segments: readonly { rules: readonly number[] }[] }[];
  };
  expect(plan.target).toBe("tfjs");
  expect(plan.parameters.map(({ name, segments }) => [name, segments.map(({ rules }) => rules)])).toEqual([
    ["base/kernel", [[1]]],
    ["base/bias", [[1]]],
    ["code/kernel", [[0], []]],
    ["code/bias", [[0], []]],
  ]);
});

test("without a model there is no plan, and the help says where one comes from", async () => {
  const { code, out, err } = await gov(folderWith(FILES), ["plan", "a.gov"]);
  expect({ code, out }).toEqual({ code: EXIT.failed, out: "" });
  expect(err).toContain("gov model EXPERIMENT -o model.json");
});

test("a selector that finds nothing is an error of the policy", async () => {
  const files = { "a.gov": 'policy a\nband x = layers "bse"\n', "model.json": MODEL };
  const { code, err } = await gov(folderWith(files), ["plan", "a.gov", "--model", "model.json"]);
  expect(code).toBe(EXIT.errors);
  expect(err).toContain("did you mean `base`?");
});

const COHORTS = `policy a
example { id: string label: int in 0..9 tags: set<string> }
cohort low = label in 0..4
cohort small = not label > 4
cohort high = not low
cohort tiny = label < 2
cohort personal = "pii" in tags
cohort noisy = loss > 3
cohort impossible = label == 1 and label == 2
`;

test("--overlap shows how the cohorts lie to each other, with an example, and takes no model", async () => {
  const { code, out, err } = await gov(folderWith({ "a.gov": COHORTS }), ["plan", "a.gov", "--overlap"]);
  expect({ code, err }).toEqual({ code: EXIT.clean, err: "" });
  expect(out).toMatchInlineSnapshot(`
    "cohorts of a, two and two, over every example that the schema admits
    5 cohorts, 10 pairs

    equal (they hold the same examples)
      low = small

    inside (all of one is in the other)
      tiny in low
          only in low: { label: 2, id: "x", tags: {} }
      tiny in small
          only in small: { label: 2, id: "x", tags: {} }

    overlapping (some examples are in both, and each has its own)
      low, personal
          in both: { tags: {"pii"}, id: "x", label: 0 }
      small, personal
          in both: { tags: {"pii"}, id: "x", label: 0 }
      high, personal
          in both: { tags: {"pii"}, label: 5, id: "x" }
      tiny, personal
          in both: { tags: {"pii"}, id: "x", label: 0 }

    disjoint (no example is in both)
      low: high
      small: high
      high: tiny

    empty (no example that the schema admits)
      impossible

    left to the run (they read loss, entropy, epoch or step)
      noisy
    "
  `);
});

test("--overlap in JSON has every pair with the examples that show it", async () => {
  const words = ["plan", "a.gov", "--overlap", "--format", "json"];
  const { cohorts, empty, dynamic, pairs } = JSON.parse(
    (await gov(folderWith({ "a.gov": COHORTS }), words)).out,
  ) as { pairs: readonly { left: string; right: string }[] } & Record<string, unknown>;
  expect({ cohorts, empty, dynamic }).toEqual({
    cohorts: ["low", "small", "high", "tiny", "personal"],
    empty: ["impossible"],
    dynamic: ["noisy"],
  });
  expect(pairs.length).toBe(10);
  const pair = pairs.find(({ left, right }) => left === "small" && right === "tiny");
  expect(pair).toMatchObject({
    relation: "around",
    examples: { both: { label: 0 }, leftOnly: { label: 2 } },
  });
});

test("--overlap of a policy with errors tells them", async () => {
  const files = { "a.gov": COHORTS.replace("not low", "not lwo") };
  const { code, out, err } = await gov(folderWith(files), ["plan", "a.gov", "--overlap"]);
  expect({ code, out }).toEqual({ code: EXIT.errors, out: "" });
  expect(err).toContain("did you mean `low`?");
});

test("of a model of stubs the layers are planned, and it says that nothing can be counted", async () => {
  const policy = `policy s
model { layer "enc" kind dense units 32 layer "head" }
example { id: string label: int in 0..9 }
band early = layers "enc" units 0..7
band head = layers "head"
cohort low = label < 5
route low -> early: 25%
`;
  const { code, out } = await gov(folderWith({ "s.gov": policy }), ["plan", "s.gov"]);
  expect(code).toBe(EXIT.clean);
  expect(out).toContain("2 layers of a model without shapes");
  expect(out).toMatch(
    /enc: dense, 32 units\n {4}units 0\.\.7 in early\n {6}low: 25% .*\n {4}units 8\.\.31 in no band/,
  );
  expect(out).toMatch(/head: \S+\n {4}in head: full, no rule speaks/);
});

test("a plan rounds no number that the policy says", async () => {
  const policy = `policy a
example { label: int in 0..9 }
band base = layers "base"
route all -> base: 33.3333%
bound loss(all) in 0.123456..12345.678 { above => clip base at 1234.5 below => attenuate base to 0.7% }
`;
  const { out } = await gov(folderWith({ ...FILES, "a.gov": policy }), [
    "plan",
    "a.gov",
    "--model",
    "model.json",
  ]);
  for (const said of [
    "all: 33.3333%",
    "in 0.123456..12345.678",
    "clip base at 1234.5",
    "attenuate base to 0.7%",
  ])
    expect(out).toContain(said);
});
