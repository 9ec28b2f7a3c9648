import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { gov, type Called } from "./gov.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { runCommandLine } from "../../src/cli/program.ts";
import { folderWith } from "./tiny-experiment.ts";
import { readXml, type XmlElement } from "./xml.ts";

const POLICY = `policy a
example { label: int in 0..9 }
band top = layers "top"
band wide = layers "wide"
cohort low = label in 0..4
profile gentle { wide: 25% }
route low -> top: block
route low through gentle
bound loss(all) <= 1 over 2 steps {
  above => warn then halt after 3 steps
}
`;

const PASSES = `test "low digits" { given { label: 3 } expect top: block expect warn given loss(all) = 2 for 2 steps }\n`;
const FAILS = `test "all digits" { expect wide: 25% }\n`;

async function govTest(
  files: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<Called> {
  return await gov(folderWith(files), ["test", ...words]);
}

describe("tests that pass", () => {
  test("are listed and counted, and the exit code is 0", async () => {
    expect(await govTest({ "a.gov": POLICY + PASSES }, "a.gov")).toEqual({
      code: EXIT.clean,
      err: "",
      out: "a.gov\n  ✓ low digits\n\n1 passed in 1 file\n",
    });
  });

  test("of a folder are those of every policy and module in it", async () => {
    const files = { "a.gov": POLICY + PASSES, "m.gov": `module m\n${POLICY.slice(9)}${PASSES}` };
    const { code, out } = await govTest(files, ".");
    expect(code).toBe(EXIT.clean);
    expect(out).toContain("2 passed in 2 files");
  });

  test("of what a policy imports are not its own", async () => {
    const imported = `module m\nband shared = layers "s"\ntest "of the module" { expect shared: block }\n`;
    const policy = `import { shared } from "m"\nroute all -> shared: full\ntest "own" { expect shared: full }\n`;
    const { code, out } = await govTest({ "a.gov": policy, "m.gov": imported }, "a.gov");
    expect(code).toBe(EXIT.clean);
    expect(out).not.toContain("of the module");
    expect((await govTest({ "m.gov": imported }, "m.gov")).code).toBe(EXIT.testsFailed);
  });

  test("there may be none", async () => {
    expect(await govTest({ "a.gov": POLICY }, "a.gov")).toMatchObject({
      code: EXIT.clean,
      out: "a.gov\n  no tests\n\nno tests in 1 file\n",
    });
  });

  test.each(["00-starter", "01-mnist-split"])("are all of example %s", async (name) => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const { code, out } = await gov(root, ["test", `examples/${name}/policy.gov`]);
    expect(code, out).toBe(EXIT.clean);
    expect(out).toContain("✓");
  });
});

