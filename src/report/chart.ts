/** A curve over steps against the range it is to keep, drawn as a still picture in SVG. */
import { html, type Markup } from "./markup.ts";
import { coordinate, linearScale, ticks, wholeTicks, type Scale } from "./scale.ts";
import type { Curve } from "./curve.ts";
import { binSamples, extentOf, type Bin, type Extent, type Point } from "./series.ts";
import { sayNumber } from "../lower/words.ts";

export interface Chart {
  /** Names the picture's parts; unique in the page, letters, digits and hyphens. */
  readonly id: string;
  /** What the picture shows, in a sentence. */
  readonly description: string;
  readonly samples: Curve;
  readonly range: Range;
  readonly marks: readonly Mark[];
}

type Range = Partial<Extent>;

/** An intervention: from the step where it was opened to the one where it was closed. */
export interface Mark {
  readonly label: string;
  readonly title: string;
  readonly from: number;
  /** Undefined while it is open. */
  readonly to: number | undefined;
}

interface Frame {
  readonly variant: "wide" | "narrow";
  readonly width: number;
  readonly height: number;
  /** The number of bins, two points each. */
  readonly bins: number;
  readonly horizontalTicks: number;
}

const FRAMES: readonly Frame[] = [
  { variant: "wide", width: 900, height: 230, bins: 250, horizontalTicks: 8 },
  { variant: "narrow", width: 350, height: 200, bins: 120, horizontalTicks: 4 },
];
const MARGIN = { top: 24, right: 12, bottom: 30, left: 52 };

/** One drawing for wide and one for narrow screens, so that the letters keep their size; a style rule shows one. */
export function drawChart(chart: Chart): Markup {
  return html`${FRAMES.map((frame) => draw(chart, frame))}`;
}

interface Drawing {
  readonly chart: Chart;
  readonly frame: Frame;
  readonly bins: readonly Bin[];
  readonly across: Scale;
  readonly up: Scale;
}

function draw(chart: Chart, frame: Frame): Markup {
  const bins = binSamples(chart.samples, frame.bins);
  const steps = { low: bins[0]?.firstStep ?? 0, high: bins.at(-1)?.lastStep ?? 0 };
  const across = linearScale(steps, MARGIN.left, frame.width - MARGIN.right);
  const up = linearScale(domainOf(bins, chart.range), frame.height - MARGIN.bottom, MARGIN.top);
  const drawing = { chart, frame, bins, across, up };
  return html`<svg
    class="chart ${frame.variant}"
    viewBox="0 0 ${frame.width} ${frame.height}"
    role="img"
    aria-label="${chart.description}"
    data-steps="${steps.low} ${steps.high}"
    data-plot="${MARGIN.left} ${frame.width - MARGIN.right}"
  >
    ${drawRange(drawing)}${drawGrid(drawing)}${drawMarks(drawing)}${drawCurve(drawing)}
  </svg>`;
}

/** All that was measured, and those ends of the range that do not press it flat. */
function domainOf(bins: readonly Bin[], range: Range): Extent {
  const measured = extentOf(
    bins.flatMap(({ values, averages }) => [
      ...(values === undefined ? [] : [values.low, values.high]),
      ...averages.map(({ value }) => value),
    ]),
  );
  const ends = [range.low, range.high].flatMap((end) => end ?? []);
  if (measured === undefined) return extentOf(ends) ?? { low: 0, high: 1 };
  const reach = Math.max(4 * (measured.high - measured.low), Math.abs(measured.low), Math.abs(measured.high));
  const near = ends.filter((end) => end >= measured.low - reach && end <= measured.high + reach);
  const all = extentOf([measured.low, measured.high, ...near]) ?? measured;
  const margin = 0.06 * (all.high - all.low) || Math.max(1e-9, 0.1 * Math.abs(all.high));
  // A quantity that is never negative is not given room below zero.
  return { low: all.low >= 0 ? Math.max(0, all.low - margin) : all.low - margin, high: all.high + margin };
}

function drawRange({ chart, frame, up }: Drawing): Markup {
  const { low, high } = chart.range;
  const { domain } = up;
  const top = up(Math.min(high ?? domain.high, domain.high));
  const bottom = up(Math.max(low ?? domain.low, domain.low));
  const box = html`x="${MARGIN.left}" y="${coordinate(top)}" width="${plotWidth(frame)}"
  height="${coordinate(Math.max(0, bottom - top))}"`;
  const limits = [low, high].filter((end) => end !== undefined && end >= domain.low && end <= domain.high);
  return html`<clipPath id="${clipName(chart, frame)}"><rect ${box} /></clipPath>${
      limits.length === 0 ? undefined : html`<rect class="range" ${box} />`
    }${limits.map((end) => html`<path class="limit" d="${acrossAt(frame, up(end ?? 0))}" />`)}`;
}

