/** The codes behind `// gov-ignore`. */
import { CODES, isDiagnosticCode } from "../../source/codes.ts";
import { isAdjustable } from "../../source/severities.ts";
import { spanAt } from "../../source/text.ts";
import { commentAt } from "../at.ts";
import type { Draft } from "../draft.ts";
import { RANKS, type Completion } from "./completion.ts";

const WRITTEN = /^\/\/+\s*gov-ignore\s+(?:GOV\d{4}[\s,]+)*(\w*)$/;

/** What can be ignored, first of all what is said of this line or the next one; nothing in any other comment. */
export function suppressionsAt({ parsed, compilation }: Draft, offset: number): readonly Completion[] {
  const { source } = parsed;
  const comment = commentAt(parsed, offset);
  const [, begun] = WRITTEN.exec(source.text.slice(comment?.span.start ?? offset, offset)) ?? [];
  if (comment === undefined || begun === undefined) return [];
  const { line } = spanAt(source, offset, offset);
  // That the comment itself is not whole yet is not meant.
  const others = compilation.diagnostics.filter(
    ({ labels: [{ span }] }) => span.start !== comment.span.start,
  );
  const near = new Set(
    others.flatMap(({ code, labels: [{ span }] }) =>
      span.file === source.file && (span.line === line || span.line === line + 1) ? [code] : [],
    ),
  );
  return Object.keys(CODES)
    .filter(isDiagnosticCode)
    .filter(isAdjustable)
    .map((code) => ({
      label: code,
      kind: "value",
      detail: CODES[code].title,
      rank: near.has(code) ? RANKS.expected : RANKS.word,
      replaces: { start: offset - begun.length, end: offset },
    }));
}
