import { CODES, type DiagnosticCode, type Severity } from "./codes.ts";
import type { Span } from "./span.ts";

/** Something wrong with a policy: data, never thrown. Rendering is the business of `cli/` and `ide/`. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** Lower-case, the user's own text in backticks, no full stop. */
  readonly message: string;
  /** The first label is where the problem is; the others explain it and may lie in other files. */
  readonly labels: readonly [Label, ...Label[]];
  readonly help?: string;
  readonly fix?: Fix;
}

export interface Label {
  readonly span: Span;
  readonly text?: string;
}

/** A change of text that removes the problem; applied by `gov fix` and by editors. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

export interface TextEdit {
  readonly span: Span;
  readonly replacement: string;
}

/** What a diagnostic may say beyond its code, message and place. */
export interface DiagnosticDetails {
  /** Said beneath the primary span. */
  readonly label?: string;
  readonly related?: readonly Label[];
  readonly help?: string | undefined;
  readonly fix?: Fix | undefined;
}

/** A diagnostic with the severity that the registry gives its code. */
export function diagnose(
  code: DiagnosticCode,
  span: Span,
  message: string,
  details: DiagnosticDetails = {},
): Diagnostic {
  const primary: Label = details.label === undefined ? { span } : { span, text: details.label };
  return {
    code,
    severity: CODES[code].severity,
    message,
    labels: [primary, ...(details.related ?? [])],
    ...(details.help === undefined ? {} : { help: details.help }),
    ...(details.fix === undefined ? {} : { fix: details.fix }),
  };
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}
