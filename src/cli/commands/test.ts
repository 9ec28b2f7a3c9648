import { join, resolve } from "node:path";
import picocolors from "picocolors";
import { findPolicies } from "../../project/find.ts";
import type { LoadProblem } from "../../project/load.ts";
import { packageFile } from "../../project/package.ts";
import { isLibrary } from "../../project/root.ts";
import { withoutRepetition, type Finding, type Findings } from "../diagnostics/findings.ts";
import { showFindings } from "../diagnostics/formats.ts";
import { jsonText } from "../diagnostics/json.ts";
import { EXIT } from "../exit-codes.ts";
import { complain, placesOf } from "../open.ts";
import { fail, failToLoad } from "../problem.ts";
import type { TestRequest } from "../requests.ts";
import { watchInterruption } from "../run/interruption.ts";
import type { Terminal } from "../terminal.ts";
import { countCoverage } from "../tests/coverage.ts";
import { diagnoseFailures } from "../../ide/tell/failures.ts";
import { describeTests } from "../tests/json.ts";
import { showJunit } from "../tests/junit.ts";
import { showCoverage, showSummary, showTests } from "../tests/pretty.ts";
import { hasPassed, testFile, type TestedFile } from "../tests/tested-file.ts";
import { watchPaths } from "../tests/watch.ts";

/** `gov test`: runs the tests that policies carry. */
export async function test(request: TestRequest, terminal: Terminal): Promise<number> {
  if (!request.watch) return (await testOnce(request, terminal)).code;
  const interruption = watchInterruption(() => undefined);
  try {
    while (!interruption.signal.aborted) {
      const { files } = await testOnce(request, terminal);
      // What was changed while the tests ran is seen with the next change: they take less time than a save.
      const watching = watchPaths(pathsOf(files, request, terminal), interruption.signal);
      terminal.err(terminal.colors.dim("waiting for a change; Ctrl-C ends this\n"));
      await watching.changed;
      watching.close();
    }
  } finally {
    interruption.release();
  }
  return EXIT.interrupted;
}

interface TestRun {
  readonly code: number;
  readonly files: readonly TestedFile[];
}

async function testOnce(request: TestRequest, terminal: Terminal): Promise<TestRun> {
  const paths = request.files.flatMap((file) => findPolicies(file, terminal.workingDirectory));
  const files = await Promise.all([...new Set(paths)].map((path) => testFile(path, request, terminal)));
  if (files.length === 0)
    return { code: fail(terminal, `no \`.gov\` file in ${request.files.join(", ")}`), files };
  const ran = files.filter((file) => file.kind === "ran");
  const results = ran.flatMap((file) => file.results);
  // A filter that lets nothing through is a slip of the pen, and no reason to be content.
  if (request.filter !== undefined && results.length === 0 && ran.length === files.length)
    return { code: fail(terminal, `no test has \`${request.filter}\` in its title`), files };
  show(files, request, terminal);
  return { code: exitCode(files, request), files };
}

function show(files: readonly TestedFile[], request: TestRequest, terminal: Terminal): void {
  switch (request.format) {
    case "pretty":
      return showForPeople(files, request, terminal);
    // What JSON and JUnit can say of tests is more than of problems.
    case "json":
      return terminal.out(jsonText(describeTests(files, request, terminal)));
    case "junit":
      return terminal.out(showJunit(files, request, terminal));
    case "compact":
    case "sarif":
    case "github":
      showFindings(findingsOf(files, request), request.format, terminal);
      // What no test looks at is no problem of a line.
      if (request.coverage) {
        const { files: uncovered, total } = showCoverage(files, request.threshold, terminal);
        terminal.err(`${uncovered}${total}`);
      }
      return;
  }
}

function showForPeople(files: readonly TestedFile[], request: TestRequest, terminal: Terminal): void {
  for (const problem of problemsOf(files)) failToLoad(terminal, problem);
  for (const file of files) {
    if (file.kind === "wrong")
      complain(file.opened, { command: "test", format: "pretty", diagnostics: file.errors }, terminal);
    // In a folder, modules without tests are passed over; a file that was named says that it has none.
    if (file.kind === "ran" && (file.results.length > 0 || files.length === 1))
      terminal.out(`${showTests(file, terminal)}\n`);
  }
  terminal.out(showSummary(files, request, terminal));
}

/** Each once: a model that cannot be read is in the way of every policy. */
function problemsOf(files: readonly TestedFile[]): readonly LoadProblem[] {
  const problems = new Map<string, LoadProblem>();
  for (const file of files) if (file.kind === "problem") problems.set(file.path, file);
  return [...problems.values()];
}

function findingsOf(files: readonly TestedFile[], request: TestRequest): Findings {
  const found = files.flatMap((file): readonly Finding[] => {
    if (file.kind === "problem") return [];
    const { showing } = file;
    const diagnostics =
      file.kind === "wrong"
        ? file.errors
        : file.results.flatMap((result) => diagnoseFailures(result, file.policy, placesOf(showing)));
    return diagnostics.map((diagnostic) => ({ diagnostic, showing }));
  });
  const told = { found: withoutRepetition(found), problems: problemsOf(files) };
  const shown = files.flatMap((file) => (file.kind === "problem" ? [] : [file.shown]));
  const counted = showSummary(files, { ...request, coverage: false }, COLOURLESS).trim();
  const { total } = showCoverage(files, request.threshold, COLOURLESS);
  const conclusion = request.coverage ? `${counted}; ${total.trim()}` : counted;
  return { command: "test", files: shown, ...told, conclusion };
}

const COLOURLESS = { colors: picocolors.createColors(false), columns: 80 };

/** What could not be done counts more than what is wrong, and that more than what failed. */
function exitCode(files: readonly TestedFile[], { threshold }: TestRequest): number {
  if (files.some(({ kind }) => kind === "problem")) return EXIT.failed;
  if (files.some(({ kind }) => kind === "wrong")) return EXIT.errors;
  const ran = files.filter((file) => file.kind === "ran");
  const hasFailed = ran.some((file) => !file.results.every(hasPassed));
  const { ratio } = countCoverage(ran.map((file) => file.coverage));
  return hasFailed || ratio < (threshold ?? 0) ? EXIT.testsFailed : EXIT.clean;
}

/** Every file that the results rest on, and the folders that were named, in which others may appear. */
function pathsOf(
  files: readonly TestedFile[],
  request: TestRequest,
  { workingDirectory }: Terminal,
): readonly string[] {
  const involved = files.flatMap((file) => {
    if (file.kind === "problem") return [file.path];
    const { root, sources } = file.opened.loaded;
    return [...sources.keys()].map((key) =>
      isLibrary(key) ? packageFile(`stdlib/${key.slice("std/".length)}.gov`) : join(root, key),
    );
  });
  const named = [...request.files, ...(request.model === undefined ? [] : [request.model])];
  return [...new Set([...involved, ...named.map((path) => resolve(workingDirectory, path))])];
}