function drawGrid({ frame, across, up }: Drawing): Markup {
  const base = frame.height - MARGIN.bottom;
  const rows = ticks(up.domain, 4).map(
    (value) =>
      html`<path class="grid" d="${acrossAt(frame, up(value))}" /><text
          class="tick"
          x="${MARGIN.left - 8}"
          y="${coordinate(up(value) + 4)}"
          text-anchor="end"
          >${sayNumber(value)}</text
        >`,
  );
  const columns = wholeTicks(across.domain, frame.horizontalTicks).map(
    (step) =>
      html`<text class="tick" x="${coordinate(across(step))}" y="${base + 18}" text-anchor="middle"
        >${sayNumber(step)}</text
      >`,
  );
  return html`${rows}${columns}<path class="axis" d="${acrossAt(frame, base)}" />`;
}

// More lines than these from top to bottom would stand before the curve.
const WHOLE_LINES = 12;
const TICK = 7;

function drawMarks({ chart, frame, across }: Drawing): Markup {
  const base = frame.height - MARGIN.bottom;
  let free = Number.NEGATIVE_INFINITY;
  const isCrowded = chart.marks.length > WHOLE_LINES;
  return html`${chart.marks.map((mark) => {
    // Where a part of the steps is drawn, an intervention may have begun before it and end after it.
    const from = across(Math.max(mark.from, across.domain.low));
    const to = across(Math.min(mark.to ?? across.domain.high, across.domain.high));
    const half = Math.max(9, 4 + 3.5 * mark.label.length);
    const labelled = from - half >= free;
    if (labelled) free = from + half + 1;
    const x = coordinate(from);
    return html`<g class="mark"
      ><title>${mark.title}</title
      ><rect
        x="${x}"
        y="${MARGIN.top}"
        width="${coordinate(Math.max(1, to - from))}"
        height="${base - MARGIN.top}"
      /><path d="M${x} ${MARGIN.top}V${isCrowded ? MARGIN.top + TICK : base}" />${
        labelled
          ? html`<rect
                class="label"
                x="${coordinate(from - half)}"
                y="${MARGIN.top - 20}"
                width="${coordinate(2 * half)}"
                height="18"
                rx="9"
              /><text x="${x}" y="${MARGIN.top - 7}" text-anchor="middle">${mark.label}</text>`
          : undefined
      }</g
    >`;
  })}`;
}

/** The envelope of the values, and the average over it: once in the colour of a breach, once within the range. */
function drawCurve({ chart, frame, bins, across, up }: Drawing): Markup {
  const at = ({ step, value }: Point): string => `${coordinate(across(step))} ${coordinate(up(value))}`;
  const middle = (bin: Bin): number => (bin.firstStep + bin.lastStep) / 2;
  const envelope = runsOf(bins, ({ values }) => values !== undefined).map((run) => {
    const edge = (side: keyof Extent): string[] =>
      run.flatMap((bin) =>
        bin.values === undefined ? [] : at({ step: middle(bin), value: bin.values[side] }),
      );
    return `M${[...edge("high"), ...edge("low").reverse()].join("L")}Z`;
  });
  const averages = runsOf(bins, ({ averages }) => averages.length > 0).map(
    // A line of no length makes a dot of a run of one point.
    (run) => `M${run.flatMap((bin) => bin.averages.map(at)).join("L")}h0`,
  );
  const curve = averages.join("");
  return html`<path class="envelope" d="${envelope.join("")}" /><path
      class="curve outside"
      d="${curve}"
    /><path class="curve" clip-path="url(#${clipName(chart, frame)})" d="${curve}" />`;
}

/** Neighbouring bins that hold something to draw: a curve is interrupted where nothing was measured. */
function runsOf(bins: readonly Bin[], holds: (bin: Bin) => boolean): readonly (readonly Bin[])[] {
  const runs: Bin[][] = [];
  let open: Bin[] | undefined;
  for (const bin of bins) {
    if (!holds(bin)) open = undefined;
    else if (open === undefined) runs.push((open = [bin]));
    else open.push(bin);
  }
  return runs;
}

function plotWidth(frame: Frame): number {
  return frame.width - MARGIN.left - MARGIN.right;
}

function acrossAt(frame: Frame, y: number): string {
  return `M${MARGIN.left} ${coordinate(y)}H${frame.width - MARGIN.right}`;
}

function clipName(chart: Chart, frame: Frame): string {
  return `${chart.id}-${frame.variant}`;
}
