import { CODES, type DiagnosticCode, type Severity } from "./codes.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** What a project makes of a code: another severity, or nothing at all. */
export type RuleSeverity = Severity | "off";

export type RuleSeverities = ReadonlyMap<DiagnosticCode, RuleSeverity>;

/** Whether a project may change a code's severity: an error is a policy that cannot be meant, and stays one. */
export function isAdjustable(code: DiagnosticCode): boolean {
  return CODES[code].severity !== "error";
}

/** Diagnostics as a project wants them. */
export function withSeverities(
  diagnostics: readonly Diagnostic[],
  severities: RuleSeverities | undefined,
): readonly Diagnostic[] {
  if (severities === undefined || severities.size === 0) return diagnostics;
  return diagnostics.flatMap((diagnostic) => {
    const wanted = isAdjustable(diagnostic.code) ? severities.get(diagnostic.code) : undefined;
    if (wanted === "off") return [];
    return [wanted === undefined ? diagnostic : { ...diagnostic, severity: wanted }];
  });
}
