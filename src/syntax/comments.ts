import type { IToken } from "chevrotain";
import type { Span } from "../source/span.ts";
import { spanAt, type SourceText } from "../source/text.ts";

export interface Comment {
  /** As written, with its slashes and stars. */
  readonly text: string;
  readonly span: Span;
  readonly placement: "line" | "block" | "documentation";
}

export function readComment(source: SourceText, token: IToken): Comment {
  const text = token.image.trimEnd();
  return {
    text,
    span: spanAt(source, token.startOffset, token.startOffset + text.length),
    placement: text.startsWith("/*") ? "block" : /^\/\/\/(?!\/)/.test(text) ? "documentation" : "line",
  };
}

/**
 * The `///` lines right above each offset, without the slashes. Other comments may stand between; a documentation
 * comment behind something on the same line belongs to nothing.
 */
export function documentationFinder(
  source: SourceText,
  comments: readonly Comment[],
): (offset: number) => string | undefined {
  const byEnd = new Map(comments.map((comment) => [comment.span.end, comment]));
  return (offset) => {
    const lines: string[] = [];
    let end = endOfTextBefore(source, offset);
    for (let above = byEnd.get(end); above !== undefined; above = byEnd.get(end)) {
      if (above.placement === "documentation" && isFirstOnLine(source, above.span.start)) {
        lines.unshift(above.text.replace(/^\/\/\/ ?/, ""));
      }
      end = endOfTextBefore(source, above.span.start);
    }
    return lines.length === 0 ? undefined : lines.join("\n");
  };
}

export function isFirstOnLine(source: SourceText, offset: number): boolean {
  const before = endOfTextBefore(source, offset);
  return before === 0 || /[\n\r]/.test(source.text.slice(before, offset));
}

function endOfTextBefore(source: SourceText, offset: number): number {
  let end = offset;
  while (end > 0 && isSpace(source.text.charCodeAt(end - 1))) end -= 1;
  return end;
}

function isSpace(code: number): boolean {
  // Nearly every character is one of these; the others are left to the expression.
  return code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(String.fromCharCode(code)));
}
