/** Who taught what: the examples with the most influence on each traced band, over all traced steps. */
import type { FlowCell } from "../evidence/provenance/trace.ts";
import { renderFlow } from "./flow.ts";
import type { ExampleInfluence, TracedInfluence } from "./influence-sums.ts";
import { html, shorten, type Markup } from "./markup.ts";
import type { Places } from "./places.ts";
import { sayMany, sayNumber } from "../lower/words.ts";

const LISTED = 12;

export function renderInfluence(
  traces: readonly TracedInfluence[],
  places: Places,
  flow: readonly FlowCell[],
): Markup | undefined {
  if (traces.length === 0) return undefined;
  return html`<section id="influence">
    <h2>Influence</h2>
    <p class="quiet">
      First-order change of a loss that each example caused through a band, summed over the traced steps in
      which it was among those kept. Above zero it lowered that loss.
    </p>
    ${renderFlow(flow)}
    <div class="pair">${traces.map((traced) => renderTraced(traced, places))}</div>
  </section>`;
}

function renderTraced({ band, behavior, span, examples }: TracedInfluence, places: Places): Markup {
  const toward = behavior === null ? "the loss of the batch" : behavior;
  const listed = examples.slice(0, LISTED);
  return html`<div>
    <h3><code>${shorten(band, 60)}</code> toward ${shorten(toward, 60)}</h3>
    <p class="note">${sayMany(examples.length, "example")} traced · ${places.line(span)}</p>
    <table class="influence">
      <thead>
        <tr>
          <th scope="col">Example</th>
          <th scope="col">Influence</th>
          <th scope="col"><span class="hidden">As a bar</span></th>
        </tr>
      </thead>
      <tbody>
        ${listed.map(
          ({ id, influence, steps }) =>
            html`<tr>
              <th scope="row">${shorten(id, 60)}<small>${sayMany(steps, "step")}</small></th>
              <td>${sayNumber(influence)}</td>
              <td>${drawBar(influence, listed)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A bar from zero; zero lies in the middle only where some bar goes the other way. */
function drawBar(influence: number, listed: readonly ExampleInfluence[]): Markup {
  const most = Math.abs(listed[0]?.influence ?? 0);
  const zero = listed.some((example) => example.influence < 0) ? 50 : 0;
  const width = most === 0 ? 0 : Math.round((Math.abs(influence) / most) * (100 - zero));
  const x = influence < 0 ? zero - width : zero;
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="${influence < 0 ? "against" : "toward"}" x="${x}" width="${width}" height="10" />
  </svg>`;
}