describe("a test that fails", () => {
  test("shows the expectation, the rules that decide with their lines, and an example", async () => {
    const { code, out, err } = await govTest({ "a.gov": POLICY + PASSES + FAILS }, "a.gov");
    expect({ code, err }).toEqual({ code: EXIT.testsFailed, err: "" });
    expect(out).toMatchInlineSnapshot(`
      "a.gov
        ✓ low digits
        ✗ all digits

      ✗ all digits
      expected \`wide\` to be 25%; it is full
         ┌─ a.gov:13:21
         │
      13 │ test "all digits" { expect wide: 25% }
         │                     ^^^^^^^^^^^^^^^^ it is full
         │
         = example: \`given { label: 5 }\`
         = decided by: the default, as no rule speaks

      1 failed, 1 passed in 1 file
      "
    `);
  });

  test("names the rules that decide, and the profile's entry they come from", async () => {
    const { out } = await govTest(
      { "a.gov": `${POLICY}test "t" { given { label: 3 } expect wide: full }` },
      "a.gov",
    );
    expect(out).toContain("expected `wide` to be full; it is 25%");
    expect(out).toContain("decided by: `low -> wide: 25%`  a.gov:8:1");
    expect(out).toContain("--------- by way of this");
  });

  test("about an action shows step by step what the bounds did", async () => {
    const text = `${POLICY}test "t" { given loss(all) = 2 for 9 steps expect no halt }\n`;
    const { out } = await govTest({ "a.gov": text }, "a.gov");
    expect(out).toMatchInlineSnapshot(`
      "a.gov
        ✗ t

      ✗ t
      expected no \`halt\`, and it is done
         ┌─ a.gov:12:44
         │
      10 │   above => warn then halt after 3 steps
         │                      ---- \`halt\` is done here
         ·
      12 │ test "t" { given loss(all) = 2 for 9 steps expect no halt }
         │                                            ^^^^^^^^^^^^^^ done at step 4
         │
         = trace: given loss(all) = 2 for 9 steps
                  step 1: loss(all) <= 1 over 2 steps is breached, 2 is above  a.gov:9:1
                  step 1: warn  a.gov:10:12
                  step 4: not achieved
                  step 4: halt  a.gov:10:22
                  the run is halted at step 4

      1 failed in 1 file
      "
    `);
  });

  test("says why a bound did nothing", async () => {
    const told = async (given: string): Promise<string> =>
      (await govTest({ "a.gov": `${POLICY}test "t" { ${given} expect halt }\n` }, "a.gov")).out;
    expect(await told("")).toContain("no metric is given");
    expect(await told("given gradient_norm(top) = 9 for 9 steps")).toContain(
      "no bound is on a metric that is given",
    );
    expect(await told("given loss(all) = 2 for 1 step")).toContain(
      "its window of 2 steps was not full in 1 step",
    );
    expect(await told("given loss(all) = 0.5 for 9 steps")).toContain("not breached, 0.5 at last");
  });

  test("shows no more of a long trace than its beginning and end", async () => {
    const steps = Array.from(
      { length: 20 },
      () => "given loss(all) = 2 for 2 steps given loss(all) = 0 for 2 steps",
    );
    const text = `${POLICY}test "t" { ${steps.join("\n")} expect halt }\n`;
    const { out } = await govTest({ "a.gov": text }, "a.gov");
    expect(out).toMatch(/… \d+ decisions more/);
  });

  test("cannot steer the terminal by its title", async () => {
    const text = `${POLICY}test "\\u{1b}[31m" { expect low }\n`;
    const { out } = await govTest({ "a.gov": text }, "a.gov");
    expect(out).not.toContain("\u001b");
  });
});

describe("--filter", () => {
  test("runs the tests whose title holds the text, whatever its case", async () => {
    const { code, out } = await govTest({ "a.gov": POLICY + PASSES + FAILS }, "a.gov", "--filter", "LOW");
    expect(code).toBe(EXIT.clean);
    expect(out).toContain("1 passed in 1 file");
  });

  test("that lets nothing through is a slip", async () => {
    const { code, err } = await govTest({ "a.gov": POLICY + PASSES }, "a.gov", "--filter", "hihg");
    expect(code).toBe(EXIT.failed);
    expect(err).toContain("no test has `hihg` in its title");
  });
});

