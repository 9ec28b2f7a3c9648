import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { wantsColors } from "../../src/cli/terminal.ts";
import { reportDefect } from "../../src/cli/defect.ts";
import { gov } from "./gov.ts";
import { recordTerminal } from "./recorded-terminal.ts";

const HERE = import.meta.dirname;

test.each([
  [["chek", "a.gov"], "Did you mean check?"],
  [["check"], "missing required argument"],
  [["check", "a.gov", "--formt", "json"], "Did you mean --format?"],
  [["check", "a.gov", "--format", "xml"], "Allowed choices are pretty, compact, json, sarif, github, junit"],
  [["check", "a.gov", "--max-warnings", "-1"], "whole number, 0 or more"],
  [["check", "a.gov", "--set", "limit"], "name=value"],
  [["run", "e.ts", "--epochs", "0"], "whole number, 1 or more"],
  [["fmt", "a.gov", "--check", "--diff"], "cannot be used with"],
  [["why", "a.gov"], "--example"],
  [[], "Usage: gov"],
])("wrong usage %j is exit code 1, with help", async (words, said) => {
  const { code, out, err } = await gov(HERE, words);
  expect(code).toBe(EXIT.failed);
  expect(out).toBe("");
  expect(err).toContain(said);
  expect(err).toMatch(/^(?:gov|Usage): /);
  expect(err).not.toContain("    at ");
});

test.each(["verify", "report", "run", "model", "check", "trace"])(
  "`gov %s NOWHERE` says so in the one form",
  async (command) => {
    const { code, out, err } = await gov(HERE, [command, "NOWHERE"]);
    expect(code).toBe(EXIT.failed);
    expect(out).toBe("");
    expect(err).toMatch(/^gov: .*\bNOWHERE\b/);
  },
);

test.each([[["--help"]], [["check", "--help"]], [["help", "run"]]])("%j is help", async (words) => {
  const { code, out, err } = await gov(HERE, words);
  expect({ code, err }).toEqual({ code: EXIT.clean, err: "" });
  expect(out).toContain("Usage: gov");
});

test("--version is the package's", async () => {
  expect(await gov(HERE, ["--version"])).toEqual({ code: EXIT.clean, out: "1.2.3\n", err: "" });
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ NO_COLOR: "1", FORCE_COLOR: "1" }, false, false],
  [{ TERM: "dumb" }, true, false],
])("colours with %j on a terminal (%s): %s", (environment, isInteractive, expected) => {
  expect(wantsColors(environment, isInteractive)).toBe(expected);
});

test.each([
  ["short", false],
  ["full", true],
] as const)("a defect is told in %s, and how to report it", (detail, showsStack) => {
  const { terminal, out, err } = recordTerminal(HERE);
  reportDefect(new Error("the impossible"), { version: "1.2.3", detail }, terminal);
  expect(out()).toBe("");
  expect(err()).toContain("a defect of gov, not of your policy: the impossible\n");
  expect(err()).toContain(`gov 1.2.3, Node ${process.version}`);
  expect(err().includes("    at ")).toBe(showsStack);
  expect(err().includes("--debug")).toBe(!showsStack);
});
