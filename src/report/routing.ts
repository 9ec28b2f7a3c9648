/** The routing matrix: what each cohort was meant to teach each band, and what it taught. */
import type { RunOutline } from "../evidence/record.ts";
import { html, shorten, type Markup } from "./markup.ts";
import { largest, type RoutingCell } from "./routing-sums.ts";
import { sayMany, sayShare, sayWeight } from "../lower/words.ts";

export function renderRouting(run: RunOutline, cells: readonly RoutingCell[]): Markup {
  if (cells.length === 0)
    return html`<section id="routing">
      <h2>Routing</h2>
      <p class="quiet">The run recorded no routing.</p>
    </section>`;
  const cohorts = [...new Set(cells.map(({ cohort }) => cohort))];
  const bands = [...new Set(cells.map(({ band }) => band))];
  const sizes = new Map(run.plan?.bands.map(({ name, parameterCount }) => [name, parameterCount]));
  const find = (cohort: string, band: string): RoutingCell | undefined =>
    cells.find((cell) => cell.cohort === cohort && cell.band === band);
  return html`<section id="routing">
    <h2>Routing</h2>
    <p class="quiet">
      Each cell: the weight that the policy gives the cohort's examples, and beneath it the share of what the
      band learned that came from them. Cohorts may overlap, so shares need not add up to 100%.
    </p>
    <div class="scroll" role="region" aria-label="Routing matrix" tabindex="0">
      <table class="matrix">
        <thead>
          <tr>
            <td></td>
            ${bands.map((band) => html`<th scope="col">${shorten(band, 60)}${sayParameters(sizes.get(band))}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${cohorts.map(
            (cohort) =>
              html`<tr>
                <th scope="row">${shorten(cohort, 60)}${sayExamples(cells, cohort)}</th>
                ${bands.map((band) => renderCell(find(cohort, band)))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function sayParameters(count: number | undefined): Markup | undefined {
  return count === undefined ? undefined : html`<small>${sayMany(count, "parameter")}</small>`;
}

function sayExamples(cells: readonly RoutingCell[], cohort: string): Markup {
  const counts = cells.filter((cell) => cell.cohort === cohort).map(({ examples }) => examples);
  return html`<small>${sayMany(largest(counts), "example")}</small>`;
}

function renderCell(cell: RoutingCell | undefined): Markup {
  if (cell?.intended === undefined) return html`<td class="empty">–</td>`;
  const { intended, share } = cell;
  const leaks = intended === 0 && share !== undefined && share > 0;
  const style = leaks ? "leak" : intended === 0 ? "blocked" : `level-${Math.round((share ?? 0) * 10)}`;
  return html`<td class="${style}">
    <b>${sayMeanWeight(intended)}</b
    ><span
      >${share === undefined ? "not measured" : `share ${sayShare(share)}`}${leaks ? " although blocked" : ""}</span
    >
  </td>`;
}

function sayMeanWeight(weight: number): string {
  return weight > 0 && weight < 0.0005 ? "<0.1%" : sayWeight(Number(weight.toPrecision(3)));
}
