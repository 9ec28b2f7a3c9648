import { join, resolve } from "node:path";
import { findPolicies } from "../../project/find.ts";
import { packageFile } from "../../project/package.ts";
import { isLibrary } from "../../project/root.ts";
import { jsonText } from "../diagnostics/json.ts";
import { EXIT } from "../exit-codes.ts";
import { complain } from "../open.ts";
import { fail, failToLoad } from "../problem.ts";
import type { TestRequest } from "../requests.ts";
import { watchInterruption } from "../run/interruption.ts";
import type { Terminal } from "../terminal.ts";
import { countCoverage } from "../tests/coverage.ts";
import { describeTests } from "../tests/json.ts";
import { showJunit } from "../tests/junit.ts";
import { showSummary, showTests } from "../tests/pretty.ts";
import { hasPassed, testFile, type TestedFile } from "../tests/tested-file.ts";
import { watchPaths } from "../tests/watch.ts";

/** `gov test`: runs the tests that policies carry. */
export async function test(request: TestRequest, terminal: Terminal): Promise<number> {
  if (!request.watch) return testOnce(request, terminal).code;
  const interruption = watchInterruption(() => undefined);
  try {
    while (!interruption.signal.aborted) {
      const { files } = testOnce(request, terminal);
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

function testOnce(request: TestRequest, terminal: Terminal): TestRun {
  const paths = request.files.flatMap((file) => findPolicies(file, terminal.workingDirectory));
  const files = [...new Set(paths)].map((path) => testFile(path, request, terminal));
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
  // A model that cannot be read is in the way of every policy, and said once.
  const problems = new Map(files.flatMap((file) => (file.kind === "problem" ? [[file.path, file]] : [])));
  for (const problem of problems.values()) failToLoad(terminal, problem);
  for (const file of files) {
    // JSON and XML carry the errors themselves.
    if (file.kind === "wrong" && request.format === "pretty") complain(file.errors, file.showing, terminal);
    // In a folder, modules without tests are passed over; a file that was named says that it has none.
    if (file.kind === "ran" && request.format === "pretty" && (file.results.length > 0 || files.length === 1))
      terminal.out(`${showTests(file, terminal)}\n`);
  }
  if (request.format === "pretty") terminal.out(showSummary(files, request, terminal));
  if (request.format === "json") terminal.out(jsonText(describeTests(files, request, terminal)));
  if (request.format === "junit") terminal.out(showJunit(files, request, terminal));
}

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
