import { coverTests, type Coverage } from "../../reason/coverage.ts";
import { runTests } from "../../reason/tests/run.ts";
import type { TestResult } from "../../reason/tests/result.ts";
import type { CheckedPolicy } from "../../check/policy.ts";
import type { LoadProblem } from "../../project/load.ts";
import { showPath } from "../../project/root.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import type { Showing } from "../diagnostics/pretty.ts";
import { openPolicy, type OpenedPolicy } from "../open.ts";
import type { TestRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** What became of one file whose tests were to be run. */
export type TestedFile = RanTests | WrongPolicy | (LoadProblem & { readonly shown: string });

export interface RanTests {
  readonly kind: "ran";
  /** The file as the reader would write it. */
  readonly shown: string;
  readonly opened: OpenedPolicy;
  readonly policy: CheckedPolicy;
  readonly showing: Showing;
  /** Of the tests that the filter lets through. */
  readonly results: readonly TestResult[];
  /** What these tests look at. */
  readonly coverage: Coverage;
}

/** A policy with errors has no meaning that could be tested. */
export interface WrongPolicy {
  readonly kind: "wrong";
  readonly shown: string;
  readonly opened: OpenedPolicy;
  readonly errors: readonly Diagnostic[];
  readonly showing: Showing;
}

/** Compiles a file and runs the tests that it carries itself, not those of what it imports. */
export async function testFile(path: string, request: TestRequest, terminal: Terminal): Promise<TestedFile> {
  const shown = showPath(path, terminal.workingDirectory);
  const opened = await openPolicy(path, request, terminal);
  if (opened.kind === "problem") return { ...opened, shown };
  const { showing, compilation } = opened;
  const { policy, network, extents, diagnostics, ir } = compilation;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (policy === undefined || ir === undefined) return { kind: "wrong", shown, opened, errors, showing };
  const resolved = network === undefined || extents === undefined ? undefined : { network, extents };
  const wanted = request.filter?.toLowerCase() ?? "";
  const results = runTests(
    policy,
    resolved,
    policy.tests.filter(({ title }) => title.toLowerCase().includes(wanted)),
  );
  const coverage = coverTests(policy, results, resolved);
  return { kind: "ran", shown, opened, policy, showing, results, coverage };
}

export function hasPassed({ failures }: TestResult): boolean {
  return failures.length === 0;
}
