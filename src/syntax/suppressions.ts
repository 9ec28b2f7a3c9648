import { isDiagnosticCode, type DiagnosticCode } from "../source/codes.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import type { Comment } from "./comments.ts";

/** `// gov-ignore GOV5003: reason`: says that a diagnostic of the same or the next line is known and accepted. */
export interface Suppression {
  readonly code: DiagnosticCode;
  readonly reason: string;
  readonly span: Span;
}

export function readSuppressions(comments: readonly Comment[]): {
  readonly suppressions: readonly Suppression[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const suppressions: Suppression[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { text, span } of comments) {
    const [, codes, reason] = /^\/[/*]+\s*gov-ignore\b([^:]*)(?::([^]*?))?(?:\*\/)?$/.exec(text) ?? [];
    if (codes === undefined) continue;
    const named = codes.split(/[\s,]+/).filter((word) => word !== "");
    const why = reason?.trim() ?? "";
    const known = named.filter(isDiagnosticCode);
    if (why === "" || known.length === 0 || known.length < named.length) {
      diagnostics.push(diagnose("GOV1012", span, complaint(named, known), { help: HELP }));
    } else {
      suppressions.push(...known.map((code) => ({ code, reason: why, span })));
    }
  }
  return { suppressions, diagnostics };
}

const HELP = "write `// gov-ignore GOV5003: why this is fine here`; without a reason nothing is suppressed";

function complaint(named: readonly string[], known: readonly string[]): string {
  const unknown = named.find((code) => !known.includes(code));
  if (unknown !== undefined) return `\`gov-ignore\` names the unknown code \`${unknown}\``;
  return named.length === 0
    ? "`gov-ignore` names no code"
    : `\`gov-ignore ${named.join(", ")}\` gives no reason`;
}
