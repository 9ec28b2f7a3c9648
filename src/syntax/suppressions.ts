import { CODES, isDiagnosticCode, type DiagnosticCode } from "../source/codes.ts";
import { diagnose, type Diagnostic, type Fix, type TextEdit } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import { positionAt, spanAt, type SourceText } from "../source/text.ts";
import type { Comment } from "./comments.ts";

/** `// gov-ignore GOV5003: reason`: says that a diagnostic of the same or the next line is known and accepted. */
export interface Suppression {
  readonly code: DiagnosticCode;
  readonly reason: string;
  readonly span: Span;
}

export function readSuppressions(
  comments: readonly Comment[],
  source: SourceText,
): {
  readonly suppressions: readonly Suppression[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const suppressions: Suppression[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const comment of comments) {
    const { text, span } = comment;
    const [, codes, reason] = /^\/[/*]+\s*gov-ignore\b([^:]*)(?::([^]*?))?(?:\*\/)?$/.exec(text) ?? [];
    if (codes === undefined) continue;
    const named = codes.split(/[\s,]+/).filter((word) => word !== "");
    const why = reason?.trim() ?? "";
    const known = named.filter(isDiagnosticCode);
    if (why === "" || known.length === 0 || known.length < named.length) {
      const fix = respelling(named, comment, source);
      diagnostics.push(diagnose("GOV1012", span, complaint(named, known), { help: HELP, fix }));
    } else {
      suppressions.push(...known.map((code) => ({ code, reason: why, span })));
    }
  }
  return { suppressions, diagnostics };
}

type Files = ReadonlyMap<
  string,
  { readonly source: SourceText; readonly suppressions: readonly Suppression[] }
>;

/** What is left of a policy's diagnostics: errors always stay. */
export function withoutSuppressed(diagnostics: readonly Diagnostic[], files: Files): readonly Diagnostic[] {
  return diagnostics.filter((diagnostic) => {
    const file = files.get(diagnostic.labels[0].span.file);
    if (file === undefined) return true;
    return !file.suppressions.some((suppression) => silences(suppression, diagnostic, file.source));
  });
}

/**
 * The suppressions of a file that silence none of the diagnostics (GOV7004).
 *
 * @param diagnostics All that was found, before anything was silenced.
 * @param isLookedFor Whether a code would have been found, had there been cause.
 */
export function findUnusedSuppressions(
  { source, suppressions }: { readonly source: SourceText; readonly suppressions: readonly Suppression[] },
  diagnostics: readonly Diagnostic[],
  isLookedFor: (code: DiagnosticCode) => boolean,
): readonly Diagnostic[] {
  const idle = suppressions.filter(
    (suppression) =>
      isLookedFor(suppression.code) &&
      !diagnostics.some((diagnostic) => silences(suppression, diagnostic, source)),
  );
  return idle.map(({ code, span }) => {
    const isAlone = suppressions.filter((other) => other.span.start === span.start).length === 1;
    return diagnose("GOV7004", span, `there is no ${code} here to ignore`, {
      help:
        CODES[code].severity === "error" ? `${code} is an error, and errors are not ignored` : "remove it",
      // With other codes in it the comment still has something to say.
      ...(isAlone && { fix: { title: "remove the comment", edits: [removal(span, source)] } }),
    });
  });
}

function silences({ code, span: comment }: Suppression, diagnostic: Diagnostic, source: SourceText): boolean {
  const { span } = diagnostic.labels[0];
  return (
    code === diagnostic.code &&
    diagnostic.severity !== "error" &&
    span.file === source.file &&
    linesOf(comment, source).includes(span.line)
  );
}

/** Takes out a comment: with its line where it stands alone on it, else with the space before it. */
function removal(comment: Span, source: SourceText): TextEdit {
  const before = source.text.slice(comment.start - (comment.column - 1), comment.start);
  const blank = /[ \t]*$/.exec(before)?.[0].length ?? 0;
  const lineBreak = /^[ \t]*(?:\r\n|\r|\n)/.exec(source.text.slice(comment.end))?.[0].length ?? 0;
  const isLine = before.trim() === "" && lineBreak > 0;
  const [start, end] = [comment.start - blank, isLine ? comment.end + lineBreak : comment.end];
  return { span: spanAt(source, start, end), replacement: "" };
}

/** A comment that stands alone speaks about the line below it, one at the end of a line about that line. */
function linesOf(comment: Span, source: SourceText): readonly number[] {
  const before = source.text.slice(comment.start - (comment.column - 1), comment.start);
  const last = positionAt(source, comment.end).line;
  return before.trim() === "" ? [last, last + 1] : [comment.line];
}

const HELP = "write `// gov-ignore GOV5003: why this is fine here`; without a reason nothing is suppressed";

/** Of a code in small letters. */
function respelling(named: readonly string[], { text, span }: Comment, source: SourceText): Fix | undefined {
  const wrong = named.find((code) => !isDiagnosticCode(code));
  const right = wrong?.toUpperCase();
  if (wrong === undefined || right === undefined || !isDiagnosticCode(right)) return undefined;
  const start = span.start + text.indexOf(wrong);
  const edit = { span: spanAt(source, start, start + wrong.length), replacement: right };
  return { title: `write \`${right}\``, edits: [edit] };
}

function complaint(named: readonly string[], known: readonly string[]): string {
  const unknown = named.find((code) => !known.includes(code));
  if (unknown !== undefined) return `\`gov-ignore\` names the unknown code \`${unknown}\``;
  return named.length === 0
    ? "`gov-ignore` names no code"
    : `\`gov-ignore ${named.join(", ")}\` gives no reason`;
}
