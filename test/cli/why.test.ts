import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov } from "./gov.ts";
import { folderWith } from "./tiny-experiment.ts";

const POLICY = `policy a
model {
  layer "base" kind dense units 8
  layer "code" kind dense units 4
}
example { id: string label: int in 0..9 }
band base = layers "base"
band top = layers "code" units 0..1
band wide = layers "code"
cohort low = label in 0..4
cohort hard = loss > 3
profile gentle { base: 25% }
route low -> top: block from 500 steps
route all -> wide: 50%
route low through gentle
route hard -> base: block
detach low at wide
`;

const LOW = '{"id": "x", "label": 3}';

async function why(...words: readonly string[]): Promise<Awaited<ReturnType<typeof gov>>> {
  const folder = folderWith({ "a.gov": POLICY, "example.json": LOW });
  return await gov(folder, ["why", "a.gov", ...words]);
}

test("weights, the rules that decide them with their lines, and where the error stops", async () => {
  const { code, out, err } = await why("--example", LOW, "--at", "step 500");
  expect({ code, err }).toEqual({ code: EXIT.clean, err: "" });
  expect(out).toMatchInlineSnapshot(`
    "the example is in low; at step 500
    only a run knows whether it is in hard

    route: what each band's own parameters may learn from it (absorption)
      base  25%
          decides low -> base: 25%  a.gov:15:1, by way of a.gov:12:18
          only a run knows hard -> base: block  a.gov:16:1
      top   block
          decides low -> top: block from 500 steps  a.gov:13:1
          outweighed all -> wide: 50%  a.gov:14:1
      wide where in top, too  block
          decides low -> top: block from 500 steps  a.gov:13:1
          outweighed all -> wide: 50%  a.gov:14:1
      wide alone  50%
          decides all -> wide: 50%  a.gov:14:1

    detach: where its error stops on the way to the input (flow)
      at wide: nothing before this band learns from it through this band  (low)  a.gov:17:1
    "
  `);
});

test("a policy without bands of its own is explained for everything alike", async () => {
  const policy =
    "example { id: string label: int in 0..9 } cohort low = label in 0..4 route low -> all: block";
  const { code, out } = await gov(folderWith({ "a.gov": policy }), ["why", "a.gov", "--example", LOW]);
  expect(code).toBe(EXIT.clean);
  expect(out).toMatch(/^ {2}all {2}block\n +decides low -> all: block {2}a\.gov:1:\d+$/m);
});

test("a window that has not opened does not speak", async () => {
  const { out } = await why("--example", LOW, "--at", "step 499");
  expect(out).not.toContain("block from 500 steps");
});

test("an example may lie in a file", async () => {
  expect((await why("--example", "example.json")).out).toBe((await why("--example", LOW)).out);
});

test("one layer, unit by unit", async () => {
  const { out } = await why("--example", LOW, "--layer", "code", "--at", "step 500");
  expect(out).toContain("units 0..1, in top, wide  block");
  expect(out).toContain("units 2..3, in wide  50%");
});

test("--format json carries the places", async () => {
  const { out } = await why("--example", LOW, "--format", "json", "--at", "epoch 2, step 900");
  const answer = JSON.parse(out) as {
    moment: unknown;
    bands: readonly { band: string; parts: readonly { weight: number; spoken: readonly unknown[] }[] }[];
  };
  expect(answer.moment).toEqual({ step: 900, epoch: 2, examples: 0 });
  const base = answer.bands.find(({ band }) => band === "base");
  expect(base?.parts).toHaveLength(1);
  expect(base?.parts[0]).toMatchObject({
    weight: 0.25,
    spoken: [{ decides: true, rule: { weight: 0.25, span: { file: "a.gov", line: 15 } } }],
    possible: [{ cohort: "hard" }],
  });
});

test.each([
  [["--example", '{"id": 1, "label": 12}'], "`id` is 1, not a text; `label` is 12, outside 0..9"],
  [["--example", "{}"], "`id` is missing; `label` is missing"],
  [["--example", "{"], "is not the JSON of one example"],
  [["--example", "nowhere.json"], "`nowhere.json`: there is no such file"],
  [["--example", "exampel.json"], "did you mean `example.json`?"],
  [["--example", LOW, "--at", "noon"], 'write "step 500" or "epoch 3"'],
  [["--example", LOW, "--layer", "cod"], "did you mean `code`?"],
])("%j cannot be answered", async (words, said) => {
  const { code, out, err } = await why(...words);
  expect({ code, out }).toEqual({ code: EXIT.failed, out: "" });
  expect(err).toContain(said);
});

test("a policy with errors is not explained", async () => {
  const folder = folderWith({ "a.gov": "policy a\nroute all -> x: full\n" });
  const { code, out, err } = await gov(folder, ["why", "a.gov", "--example", "{}"]);
  expect({ code, out }).toEqual({ code: EXIT.errors, out: "" });
  expect(err).toContain("error[GOV2001]");
});
