import type { TextEdit } from "../../src/source/diagnostic.ts";

/** A text after edits that do not touch each other; the last goes first, so that places stay what they are. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((left, right) => right.span.start - left.span.start)
    .reduce(
      (done, { span, replacement }) => done.slice(0, span.start) + replacement + done.slice(span.end),
      text,
    );
}
