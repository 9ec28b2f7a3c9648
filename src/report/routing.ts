/** The routing matrix: what each cohort was meant to teach each band, and what it taught. */
import type { RunRecord } from "../evidence/record.ts";
import type { RoutingMeasured } from "../runtime/events.ts";
import { html, shorten, type Markup } from "./markup.ts";
import { sayMany, sayShare, sayWeight } from "../lower/words.ts";

export interface RoutingCell {
  readonly cohort: string;
  readonly band: string;
  readonly examples: number;
  /** Mean of w(i, b) over the cohort's examples; undefined when it had none. */
  readonly intended: number | undefined;
  /** Mean over the run of the cohort's share of the band's absorbed gradient energy, in 0..1. */
  readonly share: number | undefined;
}

export function renderRouting(run: RunRecord, events: readonly RoutingMeasured[]): Markup {
  if (events.length === 0)
    return html`<section id="routing">
      <h2>Routing</h2>
      <p class="quiet">The run recorded no routing.</p>
    </section>`;
  const cells = sumRouting(events);
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

/**
 * One cell for the whole run out of those of its periods: weights averaged over examples; shares averaged over the
 * periods in which they were measured, each counting by the examples that its largest cohort had.
 */
export function sumRouting(events: readonly RoutingMeasured[]): readonly RoutingCell[] {
  const sum = createRoutingSum();
  events.forEach(sum.add);
  return sum.read();
}

/** The same from event to event, in memory that does not grow with the run. */
export function createRoutingSum(): {
  readonly add: (event: RoutingMeasured) => void;
  readonly read: () => readonly RoutingCell[];
} {
  const sums = new Map<string, Sum>();
  return {
    add: ({ cells }) => {
      const size = largest(cells.map(({ examples }) => examples));
      for (const { cohort, band, examples, intended, share } of cells) {
        const key = JSON.stringify([cohort, band]);
        const sum = sums.get(key) ?? { cohort, band, examples: 0, intended: 0, share: 0, measured: 0 };
        sums.set(key, {
          cohort,
          band,
          examples: sum.examples + examples,
          intended: sum.intended + intended * examples,
          share: sum.share + (share ?? 0) * size,
          measured: sum.measured + (share === null ? 0 : size),
        });
      }
    },
    read: () =>
      [...sums.values()].map(({ cohort, band, examples, intended, share, measured }) => ({
        cohort,
        band,
        examples,
        intended: examples === 0 ? undefined : intended / examples,
        share: measured === 0 ? undefined : share / measured,
      })),
  };
}

function largest(counts: readonly number[]): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

interface Sum {
  readonly cohort: string;
  readonly band: string;
  readonly examples: number;
  readonly intended: number;
  readonly share: number;
  readonly measured: number;
}
