/** Problems in the XML that JUnit made common: a suite for each file, a case for each diagnostic. */
import picocolors from "picocolors";
import { showPath } from "../../project/root.ts";
import type { Terminal } from "../terminal.ts";
import { element, escapeXml, xmlFile } from "../xml.ts";
import type { Finding, Findings } from "./findings.ts";
import { showPretty } from "./pretty.ts";

/** Errors fail. JUnit knows no warnings: they pass, and are said in the case's output. */
export function showJunitReport({ command, files, found, problems }: Findings, terminal: Terminal): string {
  const broken = new Map(
    problems.map((problem) => [showPath(problem.path, terminal.workingDirectory), problem]),
  );
  const byFile = new Map<string, Finding[]>([...files, ...broken.keys()].map((file) => [file, []]));
  for (const finding of found) {
    const file = finding.showing.showFile(finding.diagnostic.labels[0].span.file);
    byFile.set(file, [...(byFile.get(file) ?? []), finding]);
  }
  const suites = [...byFile].map(([file, own]): Suite => {
    const problem = broken.get(file);
    if (problem !== undefined) {
      const text = [problem.problem, ...(problem.help === undefined ? [] : [problem.help])].join("\n");
      const error = element("error", { message: problem.problem }, [escapeXml(text)]);
      return { name: file, cases: [showCase("it can be read", file, error)], failures: 0, errors: 1 };
    }
    const cases = own.map((finding) => showFinding(file, finding));
    return {
      name: file,
      cases: cases.length === 0 ? [showCase("no problems", file, [])] : cases,
      failures: own.filter(({ diagnostic }) => diagnostic.severity === "error").length,
      errors: 0,
    };
  });
  const counts = {
    tests: sum(suites.map(({ cases }) => cases.length)),
    failures: sum(suites.map(({ failures }) => failures)),
    errors: sum(suites.map(({ errors }) => errors)),
  };
  return xmlFile(element("testsuites", { name: `gov ${command}`, ...counts }, suites.flatMap(showSuite)));
}

interface Suite {
  readonly name: string;
  readonly cases: readonly (readonly string[])[];
  readonly failures: number;
  readonly errors: number;
}

function showSuite({ name, cases, failures, errors }: Suite): readonly string[] {
  return element("testsuite", { name, tests: cases.length, failures, errors }, cases.flat());
}

function showFinding(file: string, { diagnostic, showing }: Finding): readonly string[] {
  const { code, severity, message, labels } = diagnostic;
  const { line, column } = labels[0].span;
  const text = showPretty(diagnostic, { ...showing, colors: picocolors.createColors(false), columns: 100 });
  const outcome =
    severity === "error"
      ? element("failure", { type: code, message }, [escapeXml(text)])
      : element("system-out", {}, [escapeXml(text)]);
  return showCase(`${code} at ${line}:${column}`, file, outcome, { line });
}

function showCase(
  name: string,
  file: string,
  children: readonly string[],
  place: { readonly line?: number } = {},
): readonly string[] {
  return element("testcase", { name, classname: file, file, ...place }, children);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
