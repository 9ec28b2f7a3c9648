/** Every intervention: what it was meant to bring about, and whether it did. */
import { frameOf, html, shorten, type Markup } from "./markup.ts";
import type { Places } from "./places.ts";
import type { Intervention } from "./story.ts";
import { sayAction, sayCount, sayMany, sayMetric, sayNumber, sayOutcome } from "../lower/words.ts";
import type { Intent } from "../reason/bounds/decisions.ts";

// A loop that opens an intervention in every step says no more in its ten-thousandth row than in its first.
const ROWS = 300;

export function renderInterventions(interventions: readonly Intervention[], places: Places): Markup {
  return html`<section id="interventions">
    <h2>Interventions</h2>
    ${
      interventions.length === 0
        ? html`<p class="quiet">None.</p>`
        : html`<div
              class="${frameOf(interventions.length)}"
              role="region"
              aria-label="Interventions"
              tabindex="0"
            >
              <table class="stacked">
                <thead>
                  <tr>
                    <th scope="col">No.</th>
                    <th scope="col">What was done</th>
                    <th scope="col">Intent</th>
                    <th scope="col">Outcome</th>
                    <th scope="col">Steps</th>
                    <th scope="col">Policy line</th>
                  </tr>
                </thead>
                <tbody>
                  ${interventions.slice(0, ROWS).map((intervention) => renderRow(intervention, places))}
                </tbody>
              </table>
            </div>
            ${sayRest(interventions.length - ROWS)}`
    }
  </section>`;
}

function renderRow({ opened, closed, entry }: Intervention, places: Places): Markup {
  const until = closed === undefined ? "end" : sayCount(closed.clock.step);
  const cells: readonly (readonly [string, Markup])[] = [
    ["No.", html`${opened.id}`],
    ["What was done", html`<code>${shorten(sayAction(opened.action))}</code>`],
    ["Intent", sayIntent(opened.intent)],
    ["Outcome", renderOutcome(closed)],
    ["Steps", html`<span class="whole">${sayCount(opened.clock.step)}–${until}</span>`],
    ["Policy line", html`${places.line(opened.span)}<small>${places.entry(entry)}</small>`],
  ];
  // On small screens each row becomes a card; the names of the columns then stand before the values.
  return html`<tr>
    ${cells.map(([name, value]) => html`<td data-name="${name}"><div>${value}</div></td>`)}
  </tr> `;
}

/** `entropy(encoder) from 0.21 into 0.3..0.95 by step 700`. */
function sayIntent({ metric, before, target, deadline }: Intent): Markup {
  const by = deadline === null ? "" : ` by step ${sayCount(deadline)}`;
  return html`bring <code>${shorten(sayMetric(metric))}</code> from ${sayNumber(before)}
    ${sayTarget(target)}${by}`;
}

function sayTarget({ low, high }: Intent["target"]): string {
  if (low !== undefined && high !== undefined) return `into ${sayNumber(low)}..${sayNumber(high)}`;
  if (high !== undefined) return `to at most ${sayNumber(high)}`;
  return low === undefined ? "back" : `to at least ${sayNumber(low)}`;
}

const TONES = { achieved: "good", not_achieved: "bad", superseded: "fair" } as const;

function renderOutcome(closed: Intervention["closed"]): Markup {
  if (closed === undefined) return html`<span class="badge fair">open at the end</span>`;
  const { outcome, measured } = closed;
  return html`<span class="badge ${TONES[outcome]}">${sayOutcome(outcome)}</span>
    <small>${sayNumber(measured)}</small>`;
}

function sayRest(count: number): Markup | undefined {
  if (count <= 0) return undefined;
  return html`<p class="quiet">${sayMany(count, "more intervention")} in the ledger.</p>`;
}
