/** Results in the XML that JUnit made common, for the pipelines that read it. */
import picocolors from "picocolors";
import type { TestResult } from "../../reason/tests/result.ts";
import { describeLoadProblem } from "../problem.ts";
import { placesOf } from "../open.ts";
import type { TestRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { element, escapeXml, xmlFile } from "../xml.ts";
import { countCoverage } from "./coverage.ts";
import { tellFailures } from "../../ide/tell/failures.ts";
import { showFailures } from "./pretty.ts";
import { hasPassed, type RanTests, type TestedFile } from "./tested-file.ts";

export function showJunit(
  files: readonly TestedFile[],
  { coverage }: Pick<TestRequest, "coverage">,
  terminal: Terminal,
): string {
  const results = files.flatMap((file) => (file.kind === "ran" ? file.results : []));
  const failed = results.filter((result) => !hasPassed(result)).length;
  const errors = files.filter(({ kind }) => kind !== "ran").length;
  const suites = files.map((file) =>
    file.kind === "ran" ? showSuite(file, coverage ? propertiesOf(file) : []) : showError(file, terminal),
  );
  const counts = { tests: results.length + errors, failures: failed, errors };
  return xmlFile(element("testsuites", { name: "gov test", ...counts }, suites.flat()));
}

function showSuite(file: RanTests, properties: readonly string[]): readonly string[] {
  const failed = file.results.filter((result) => !hasPassed(result)).length;
  const counts = { tests: file.results.length, failures: failed, errors: 0 };
  const cases = file.results.flatMap((result) => {
    const { title, span } = result.test;
    return element(
      "testcase",
      { name: title, classname: file.shown, file: file.shown, line: span.line },
      showFailure(result, file),
    );
  });
  return element("testsuite", { name: file.shown, ...counts }, [...properties, ...cases]);
}

/** A test case fails once in most readers, whatever the number of its expectations that do. */
function showFailure(result: TestResult, file: RanTests): readonly string[] {
  const [first, ...others] = tellFailures(result, file.policy, placesOf(file.showing));
  if (first === undefined) return [];
  const text = showFailures(result, file, { colors: picocolors.createColors(false), columns: 100 });
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return element("failure", { type: "expectation", message: `${first.message}${more}` }, [escapeXml(text)]);
}

function propertiesOf({ coverage }: RanTests): readonly string[] {
  const { ratio, covered, total } = countCoverage([coverage]);
  const entries = Object.entries({ coverage: ratio, "coverage.covered": covered, "coverage.total": total });
  return element(
    "properties",
    {},
    entries.flatMap(([name, value]) => element("property", { name, value }, [])),
  );
}

/** A file that could not be tested is an error, so that no pipeline takes it for tested. */
function showError(file: Exclude<TestedFile, { kind: "ran" }>, terminal: Terminal): readonly string[] {
  const messages =
    file.kind === "problem"
      ? [describeLoadProblem(file, terminal)]
      : file.errors.map(
          ({ code, message, labels }) => `${placesOf(file.showing)(labels[0].span)} ${code} ${message}`,
        );
  const error = element("error", { message: messages[0] ?? "it cannot be read" }, [
    escapeXml(messages.join("\n")),
  ]);
  return element(
    "testsuite",
    { name: file.shown, tests: 1, failures: 0, errors: 1 },
    element("testcase", { name: "the policy has no errors", classname: file.shown, file: file.shown }, error),
  );
}
