/**
 * A place in a policy's text. Offsets are UTF-16 code units, half-open; `line` and `column` are those of
 * `start`, both counted from 1. Spans are plain data: they travel unchanged into the IR, the plan and the ledger.
 */
export interface Span {
  /** The file's key in the map of sources, for example `policy.gov` or `std/guards`. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** The smallest span that holds both; they must lie in one file. */
export function joinSpans(first: Span, second: Span): Span {
  if (first.file !== second.file)
    throw new Error(`spans of ${first.file} and ${second.file} cannot be joined`);
  const head = first.start <= second.start ? first : second;
  return { ...head, end: Math.max(first.end, second.end) };
}

/** `policy.gov:12:3`, the form that terminals and editors turn into a link. */
export function formatPlace(span: Span): string {
  return `${span.file}:${span.line}:${span.column}`;
}
