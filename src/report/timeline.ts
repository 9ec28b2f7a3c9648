/** Decisions over steps, drawn in lanes: one for the run, one for each bound. The log beneath it is its table. */
import type { LoggedDecision, RunOutline } from "../evidence/record.ts";
import { html, shorten, type Markup } from "./markup.ts";
import { isWithin } from "./curve.ts";
import { coordinate, linearScale, wholeTicks, type Scale } from "./scale.ts";
import type { Intervention, Story } from "./story.ts";
import { sayAction, sayBound, sayCount } from "../lower/words.ts";

interface Frame {
  readonly variant: "wide" | "narrow";
  readonly width: number;
  readonly ticks: number;
}

const FRAMES: readonly Frame[] = [
  { variant: "wide", width: 900, ticks: 8 },
  { variant: "narrow", width: 350, ticks: 4 },
];
const LANE = 46;
const MARGIN = 8;

// Beyond this, marks lie on one another and only add weight to the page.
const MARKS_PER_LANE = 400;

export function drawTimeline(run: RunOutline, story: Story): Markup {
  const lanes = lanesOf(run, story);
  return html`${FRAMES.map((frame) => draw(frame, lanes, story))}${drawLegend()}`;
}

interface Lane {
  readonly name: string;
  readonly marks: readonly Mark[];
  readonly interventions: readonly Intervention[];
}

interface Mark {
  readonly kind: "epoch" | "breach" | "clear" | "trouble" | "end";
  readonly step: number;
  readonly title: string;
}

const MARK_OF: Readonly<Record<LoggedDecision["kind"], { kind: Mark["kind"]; words: string } | undefined>> = {
  run_started: undefined,
  file_bound: undefined,
  run_resumed: { kind: "epoch", words: "run resumed" },
  intervention_opened: undefined,
  intervention_closed: undefined,
  run_ended: { kind: "end", words: "run ended" },
  epoch_ended: { kind: "epoch", words: "epoch ended" },
  bound_breached: { kind: "breach", words: "breached" },
  bound_cleared: { kind: "clear", words: "clear again" },
  examples_refused: { kind: "trouble", words: "examples refused" },
  weights_restored: { kind: "trouble", words: "rolled back" },
  checkpoint_saved: undefined,
  step_skipped: { kind: "trouble", words: "step skipped" },
  tracker_failed: undefined,
  violation_found: { kind: "trouble", words: "violation" },
};

function lanesOf(run: RunOutline, story: Story): readonly Lane[] {
  const marks = run.decisions.flatMap(({ event }) => {
    const mark = MARK_OF[event.kind];
    if (mark === undefined) return [];
    const step = event.clock.step;
    const title = `${mark.words} at step ${sayCount(step)}`;
    return [{ lane: "bound" in event ? event.bound : undefined, kind: mark.kind, step, title }];
  });
  const marksOf = (lane: number | undefined): readonly Mark[] =>
    marks
      .filter((mark) => mark.lane === lane && isWithin(mark.step, mark.step, story.shown))
      .slice(0, MARKS_PER_LANE);
  const bounds = story.bounds.map((bound, index) => ({
    name: sayBound(bound),
    marks: marksOf(index),
    interventions: story.interventions
      .filter(
        ({ opened, closed }) =>
          opened.bound === index && isWithin(opened.clock.step, closed?.clock.step, story.shown),
      )
      .slice(0, MARKS_PER_LANE),
  }));
  return [{ name: "run", marks: marksOf(undefined), interventions: [] }, ...bounds];
}

function draw({ variant, width, ticks }: Frame, lanes: readonly Lane[], { last, shown }: Story): Markup {
  const steps = shown ?? { first: 0, last: last.step };
  const across = linearScale(
    { low: steps.first, high: Math.max(steps.first + 1, steps.last) },
    MARGIN,
    width - MARGIN,
  );
  const base = lanes.length * LANE + 4;
  const columns = wholeTicks(across.domain, ticks).map(
    (step) =>
      html`<text
        class="tick"
        x="${coordinate(across(step))}"
        y="${base + 16}"
        text-anchor="${step === steps.first ? "start" : "middle"}"
        >${sayCount(step)}</text
      >`,
  );
  return html`<svg
    class="timeline ${variant}"
    viewBox="0 0 ${width} ${base + 24}"
    role="img"
    aria-label="Decisions over steps; the log beneath holds them all"
  >
    ${lanes.map((lane, index) => drawLane(lane, index * LANE, across))}${columns}
  </svg>`;
}

function drawLane({ name, marks, interventions }: Lane, top: number, across: Scale): Markup {
  const middle = top + 32;
  const [left, right] = [across(across.domain.low), across(across.domain.high)];
  return html`<text class="lane" x="${left}" y="${top + 16}">${shorten(name, 44)}</text
    ><path class="grid" d="M${left} ${middle}H${right}" />${interventions.map((intervention) =>
      drawIntervention(intervention, middle, across),
    )}${marks.map((mark) => drawMark(mark, middle, across))} `;
}

function drawIntervention({ opened, closed }: Intervention, middle: number, across: Scale): Markup {
  const { low, high } = across.domain;
  const from = across(Math.max(low, opened.clock.step));
  const to = across(Math.min(high, closed?.clock.step ?? high));
  const title = `intervention ${opened.id}: ${shorten(sayAction(opened.action))}`;
  return html`<rect
    class="span ${closed?.outcome ?? "open"}"
    x="${coordinate(from)}"
    y="${middle - 6}"
    width="${coordinate(Math.max(3, to - from))}"
    height="12"
    rx="3"
    ><title>${title}</title></rect
  >`;
}

function drawMark({ kind, step, title }: Mark, middle: number, across: Scale): Markup {
  const x = coordinate(across(step));
  return html`<path class="${kind}" d="${SHAPES[kind](x, middle)}"><title>${title}</title></path>`;
}

/** Told apart by shape, not by colour alone. */
const SHAPES: Readonly<Record<Mark["kind"], (x: string, y: number) => string>> = {
  epoch: (x, y) => `M${x} ${y - 6}v12`,
  breach: (x, y) => `M${x} ${y - 6}l6 11h-12z`,
  clear: (x, y) => `M${x} ${y - 5}a5 5 0 1 1 -0.1 0z`,
  trouble: (x, y) => `M${x} ${y}m-5 -5l10 10m0 -10l-10 10`,
  end: (x, y) => `M${x} ${y - 9}v18`,
};

const MARK_WORDS: readonly (readonly [Mark["kind"], string])[] = [
  ["breach", "breached"],
  ["clear", "clear again"],
  ["trouble", "refused, skipped or violated"],
  ["epoch", "end of an epoch"],
];
const SPAN_WORDS: readonly (readonly [string, string])[] = [
  ["achieved", "intervention, achieved"],
  ["not_achieved", "not achieved"],
  ["open", "open or superseded"],
];

function drawLegend(): Markup {
  const marks = MARK_WORDS.map(
    ([kind, words]) => [html`<path class="${kind}" d="${SHAPES[kind]("9", 9)}" />`, words] as const,
  );
  const spans = SPAN_WORDS.map(
    ([kind, words]) =>
      [html`<rect class="span ${kind}" y="3" width="18" height="12" rx="3" />`, words] as const,
  );
  return html`<ul class="legend">
    ${[...marks, ...spans].map(
      ([shape, words]) =>
        html`<li><svg class="timeline" viewBox="0 0 18 18" aria-hidden="true">${shape}</svg>${words}</li> `,
    )}
  </ul>`;
}
