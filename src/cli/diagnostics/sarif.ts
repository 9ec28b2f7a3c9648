/** Problems in SARIF 2.1.0, for code scanning and other readers of static analysis. */
import { packageFile, packageVersion } from "../../project/package.ts";
import { readText } from "../../project/read.ts";
import { CODES, type DiagnosticCode, type Severity } from "../../source/codes.ts";
import type { Fix, Label } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import { positionAt } from "../../source/text.ts";
import { describeLoadProblem } from "../problem.ts";
import type { Terminal } from "../terminal.ts";
import type { Finding, Findings } from "./findings.ts";
import { repositoryPath } from "./github.ts";
import { jsonText } from "./json.ts";
import type { Showing } from "./pretty.ts";

export function showSarif({ command, found, problems }: Findings, terminal: Terminal): string {
  const codes = [...new Set(found.map(({ diagnostic }) => diagnostic.code))].toSorted();
  return jsonText({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "gov",
            organization: "Strata",
            semanticVersion: packageVersion(),
            rules: codes.map(describeRule),
          },
        },
        automationDetails: { id: `gov ${command}/` },
        invocations: [
          {
            executionSuccessful: problems.length === 0,
            toolExecutionNotifications: problems.map((problem) => ({
              level: "error",
              message: { text: withHelp(describeLoadProblem(problem, terminal), problem.help) },
            })),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: found.map((finding) => describeResult(finding, codes, terminal)),
      },
    ],
  });
}

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

function describeRule(code: DiagnosticCode): unknown {
  const { severity, title } = CODES[code];
  const read = readText(packageFile(`docs/codes/${code}.md`));
  const page = read.kind === "text" ? { help: { text: read.text, markdown: read.text } } : {};
  return {
    id: code,
    name: title
      .split(/\W+/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    shortDescription: { text: title },
    ...page,
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function describeResult(
  { diagnostic, showing }: Finding,
  codes: readonly DiagnosticCode[],
  terminal: Terminal,
): unknown {
  const { code, severity, message, labels, help, fix } = diagnostic;
  const [primary, ...related] = labels;
  const place = (span: Span): unknown => describePlace(span, showing, terminal);
  const location = ({ span, text }: Label): Readonly<Record<string, unknown>> => ({
    physicalLocation: place(span),
    ...(text === undefined ? {} : { message: { text } }),
  });
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[severity],
    message: { text: withHelp(message, help) },
    locations: [location(primary)],
    ...(related.length === 0
      ? {}
      : { relatedLocations: related.map((label, index) => ({ id: index + 1, ...location(label) })) }),
    ...(fix === undefined || fix.edits.length === 0 ? {} : { fixes: [describeFix(fix, showing, terminal)] }),
  };
}

function describeFix({ title, edits }: Fix, showing: Showing, terminal: Terminal): unknown {
  const files = [...new Set(edits.map(({ span }) => span.file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifactOf(file, showing, terminal),
      replacements: edits
        .filter(({ span }) => span.file === file)
        .map(({ span, replacement }) => ({
          deletedRegion: regionOf(span, showing),
          insertedContent: { text: replacement },
        })),
    })),
  };
}

function describePlace(span: Span, showing: Showing, terminal: Terminal): unknown {
  return { artifactLocation: artifactOf(span.file, showing, terminal), region: regionOf(span, showing) };
}

/** Lines and columns count from 1, and an end is the first character after. */
function regionOf({ file, start, end, line, column }: Span, { sourceOf }: Showing): unknown {
  const source = sourceOf(file);
  const last = source === undefined ? undefined : positionAt(source, end);
  return {
    startLine: line,
    startColumn: column,
    ...(last === undefined ? {} : { endLine: last.line, endColumn: last.column }),
    charOffset: start,
    charLength: end - start,
  };
}

/** `%SRCROOT%` is the repository's root: whoever reads the report knows where it lies. */
function artifactOf(file: string, { showFile }: Showing, terminal: Terminal): unknown {
  const path = repositoryPath(showFile(file), terminal);
  const uri = path.split("/").map(encodePart).join("/");
  return path.startsWith("/") ? { uri: `file://${uri}` } : { uri, uriBaseId: "%SRCROOT%" };
}

/** A name may hold half a surrogate pair, which no URI can. */
function encodePart(part: string): string {
  return encodeURIComponent(part.replace(/\p{Surrogate}/gu, "\ufffd"));
}

function withHelp(message: string, help: string | undefined): string {
  return help === undefined ? message : `${message}\n${help}`;
}
