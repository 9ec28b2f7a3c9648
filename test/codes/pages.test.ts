/** Every code has a page, every page a code, and what the pages show is so (GOV1xxx: test/syntax/pages.test.ts). */
import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { formatText } from "../../src/format/format.ts";
import { runTests } from "../../src/reason/tests/run.ts";
import { CODES, type DiagnosticCode } from "../../src/source/codes.ts";
import { hasErrors } from "../../src/source/diagnostic.ts";
import { diagnosticsOf } from "../check/sources.ts";
import { pageCodes, readPage } from "./page.ts";

// The keys of the registry are the codes.
const codes = Object.keys(CODES) as readonly DiagnosticCode[];

/** Raised with a run's tensors or examples at hand: no policy alone shows them, and their pages show a message. */
const IN_A_RUN: ReadonlySet<DiagnosticCode> = new Set([
  "GOV4007", // the tape of a forward pass
  "GOV4015", // what a network shows of its predictions
  "GOV6002", // the file of a probe
  "GOV8001", // a metric
  "GOV8002", // the change of a parameter
  "GOV8003", // an example's fields
  "GOV8004", // an action of a bound
  "GOV8005", // an example's fields
  "GOV8006", // a metric
]);

/** What `gov test` and `gov fmt --check` say: to be compiled, these policies are good enough. */
const BY_A_COMMAND: ReadonlySet<DiagnosticCode> = new Set(["GOV5010", "GOV7005"]);

/** Raised when the policy is laid over its network. */
const AT_LOWERING: ReadonlySet<DiagnosticCode> = new Set(["GOV4010"]);

test("every code has a page and every page a code", () => {
  expect(pageCodes().toSorted()).toEqual([...codes].toSorted());
});

test.each(codes)("the page of %s has the title of the registry", (code) => {
  expect(readPage(code).heading).toBe(`# ${code}: ${CODES[code].title}`);
});

const compiled = codes.filter(
  (code) => /^GOV[2-7]/.test(code) && !IN_A_RUN.has(code) && !BY_A_COMMAND.has(code),
);

describe.each(compiled)("%s", (code) => {
  const { fails, fixed } = readPage(code);

  test("the failing example raises it, once, and no other", () => {
    if (fails === undefined) throw new Error("the page has no failing example");
    const { checked, lowered } = diagnosticsOf(fails);
    const said = AT_LOWERING.has(code) ? lowered : checked;
    expect(said.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  test("the fixed example raises nothing", () => {
    if (fixed === undefined) throw new Error("the page has no fixed example");
    const { checked, lowered } = diagnosticsOf(fixed);
    expect([...checked, ...lowered].map((diagnostic) => diagnostic.message)).toEqual([]);
  });

  test("the examples differ, and stand in the layout of `gov fmt`", async () => {
    expect(fixed).not.toEqual(fails);
    for (const example of [fails, fixed]) {
      for (const [path, text] of example?.sources ?? []) {
        if (path.endsWith(".gov")) expect((await formatText(text)).formatted).toBe(text);
      }
    }
  });
});

test("GOV5010: the failing example has a test that fails, the fixed one passes", () => {
  const { fails, fixed } = readPage("GOV5010");
  const failures = [fails, fixed].map((example) => {
    const { policy } = compile(example ?? { entry: "policy.gov", sources: new Map() });
    return policy === undefined
      ? []
      : runTests(policy, undefined, policy.tests).map((result) => result.failures.length);
  });
  expect(failures).toEqual([[1], [0]]);
});

test("GOV7005: the fixed example is the layout of the failing one", async () => {
  const { fails, fixed } = readPage("GOV7005");
  const { formatted } = await formatText(fails?.policy ?? "");
  expect(formatted).toBe(fixed?.policy);
  expect(fails?.policy).not.toBe(fixed?.policy);
});

describe.each([...IN_A_RUN])("%s, which arises in a run", (code) => {
  test("its page shows the message and has no example that a check could fail", () => {
    const { text, fails } = readPage(code);
    expect(fails).toBeUndefined();
    const [, shown] = /^```text\n\S+\.gov:\d+:\d+ (GOV\d+) /m.exec(text) ?? [];
    expect(shown).toBe(code);
  });
});

test("an error's failing example does not compile", () => {
  const compiling = codes.filter((code) => {
    const { fails } = readPage(code);
    if (fails === undefined || CODES[code].severity !== "error") return false;
    if (AT_LOWERING.has(code) || BY_A_COMMAND.has(code)) return false;
    return !hasErrors(diagnosticsOf(fails).checked);
  });
  expect(compiling).toEqual([]);
});
