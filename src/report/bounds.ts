/** Each bound's metric against its range over the steps of the run, with the interventions that it called for. */
import type { Bound } from "../check/policy.ts";
import { drawChart, type Mark } from "./chart.ts";
import { html, shorten, type Markup } from "./markup.ts";
import type { Places } from "./places.ts";
import { isWithin, within, type Curve } from "./curve.ts";
import { binSamples, extentOf, type Extent } from "./series.ts";
import type { Intervention, Story } from "./story.ts";
import { sayAction, sayBound, sayCount, sayMany, sayMetric, sayNumber, sayOutcome } from "../lower/words.ts";

// More would hide the curve; the table of interventions goes on.
const MARKS_DRAWN = 200;

export function renderBounds(story: Story, places: Places, chooser?: Markup): Markup {
  return html`<section id="bounds">
    <h2>Bounds</h2>
    <p class="quiet">
      The curve is the average that the policy judges, the shade behind it the single steps. Within the range
      it is blue, outside it red; numbered marks are interventions.
    </p>
    ${chooser} ${story.bounds.map((bound, index) => renderBound(bound, index, story, places))}
    ${renderLoss(story)}
  </section>`;
}

function renderBound(bound: Bound, index: number, story: Story, places: Places): Markup {
  const samples = story.history.bound(index);
  const interventions = story.interventions.filter(({ opened }) => opened.bound === index);
  const facts = [sayTimeInside(bound, samples), sayInterventionCount(interventions.length)];
  return renderFigure({
    id: `bound-${index}`,
    name: html`<code>${shorten(sayBound(bound))}</code>`,
    metric: sayMetric(bound.metric),
    note: html`${facts.join(" · ")} ·
    ${places.line(bound.span)}${bound.via.map((span) => html` via ${places.line(span)}`)}`,
    samples: within(samples, story.shown),
    range: bound.range,
    marks: interventions
      .filter(({ opened, closed }) => isWithin(opened.clock.step, closed?.clock.step, story.shown))
      .slice(0, MARKS_DRAWN)
      .map(markOf),
  });
}

function renderLoss({ history, shown, bounds }: Story): Markup | undefined {
  const isDrawn = bounds.some(({ metric }) => metric.kind === "loss" && metric.cohort === "all");
  const { count, firstLoss, lastLoss } = history.steps();
  if (count === 0 || isDrawn) return undefined;
  return renderFigure({
    id: "loss",
    name: html`Loss of each step`,
    metric: "loss",
    note: html`${sayMany(count, "step")}, from ${sayNumber(firstLoss)} to ${sayNumber(lastLoss)}`,
    samples: within(history.loss(), shown),
    range: {},
    marks: [],
  });
}

interface Figure {
  readonly id: string;
  readonly name: Markup;
  readonly metric: string;
  readonly note: Markup;
  readonly samples: Curve;
  readonly range: { readonly low?: number; readonly high?: number };
  readonly marks: readonly Mark[];
}

function renderFigure({ id, name, metric, note, samples, range, marks }: Figure): Markup {
  const description = `${shorten(metric)} over ${sayMany(samples.steps.length, "step")}; the table beneath holds the numbers`;
  const picture =
    samples.steps.length === 0
      ? html`<p class="quiet">Not measured in these steps.</p>`
      : html`${drawChart({ id, description, samples, range, marks })}${renderTable(samples)}`;
  return html`<figure id="${id}">
    <figcaption>
      <h3>${name}</h3>
      <p class="note">${note}</p>
    </figcaption>
    ${picture}
  </figure>`;
}

function markOf({ opened, closed }: Intervention): Mark {
  const until =
    closed === undefined
      ? "open to the end"
      : `until step ${sayCount(closed.clock.step)}, ${sayOutcome(closed.outcome)}`;
  return {
    label: String(opened.id),
    title: `${opened.id}: ${shorten(sayAction(opened.action))}, from step ${sayCount(opened.clock.step)} ${until}`,
    from: opened.clock.step,
    to: closed?.clock.step,
  };
}

function sayTimeInside({ range }: Bound, samples: Curve): string {
  const { judged, inside } = countInside(samples, range);
  if (judged === 0) return "no window was filled";
  if (inside === 0) return "never within the range";
  return inside === judged
    ? "within the range throughout"
    : `within the range in ${sayPart(inside / judged)} of steps`;
}

/** Steps in which the window was full, and those of them in which the average kept to the range. */
export function countInside(
  { averages }: Curve,
  range: Bound["range"],
): { readonly judged: number; readonly inside: number } {
  let [judged, inside] = [0, 0];
  for (const average of averages) {
    if (Number.isNaN(average)) continue;
    judged += 1;
    if (isInside(average, range)) inside += 1;
  }
  return { judged, inside };
}

function sayInterventionCount(count: number): string {
  return count === 0 ? "no intervention" : sayMany(count, "intervention");
}

/** A part that is not the whole is never shown as 100%. */
function sayPart(part: number): string {
  return `${String(Math.min(99.9, Number((part * 100).toFixed(1))))}%`;
}

/** Whether a value keeps to a range. */
export function isInside(value: number, { low, high, excludesHigh }: Bound["range"]): boolean {
  if (low !== undefined && value < low) return false;
  if (high === undefined) return true;
  return excludesHigh ? value < high : value <= high;
}

const ROWS = 100;

function renderTable(samples: Curve): Markup {
  const bins = binSamples(samples, ROWS);
  return html`<details>
    <summary>Table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Numbers of the curve">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Steps</th>
            <th scope="col">Value</th>
            <th scope="col">Average</th>
          </tr>
        </thead>
        <tbody>
          ${bins.map(({ firstStep, lastStep, values, gaps, averages }) => {
            const steps =
              firstStep === lastStep ? sayCount(firstStep) : `${sayCount(firstStep)}–${sayCount(lastStep)}`;
            const missing = gaps === 0 ? "" : ` (${gaps} without a finite value)`;
            return html`<tr>
              <th scope="row">${steps}</th>
              <td>${sayExtent(values)}${missing}</td>
              <td>${sayExtent(extentOf(averages.map(({ value }) => value)))}</td>
            </tr> `;
          })}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** `0.41 to 0.52`. */
function sayExtent(extent: Extent | undefined): string {
  if (extent === undefined) return "–";
  const [low, high] = [sayNumber(extent.low), sayNumber(extent.high)];
  return low === high ? low : `${low} to ${high}`;
}
