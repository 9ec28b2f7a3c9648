import type { Diagnostic, Fix } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import { positionAt } from "../../source/text.ts";
import type { Showing } from "./pretty.ts";

/** A place as programs read it: lines and columns from 1, offsets in UTF-16 code units, half-open. */
export interface JsonPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly start: number;
  readonly end: number;
}

export interface JsonDiagnostic extends JsonPlace {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly labels: readonly (JsonPlace & { readonly text?: string })[];
  readonly help?: string;
  readonly fix?: JsonFix;
}

interface JsonFix {
  readonly title: string;
  readonly edits: readonly (JsonPlace & { readonly replacement: string })[];
}

export function toJson(diagnostic: Diagnostic, showing: Showing): JsonDiagnostic {
  const { code, severity, message, labels, help, fix } = diagnostic;
  const place = (span: Span): JsonPlace => placeOf(span, showing);
  return {
    ...{ code, severity, message },
    ...place(labels[0].span),
    labels: labels.map(({ span, text }) => ({ ...place(span), ...(text === undefined ? {} : { text }) })),
    ...(help === undefined ? {} : { help }),
    ...(fix === undefined ? {} : { fix: fixOf(fix, place) }),
  };
}

function fixOf({ title, edits }: Fix, place: (span: Span) => JsonPlace): JsonFix {
  return { title, edits: edits.map(({ span, replacement }) => ({ ...place(span), replacement })) };
}

/** A place with its end, in the file as the reader would write it. */
export function placeOf(span: Span, { sourceOf, showFile }: Showing): JsonPlace {
  const { line, column, start, end } = span;
  const source = sourceOf(span.file);
  const last = source === undefined ? undefined : positionAt(source, end);
  return {
    ...{ file: showFile(span.file), line, column },
    ...(last === undefined ? {} : { endLine: last.line, endColumn: last.column }),
    ...{ start, end },
  };
}

/** JSON for people to look at and programs to read; nothing in it can act upon a terminal. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${text.replace(/[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escape)}\n`;
}
