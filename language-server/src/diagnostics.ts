/** What is wrong with a policy, as the protocol says it. */
import { basename } from "node:path";
import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as ProtocolDiagnostic,
} from "vscode-languageserver/node";
import type { LoadProblem } from "../../src/project/load.ts";
import { packageFile } from "../../src/project/package.ts";
import type { DiagnosticCode, Severity } from "../../src/source/codes.ts";
import type { Diagnostic } from "../../src/source/diagnostic.ts";
import { locationOf, spanRange } from "./locations.ts";
import { uriOfPath, type Located } from "./workspace.ts";

/** The diagnostics of the policy's own file; errors of what it imports are told of at the import. */
export function protocolDiagnostics(located: Located): ProtocolDiagnostic[] {
  const { draft, config } = located;
  const own = draft.parsed.source.file;
  const { diagnostics } = draft.compilation;
  const elsewhere = diagnostics.filter(
    ({ severity, labels }) => severity === "error" && labels[0].span.file !== own,
  );
  return [
    ...(config.kind === "problem" ? [unreadConfig(config)] : []),
    ...diagnostics.flatMap((diagnostic) =>
      diagnostic.labels[0].span.file === own ? [protocolDiagnostic(diagnostic, located)] : [],
    ),
    ...[...new Set(elsewhere.map(({ labels }) => labels[0].span.file))].map((file) =>
      importedErrors(
        file,
        elsewhere.filter(({ labels }) => labels[0].span.file === file),
        located,
      ),
    ),
  ];
}

export function protocolDiagnostic(diagnostic: Diagnostic, located: Located): ProtocolDiagnostic {
  const { code, severity, message, labels, help } = diagnostic;
  const [primary, ...others] = labels;
  const tags = TAGS[code];
  return {
    range: spanRange(primary.span, located.draft),
    severity: SEVERITIES[severity],
    code,
    codeDescription: { href: codePage(code) },
    source: "gov",
    message: [
      message,
      ...(primary.text === undefined ? [] : [primary.text]),
      ...(help === undefined ? [] : [`help: ${help}`]),
    ].join("\n"),
    relatedInformation: others.map(({ span, text = "" }) => ({
      location: locationOf(span, located),
      message: text,
    })),
    ...(tags && { tags: [...tags] }),
  };
}

/** The page of a code, which comes with the package. */
export function codePage(code: DiagnosticCode): string {
  return uriOfPath(packageFile(`docs/codes/${code}.md`));
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** What is said in vain is shown faded. */
const TAGS: Readonly<Partial<Record<DiagnosticCode, readonly DiagnosticTag[]>>> = {
  GOV2009: [DiagnosticTag.Unnecessary],
  GOV2013: [DiagnosticTag.Unnecessary],
  GOV5003: [DiagnosticTag.Unnecessary],
  GOV7003: [DiagnosticTag.Unnecessary],
  GOV7004: [DiagnosticTag.Unnecessary],
};

/** What a project makes of findings is not known: they keep their own severities, and the command does nothing. */
function unreadConfig({ path, problem, help }: LoadProblem): ProtocolDiagnostic {
  const start = { line: 0, character: 0 };
  const line = Number(/^line (\d+)/.exec(problem)?.[1] ?? 1) - 1;
  const place = { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
  return {
    range: { start, end: start },
    severity: DiagnosticSeverity.Error,
    source: "gov",
    message: [`\`${basename(path)}\`: ${problem}`, ...(help === undefined ? [] : [`help: ${help}`])].join(
      "\n",
    ),
    relatedInformation: [{ location: { uri: uriOfPath(path), range: place }, message: problem }],
  };
}

/** While a module has errors, the policy is not looked at any further: that is said where it comes in. */
function importedErrors(file: string, errors: readonly Diagnostic[], located: Located): ProtocolDiagnostic {
  const { draft } = located;
  const { imports } = draft.parsed.file;
  const direct = imports.find(
    ({ path }) => file === path.value || file.endsWith(path.value) || file.endsWith(`${path.value}.gov`),
  );
  const place = (direct ?? imports[0])?.path.span ?? draft.parsed.file.span;
  const [first] = errors;
  return {
    range: spanRange(place, draft),
    severity: DiagnosticSeverity.Error,
    source: "gov",
    message: `\`${file}\` has ${errors.length === 1 ? "an error" : `${errors.length} errors`}: ${first?.message ?? ""}`,
    relatedInformation: errors.map(({ labels, message }) => ({
      location: locationOf(labels[0].span, located),
      message,
    })),
  };
}
