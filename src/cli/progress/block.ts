/** The picture of a run under way, for a terminal that can be drawn over. */
import { sayAction, sayCount, sayMetric, sayNumber, sayRange, sayTime } from "../../lower/words.ts";
import type { Colors } from "../terminal.ts";
import { drawGauge } from "./gauge.ts";
import { pad, paintLine, piece, widthOf, type Line, type Piece, type Tone } from "./pieces.ts";
import { shareDone, timeLeft, type BoundProgress, type Progress, type Standing } from "./progress.ts";

export interface Canvas {
  readonly columns: number;
  readonly colors: Colors;
}

/** Lines of at most `columns` cells: the epochs, the steps, a row for each bound, the twin. */
export function renderBlock(progress: Progress, { columns, colors }: Canvas): readonly string[] {
  const lines = [
    ...renderBars(progress, columns),
    ...renderBounds(progress.bounds, columns),
    ...renderTwin(progress),
  ];
  return lines.map((line) => paintLine(line, columns, colors));
}

const NARROW = 50;
const GAUGE = 12;
/** Most values are no wider, and so the columns stand still. */
const VALUE = 8;

function renderBars(progress: Progress, columns: number): readonly Line[] {
  const { epoch, epochs, epochSteps, stepsPerEpoch } = progress;
  const done = shareDone(progress);
  const left = timeLeft(progress);
  const labels = [
    `epoch ${sayCount(epoch + 1)}/${sayCount(epochs)}`,
    `step ${sayCount(epochSteps)}${stepsPerEpoch === undefined ? "" : `/${sayCount(stepsPerEpoch)}`}`,
  ] as const;
  // As wide as it will get, so that the bars stand still while the count grows.
  const widest =
    stepsPerEpoch === undefined ? 0 : widthOf(`step ${sayCount(stepsPerEpoch)}`) * 2 - "step".length;
  const labelWidth = Math.max(...labels.map(widthOf), widest) + 2;
  const barWidth = columns < NARROW ? 8 : Math.min(32, Math.floor(columns / 3));
  const bar = (share: number | undefined): readonly Piece[] =>
    share === undefined ? [] : [...drawBar(share, barWidth), piece("  ")];
  const facts = [
    ...(progress.pace === undefined ? [] : [sayPace(progress.pace)]),
    ...(progress.loss === undefined ? [] : [`loss ${sayNumber(progress.loss)}`]),
  ];
  return [
    [
      piece(pad(labels[0], labelWidth), "strong"),
      ...bar(done),
      piece(done === undefined ? "" : `${Math.floor(done * 100)}%`),
      piece(left === undefined || left === 0 ? "" : ` · ${sayTime(left)} left`, "quiet"),
    ],
    [
      piece(pad(labels[1], labelWidth)),
      ...bar(stepsPerEpoch === undefined ? undefined : epochSteps / Math.max(1, stepsPerEpoch)),
      piece(facts.join(" · "), "quiet"),
    ],
  ];
}

function drawBar(share: number, width: number): readonly Piece[] {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return [piece("━".repeat(filled), "good"), piece("─".repeat(width - filled), "quiet")];
}

/** `31.2 steps/s`, and for slow ones `2.4 s/step`. */
export function sayPace(milliseconds: number): string {
  if (milliseconds <= 0) return "";
  return milliseconds > 1000
    ? `${(milliseconds / 1000).toFixed(1)} s/step`
    : `${(1000 / milliseconds).toFixed(milliseconds < 100 ? 0 : 1)} steps/s`;
}

function renderBounds(bounds: readonly BoundProgress[], columns: number): readonly Line[] {
  const names = bounds.map(({ bound }) => sayMetric(bound.metric));
  const values = bounds.map(({ average, value }) => sayValue(average ?? value));
  const ranges = bounds.map(({ bound }) => sayRange(bound.range));
  const [nameWidth, valueWidth, rangeWidth] = [names, values, ranges].map((texts) =>
    Math.max(0, ...texts.map(widthOf)),
  );
  const numberWidth = Math.max(VALUE, valueWidth ?? 0);
  return bounds.map(({ bound, average, value, standing }, index) => {
    const tone = TONES[standing.kind];
    const gauge = drawGauge(average ?? value, bound.range, GAUGE);
    const state = piece(sayStanding(standing), tone);
    const name = piece(`${pad(names[index] ?? "", nameWidth ?? 0)}  `);
    const number = piece(pad(values[index] ?? "", numberWidth), tone);
    // What matters when there is little room is the number and how it stands.
    if (columns < NARROW) return [name, number, piece("  "), state];
    const range = piece(pad(ranges[index] ?? "", rangeWidth ?? 0), "quiet");
    return [name, number, piece("  "), piece(gauge, tone), piece("  "), range, piece("  "), state];
  });
}

const TONES: Readonly<Record<Standing["kind"], Tone>> = {
  filling: "quiet",
  within: "good",
  breached: "bad",
  intervening: "fair",
};

export function sayStanding(standing: Standing): string {
  switch (standing.kind) {
    case "filling":
      return "window filling";
    case "within":
      return "within";
    case "breached":
      return "breached";
    case "intervening":
      return sayAction(standing.action);
  }
}

function sayValue(value: number | null | undefined): string {
  return value === undefined ? "–" : sayNumber(value);
}

function renderTwin({ twin, epochs, stepsPerEpoch }: Progress): readonly Line[] {
  if (twin === undefined) return [];
  const texts = {
    starting: "starting",
    done: "done",
    failed: "failed",
    training: `epoch ${sayCount(twin.epoch + 1)}/${sayCount(epochs)}, step ${sayCount(twin.steps)}${
      stepsPerEpoch === undefined ? "" : `/${sayCount(epochs * stepsPerEpoch)}`
    }`,
  };
  return [[piece("ungoverned twin  ", "quiet"), piece(texts[twin.state], "quiet")]];
}