describe("--coverage", () => {
  test("names what no test looks at, also when tests fail", async () => {
    const { code, out } = await govTest({ "a.gov": POLICY + PASSES + FAILS }, "a.gov", "--coverage");
    expect(code).toBe(EXIT.testsFailed);
    expect(out.slice(out.indexOf("coverage of"))).toMatchInlineSnapshot(`
      "coverage of a.gov: 4 of 7 (57.1%)
      no test looks at
        ○ top: examples not in low  for instance { label: 5 }  the default
        ○ loss(all) <= 1 over 2 steps: above => halt is never done  a.gov:10:22
        ○ loss(all) <= 1 over 2 steps: above never comes back inside  a.gov:10:3

      1 failed, 1 passed in 1 file
      coverage 4 of 7 (57.1%)
      "
    `);
  });

  test.each([
    ["50", EXIT.clean],
    ["30%", EXIT.clean],
    ["60", EXIT.testsFailed],
  ])("under --threshold %s exits with %i", async (threshold, expected) => {
    // Of the low and the other digits on either band, and of the three moves of the bound: all digits on `top`, the low
    // ones on `wide`, and the warning.
    const more = `test "more" { given { label: 1 } expect wide: 25% }\ntest "high" { given { label: 7 } expect top: full }\n`;
    const { code, out } = await govTest(
      { "a.gov": POLICY + PASSES + more },
      "a.gov",
      "--threshold",
      threshold,
    );
    expect(out).toContain("coverage 4 of 7 (57.1%)");
    expect(code).toBe(expected);
  });

  test("in a format of problems, what is not covered is told on standard error and on the job's page", async () => {
    const folder = folderWith({ "a.gov": POLICY + PASSES });
    const GITHUB_STEP_SUMMARY = join(folder, "summary.md");
    const { code, err } = await gov(folder, ["test", "a.gov", "--threshold", "100", "--format", "github"], {
      environment: { GITHUB_STEP_SUMMARY },
    });
    expect(code).toBe(EXIT.testsFailed);
    expect(err).toContain("no test looks at\n");
    expect(err).toContain("less than the 100% that are asked for");
    expect(readFileSync(GITHUB_STEP_SUMMARY, "utf8")).toContain("less than the 100% that are asked for");
  });

  test("the threshold is said as it was given", async () => {
    const { out } = await govTest({ "a.gov": POLICY + PASSES }, "a.gov", "--threshold", "58");
    expect(out).toContain("less than the 58% that are asked for");
  });

  test.each(["high", "101", "-1", ""])("--threshold %j is no percentage", async (threshold) => {
    const { code } = await govTest({ "a.gov": POLICY + PASSES }, "a.gov", "--threshold", threshold);
    expect(code).toBe(EXIT.failed);
  });
});

describe("a policy that cannot be tested", () => {
  test("is shown with its errors, and the exit code is 3", async () => {
    const files = { "a.gov": POLICY + PASSES, "b.gov": "policy b\nroute all -> x: full\n" };
    const { code, out, err } = await govTest(files, "a.gov", "b.gov");
    expect(code).toBe(EXIT.errors);
    expect(err).toContain("error[GOV2001]");
    expect(out).toContain("1 passed, 1 file with errors in 2 files");
  });

  test("because it is not there is exit code 1", async () => {
    const { code, err } = await govTest({ "a.gov": POLICY }, "a.gov", "c.gov");
    expect(code).toBe(EXIT.failed);
    expect(err).toContain("`c.gov`");
  });

  test("for want of its model is told once", async () => {
    const { code, err } = await govTest({ "a.gov": POLICY, "b.gov": POLICY }, ".", "--model", "none.json");
    expect(code).toBe(EXIT.failed);
    expect(err.split("none.json")).toHaveLength(2);
  });

  test("or because a folder has none", async () => {
    expect((await govTest({}, ".")).code).toBe(EXIT.failed);
  });
});

test("--set and --model are those of the other commands", async () => {
  const text = `param weight_of: float = 0.5
band early = layers "a*"
band first = layers 0..0
route all -> first: weight_of
test "t" { expect early: 25% }
`;
  const model = 'model { layer "a0" kind dense units 2 }';
  const words = ["a.gov", "--set", "weight_of=0.25"];
  expect((await govTest({ "a.gov": text }, ...words)).code).toBe(EXIT.testsFailed);
  expect((await govTest({ "a.gov": `${model}\n${text}` }, ...words)).code).toBe(EXIT.clean);
  expect((await govTest({ "a.gov": `${model}\n${text}` }, "a.gov")).code).toBe(EXIT.testsFailed);
});

test("--format json carries the facts", async () => {
  const text = `${POLICY}${PASSES}test "t" { given { label: 3 } given loss(all) = 2 for 9 steps at step 4 expect top: full expect low expect no halt }\n`;
  const { code, out } = await govTest(
    { "a.gov": text, "b.gov": "policy b\nroute all -> x: full\n" },
    ".",
    "--format",
    "json",
    "--coverage",
  );
  expect(code).toBe(EXIT.errors);
  expect(JSON.parse(out)).toMatchObject({
    ...{ tests: 2, passed: 1, failed: 1 },
    files: [
      {
        file: "a.gov",
        tests: [
          { title: "low digits", passed: true, failures: [] },
          {
            ...{ title: "t", passed: false, place: "a.gov:13:1" },
            failures: [
              {
                ...{ kind: "weight", expected: 1, found: 0, example: { label: 3 } },
                ...{ moment: { step: 4, epoch: 0 }, decidedBy: ["a.gov:7:1"] },
              },
              { kind: "action_taken", taken: { clock: { step: 4 }, place: "a.gov:10:22" } },
            ],
          },
        ],
        coverage: { covered: 3, total: 7 },
      },
      { file: "b.gov", errors: [{ code: "GOV2001" }] },
    ],
  });
});

