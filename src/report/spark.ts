import { html, type Markup } from "./markup.ts";
import { coordinate, linearScale } from "./scale.ts";
import type { Curve } from "./curve.ts";
import { binSamples, extentOf, type Extent } from "./series.ts";

const WIDTH = 160;
const HEIGHT = 36;
const BINS = 80;

/** A curve of the averages as small as a word, with the range that it is to keep; the numbers stand beside it. */
export function drawSpark(samples: Curve, range: Partial<Extent>): Markup | undefined {
  const bins = binSamples(samples, BINS);
  const points = bins.flatMap(({ averages }) => averages);
  const measured = extentOf(points.map(({ value }) => value));
  const [first, last] = [points[0], points.at(-1)];
  if (measured === undefined || first === undefined || last === undefined) return undefined;
  const reach = Math.max(measured.high - measured.low, Math.abs(measured.high), 1e-9);
  const ends = [range.low, range.high].filter(
    (end) => end !== undefined && end >= measured.low - reach && end <= measured.high + reach,
  );
  const domain = extentOf([measured.low, measured.high, ...ends.flatMap((end) => end ?? [])]) ?? measured;
  const up = linearScale(domain, HEIGHT - 3, 3);
  const across = linearScale({ low: first.step, high: last.step }, 2, WIDTH - 2);
  const [top, bottom] = [
    up(Math.min(range.high ?? domain.high, domain.high)),
    up(Math.max(range.low ?? domain.low, domain.low)),
  ];
  const line = points
    .map(({ step, value }) => `${coordinate(across(step))} ${coordinate(up(value))}`)
    .join("L");
  return html`<svg class="spark chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
    ${ends.length === 0 ? undefined : html`<rect class="range" x="0" y="${coordinate(top)}" width="${WIDTH}" height="${coordinate(Math.max(0, bottom - top))}" />`}
    <path class="curve" d="M${line}h0" />
  </svg>`;
}
