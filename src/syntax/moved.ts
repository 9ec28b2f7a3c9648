import type { Span } from "../source/span.ts";

/** How far. */
export interface Move {
  readonly offsets: number;
  readonly lines: number;
}

/** A copy of a part of a tree, as far down or up in the text as is said. */
export function moved<Part extends object>(part: Part, move: Move): Part {
  // A tree is plain data, and so is its copy: every property of the same type.
  const copy = (Array.isArray(part) ? [...part] : { ...part }) as Record<string, unknown>;
  for (const key in copy) {
    const value = copy[key];
    if (key === "span") copy[key] = movedSpan(value as Span, move);
    else if (typeof value === "object" && value !== null) copy[key] = moved(value, move);
  }
  return copy as Part;
}

function movedSpan({ file, start, end, line, column }: Span, { offsets, lines }: Move): Span {
  return { file, start: start + offsets, end: end + offsets, line: line + lines, column };
}
