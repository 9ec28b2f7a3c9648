/** The end of `gov run` for people: what happened, what it came to, where the record lies. */
import type { RoutingCell } from "../../report/routing-sums.ts";
import { sayBound, sayCount, sayMany, sayNumber, sayShare, sayTime, sayWeight } from "../../lower/words.ts";
import type { FitResult } from "../../runtime/fit.ts";
import type { Span } from "../../source/span.ts";
import { sayRefusal } from "../progress/decisions.ts";
import { piece, type Line, type Tone } from "../progress/pieces.ts";
import { renderEvaluation } from "./evaluation-lines.ts";
import { layOutTable, quietCell, type Cell } from "./table.ts";
import type { Evaluated } from "./conclude.ts";
import type { SavedModel } from "./save.ts";
import type { BoundTally, Tally } from "./tally.ts";

export interface Result {
  readonly training: FitResult;
  readonly milliseconds: number;
  readonly tally: Tally;
  readonly evaluated: Evaluated | undefined;
  readonly saved: SavedModel | undefined;
  /** Where the model should have been saved, if it was not. */
  readonly unsaved: string | undefined;
}

export interface SummaryPlaces {
  readonly place: (span: Span) => string;
  readonly runFolder: string;
  /** Where the examples lie that were put aside, if any were. */
  readonly quarantine: string | undefined;
  readonly columns: number;
}

const HEADLINES: Readonly<Record<FitResult["outcome"], readonly [string, Tone]>> = {
  finished: ["Finished", "good"],
  halted: ["Halted by its policy", "bad"],
  interrupted: ["Interrupted", "fair"],
};

export function summarize(result: Result, places: SummaryPlaces): readonly Line[] {
  const { tally } = result;
  return [
    ...renderHeadline(result),
    ...section(
      "Routing: weight by the policy · share of what the band learned",
      renderRouting(tally, places),
    ),
    ...section("Bounds: at the end, and over the run", renderBounds(tally.bounds, places)),
    ...section("Interventions", renderInterventions(tally, places)),
    ...section("Refused examples", renderRefusals(tally, places)),
    ...section("Evaluation", renderEvaluation(result.evaluated, places.columns)),
    [],
    ...renderModel(result),
    [piece("Record  ", "strong"), piece(places.runFolder)],
    [piece("Next    ", "strong"), piece(`gov report ${places.runFolder}`)],
  ];
}

function section(title: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [[], [piece(title, "strong")], ...lines.map(indent)];
}

function indent(line: Line): Line {
  return [piece("  "), ...line];
}

function renderModel({ saved, unsaved }: Result): readonly Line[] {
  if (saved !== undefined)
    return [
      [piece("Model   ", "strong"), piece(saved.folder)],
      ...Object.entries(saved.digests).map(([name, digest]): Line => [
        piece(`        ${name} SHA-256 ${digest}`, "quiet"),
      ]),
    ];
  if (unsaved === undefined) return [];
  return [[piece("Model   ", "strong"), piece(`not saved in ${unsaved}`, "fair")]];
}

function renderHeadline({ training, milliseconds }: Result): readonly Line[] {
  const [headline, tone] = HEADLINES[training.outcome];
  const { steps, updates, losses, outcome } = training;
  const loss = losses.at(-1);
  const lastEpoch = outcome === "finished" ? "the last epoch" : "the epoch under way";
  const counts =
    outcome === "halted"
      ? [sayMoment(training), sayUpdates(updates)]
      : [
          sayMany(steps, "step"),
          ...(updates === steps ? [] : [sayUpdates(updates)]),
          sayMany(losses.length, "epoch"),
        ];
  const facts = [
    ...counts,
    sayTime(milliseconds),
    ...(loss === undefined ? [] : [`mean loss ${sayNumber(loss)} in ${lastEpoch}`]),
  ];
  return [[piece(headline, tone), piece(`: ${facts.join(", ")}`)]];
}

/** `in step 12 of epoch 1`: steps are named as policies name them, from 0, epochs as people count. */
export function sayMoment({ steps, clock }: Pick<FitResult, "steps" | "clock">): string {
  return steps === 0
    ? "before the first step"
    : `in step ${sayCount(clock.step)} of epoch ${sayCount(clock.epoch + 1)}`;
}

function sayUpdates(updates: number): string {
  return `${sayMany(updates, "update")} applied`;
}

const NAME_WIDTH = 20;
const CELL_WIDTH = 15;
const ROUTING_ROWS = 3;