describe("--format junit", () => {
  async function suitesOf(
    files: Readonly<Record<string, string>>,
    ...words: readonly string[]
  ): Promise<XmlElement> {
    return readXml((await govTest(files, ".", "--format", "junit", ...words)).out);
  }

  test("has a suite for each file and a case for each test, one failure in those that fail", async () => {
    const twice = `test "twice" { given { label: 3 } expect not low expect top: full }\n`;
    const root = await suitesOf({ "a.gov": POLICY + PASSES + twice }, "--coverage");
    expect(root).toMatchObject({
      name: "testsuites",
      attributes: { tests: "2", failures: "1", errors: "0" },
    });
    const [suite] = root.children;
    expect(suite?.attributes).toEqual({ name: "a.gov", tests: "2", failures: "1", errors: "0" });
    expect(suite?.children.map(({ name, attributes }) => [name, attributes["name"]])).toEqual([
      ["properties", undefined],
      ["testcase", "low digits"],
      ["testcase", "twice"],
    ]);
    const [failure, ...others] = suite?.children[2]?.children ?? [];
    expect(others).toEqual([]);
    expect(failure?.attributes["message"]).toBe(
      "expected `not low`, and an example of this test is in `low` (and 1 more)",
    );
    expect(failure?.text).toContain("expect top: full");
  });

  test("escapes whatever stands in titles and texts", async () => {
    const title = `<a href='x'>&amp; ]]> \\"\\u{1b}\\u{0}\\n\\t\\u{202e}`;
    const root = await suitesOf({ "a.gov": `${POLICY}test "${title}" { expect low }\n` });
    const name = root.children[0]?.children[0]?.attributes["name"];
    expect(name).toBe("<a href='x'>&amp; ]]> \"<U+001B><U+0000>\n\t\u202e");
  });

  test("counts a file that cannot be tested as an error", async () => {
    const root = await suitesOf({ "b.gov": "policy b\nroute all -> x: full\n" });
    expect(root.attributes).toMatchObject({ tests: "1", failures: "0", errors: "1" });
    expect(root.children[0]?.children[0]?.children[0]).toMatchObject({ name: "error" });
  });
});

describe("--watch", () => {
  test("runs again when a file that is involved changes, and ends on Ctrl-C", async () => {
    const imported = 'module m\nband shared = layers "s"\n';
    const policy = `import { shared } from "m"\nroute all -> shared: full\ntest "t" { expect shared: full }\n`;
    const folder = folderWith({ "a.gov": policy, "m.gov": imported, "other.txt": "" });
    const { terminal, out, err } = recordTerminal(folder);
    const ended = runCommandLine(["test", "a.gov", "--watch"], terminal, "1.2.3");
    const waitFor = (runs: number): Promise<void> =>
      vi.waitFor(() => expect(err().split("waiting for a change")).toHaveLength(runs + 1), {
        timeout: 5_000,
      });
    await waitFor(1);
    expect(out()).toContain("1 passed");

    writeFileSync(join(folder, "other.txt"), "of no interest");
    // As editors do: a new file in the old one's place.
    writeFileSync(join(folder, "a.gov~"), policy.replace("expect shared: full", "expect shared: block"));
    renameSync(join(folder, "a.gov~"), join(folder, "a.gov"));
    await waitFor(2);
    expect(out()).toContain("1 failed");

    writeFileSync(join(folder, "m.gov"), `${imported}band bad = nowhere\n`);
    await waitFor(3);
    expect(err()).toContain("error[GOV2001]");

    process.emit("SIGINT");
    expect(await ended).toBe(EXIT.interrupted);
    expect(process.listenerCount("SIGINT")).toBe(0);
  }, 20_000);
});
