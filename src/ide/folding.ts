/** What can be folded away: blocks, runs of comments, the imports. */
import { BraceClose, BraceOpen } from "../../grammar/tokens.ts";
import { positionAt } from "../source/text.ts";
import type { ParsedFile } from "../syntax/parse.ts";

export interface Fold {
  /** Lines, counted from 1; the first stays in sight. */
  readonly start: number;
  readonly end: number;
  readonly kind: "block" | "comment" | "imports";
}

export function findFolds({ source, tokens, comments, file }: ParsedFile): readonly Fold[] {
  const lineAt = (offset: number): number => positionAt(source, offset).line;
  const folds: Fold[] = [];
  const open: number[] = [];
  for (const { tokenType, startOffset } of tokens) {
    if (tokenType === BraceOpen) open.push(lineAt(startOffset));
    if (tokenType !== BraceClose) continue;
    const start = open.pop();
    // The closing brace stays in sight, too.
    if (start !== undefined) folds.push({ start, end: lineAt(startOffset) - 1, kind: "block" });
  }
  let run: Fold | undefined;
  for (const { span } of comments) {
    const end = lineAt(span.end);
    const isAlone = source.text.slice(span.start - span.column + 1, span.start).trim() === "";
    if (run !== undefined && isAlone && span.line === run.end + 1) run = { ...run, end };
    else {
      if (run !== undefined) folds.push(run);
      run = isAlone ? { start: span.line, end, kind: "comment" } : undefined;
    }
  }
  if (run !== undefined) folds.push(run);
  const [first, last] = [file.imports[0], file.imports.at(-1)];
  if (first !== undefined && last !== undefined)
    folds.push({ start: first.span.line, end: lineAt(last.span.end), kind: "imports" });
  return folds.filter(({ start, end }) => end > start).toSorted((left, right) => left.start - right.start);
}