/** Bands side by side as far as there is room, the others beneath. */
function renderRouting({ routing: cells }: Tally, { columns }: SummaryPlaces): readonly Line[] {
  const cohorts = [...new Set(cells.map(({ cohort }) => cohort))];
  const bands = [...new Set(cells.map(({ band }) => band))];
  const perRow = Math.max(1, Math.floor((columns - NAME_WIDTH) / CELL_WIDTH));
  const shown = bands.slice(0, perRow * ROUTING_ROWS);
  const tables = Array.from({ length: Math.ceil(shown.length / perRow) }, (_, index) => {
    const group = shown.slice(index * perRow, (index + 1) * perRow);
    const rows = cohorts.map((cohort): readonly Cell[] => [
      { text: cohort },
      ...group.map((band) => routingCell(cells.find((cell) => cell.cohort === cohort && cell.band === band))),
    ]);
    return layOutTable([["", ...group].map(quietCell), ...rows], NAME_WIDTH);
  });
  const rest = bands.length - shown.length;
  return [
    ...tables.flat(),
    ...(rest === 0 ? [] : [[piece(`${sayMany(rest, "more band")} in the report`, "quiet")]]),
  ];
}

function routingCell(cell: RoutingCell | undefined): Cell {
  if (cell?.intended === undefined) return { text: "–", tone: "quiet" };
  const { intended, share } = cell;
  const weight = sayWeight(Number(intended.toPrecision(3)));
  const isLeak = intended === 0 && share !== undefined && share > 0;
  return {
    text: share === undefined ? weight : `${weight} · ${sayShare(share)}`,
    tone: isLeak ? "bad" : intended === 0 ? "quiet" : "plain",
  };
}

function renderBounds(bounds: readonly BoundTally[], { place }: SummaryPlaces): readonly Line[] {
  return layOutTable(
    bounds.map(({ bound, judged, within, breaches, average }): readonly Cell[] => {
      const tone: Tone = breaches > 0 || within < judged ? "fair" : "good";
      const over =
        judged === 0
          ? { text: "no window was filled", tone: "quiet" as const }
          : { text: sayTimeWithin(within, judged), tone };
      return [
        { text: sayBound(bound) },
        { text: average === undefined ? "–" : sayNumber(average) },
        breaches === 0 ? over : { text: `${over.text}, ${sayMany(breaches, "breach", "breaches")}`, tone },
        { text: place(bound.span), tone: "quiet" },
      ];
    }),
  );
}

function sayTimeWithin(within: number, judged: number): string {
  if (within === judged) return "within throughout";
  if (within === 0) return "never within";
  // A part that is neither all nor nothing is not shown as if it were.
  const percent = Math.min(99.9, Math.max(0.1, Number(((within / judged) * 100).toFixed(1))));
  return `within in ${String(percent)}% of steps`;
}

function renderInterventions(
  { opened, closed, skipped, violations, bounds }: Tally,
  { place }: SummaryPlaces,
): readonly Line[] {
  if (bounds.length === 0 && opened === 0 && violations.length === 0) return [];
  const ended = closed.achieved + closed.not_achieved + closed.superseded;
  const parts = [
    [closed.achieved, "achieved"],
    [closed.not_achieved, "not achieved"],
    [closed.superseded, "superseded"],
    [opened - ended, "open at the end"],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, words]) => `${sayCount(count)} ${words}`);
  const steps = skipped === 0 ? "" : `; ${sayMany(skipped, "step")} skipped`;
  return [
    [piece(opened === 0 ? "none" : `${sayCount(opened)}: ${counts.join(", ")}${steps}`)],
    ...violations.map(({ code, message, span }): Line => [
      piece(`${code}: ${message}`, "bad"),
      piece(`  ${place(span)}`, "quiet"),
    ]),
  ];
}

const REFUSALS_SHOWN = 8;

function renderRefusals({ refusals }: Tally, { place, quarantine }: SummaryPlaces): readonly Line[] {
  const rest = refusals.length - REFUSALS_SHOWN;
  return [
    ...refusals
      .slice(0, REFUSALS_SHOWN)
      .map((refusal): Line => [piece(sayRefusal(refusal)), piece(`  ${place(refusal.span)}`, "quiet")]),
    ...(rest > 0 ? [[piece(`${sayMany(rest, "more refusal")} in the record`, "quiet")]] : []),
    ...(quarantine === undefined ? [] : [[piece(`put aside for review in ${quarantine}`)]]),
  ];
}
