/** The policy as compiled, line by line, so that every number of the report leads to the line that asked for it. */
import type { RecordedSource, RunOutline } from "../evidence/record.ts";
import { createSourceText, lineText } from "../source/text.ts";
import { html, shorten, type Markup } from "./markup.ts";
import type { Places } from "./places.ts";
import { sayMany } from "../lower/words.ts";

const LONGEST_LINE = 2000;

export function renderPolicyText(run: RunOutline, places: Places): Markup {
  const citations = countCitations(run, places);
  return html`<section id="policy">
    <h2>Policy</h2>
    ${run.sources.map((source) => renderSource(source, citations, places))}
  </section>`;
}

function renderSource(
  source: RecordedSource,
  citations: ReadonlyMap<string, number>,
  places: Places,
): Markup {
  const text = createSourceText(source.path, source.text);
  const lines = /[\r\n]$/.test(source.text) ? text.lineStarts.length - 1 : text.lineStarts.length;
  return html`<h3><code>${shorten(source.path)}</code></h3>
    <div class="scroll source" role="region" aria-label="Text of ${shorten(source.path)}" tabindex="0">
      ${Array.from({ length: lines }, (_, index) => {
        const anchor = places.anchor(source.path, index + 1);
        return renderLine(anchor, index + 1, lineText(text, index + 1), citations.get(anchor));
      })}
    </div>`;
}

function renderLine(anchor: string, line: number, text: string, cited: number | undefined): Markup {
  const citations = cited === undefined ? undefined : html`<small>${sayMany(cited, "decision")}</small>`;
  return html`<div id="${anchor}" class="${cited === undefined ? "line" : "line cited"}">
    <a href="#${anchor}">${line}</a><code>${shorten(text, LONGEST_LINE)}</code>${citations}
  </div> `;
}

/** Anchor of a line to the number of decisions that cite it. */
function countCitations(run: RunOutline, places: Places): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { event } of run.decisions) {
    const anchor = "span" in event && event.span !== undefined ? places.anchorOf(event.span) : undefined;
    if (anchor !== undefined) counts.set(anchor, (counts.get(anchor) ?? 0) + 1);
  }
  return counts;
}
