import { recordedPath } from "../evidence/layout.ts";
import type { RunOutline } from "../evidence/record.ts";
import type { Span } from "../source/span.ts";
import { createSourceText, lineText } from "../source/text.ts";
import { html, shorten, type Markup } from "./markup.ts";

/** Leads from a number to the line that asked for it and to the entry that recorded it. */
export interface Places {
  /** `policy.gov:31`, linked to the line where the record holds it. */
  line(span: Span): Markup;
  /** The text of the line, undefined where the record does not hold it. */
  quote(span: Span): string | undefined;
  /** The name of the anchor of a line; `path` is one in the run's folder. */
  anchor(path: string, line: number): string;
  /** The same for the line of a span, undefined where the record does not hold it. */
  anchorOf(span: Span): string | undefined;
  entry(sequence: number): Markup;
}

export function locate(run: RunOutline): Places {
  const texts = new Map(run.sources.map(({ path, text }) => [path, createSourceText(path, text)]));
  const order = [...texts.keys()];
  const recorded = new Set(order);
  const pathOf = (span: Span): string => recordedPath(span.file, recorded);
  const anchor = (path: string, line: number): string => `file-${order.indexOf(path)}-line-${line}`;
  const anchorOf = (span: Span): string | undefined => {
    const path = pathOf(span);
    return recorded.has(path) ? anchor(path, span.line) : undefined;
  };
  return {
    anchor,
    anchorOf,
    line(span) {
      const name = html`<span class="place">${shorten(span.file, 60)}:${span.line}</span>`;
      const target = anchorOf(span);
      return target === undefined ? name : html`<a href="#${target}">${name}</a>`;
    },
    quote(span) {
      const text = texts.get(pathOf(span));
      return text === undefined ? undefined : lineText(text, span.line).trim();
    },
    entry: (sequence) => html`<a href="#entry-${sequence}">entry ${sequence}</a>`,
  };
}
