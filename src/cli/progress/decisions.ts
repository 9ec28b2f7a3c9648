/** What is said at once and stays on the screen: the decisions of a run, each with the policy's line. */
import {
  sayAction,
  sayBreach,
  sayCount,
  sayDuration,
  sayLack,
  sayMany,
  sayMetric,
  sayNumber,
  sayOutcome,
  sayTarget,
} from "../../lower/words.ts";
import type { ExamplesRefused, RunEvent } from "../../runtime/events.ts";
import { formatPlace, type Span } from "../../source/span.ts";
import { piece, type Line, type Tone } from "./pieces.ts";
import type { Progress } from "./progress.ts";
import type { Clock } from "../../reason/clock.ts";
import type { InterventionOpened } from "../../reason/bounds/decisions.ts";

/**
 * A decision in one line, or nothing for an event that a person need not be interrupted by.
 *
 * @param place How a span is shown: the policy's path as the user knows it.
 */
export function sayDecision(
  event: RunEvent,
  { bounds }: Pick<Progress, "bounds">,
  place: (span: Span) => string = formatPlace,
): Line | undefined {
  const metricOf = (bound: number): string => {
    const metric = bounds[bound]?.bound.metric;
    return metric === undefined ? "a bound" : sayMetric(metric);
  };
  const line = (sign: string, tone: Tone, text: string, span?: Span, clock: Clock = event.clock): Line => [
    piece(`${sign} `, tone),
    piece(`step ${sayCount(clock.step)}  `, "quiet"),
    piece(text),
    piece(span === undefined ? "" : `  ${place(span)}`, "quiet"),
  ];
  switch (event.kind) {
    case "bound_breached":
      return line("✗", "bad", sayBreach(event), event.span);
    case "bound_cleared":
      return line(
        "✓",
        "good",
        `${metricOf(event.bound)} is back at ${sayNumber(event.measured)}`,
        event.span,
      );
    case "intervention_opened":
      return line("→", "fair", `${sayAction(event.action)}${sayIntent(event)}`, event.span);
    case "intervention_closed":
      // That it was achieved is said by the bound that clears.
      return event.outcome === "achieved"
        ? undefined
        : line(
            "→",
            "fair",
            `${sayOutcome(event.outcome)}: ${metricOf(event.bound)} is ${sayNumber(event.measured)}`,
            event.span,
          );
    case "weights_restored":
      return line("↺", "fair", `back to the weights of step ${sayCount(event.from.step)}`, event.span);
    case "examples_refused":
      return line("–", "fair", sayRefusal(event), event.span);
    case "tracker_failed":
      return line("!", "fair", `${event.tracker} has no more of this run: ${event.reason}`);
    case "violation_found":
      return line("✗", "bad", `${event.code}: ${event.message}`, event.span);
    default:
      return undefined;
  }
}

/** `, to bring entropy(top) to >= 0.05 by step 500`. */
function sayIntent({ action, intent, clock }: InterventionOpened): string {
  if (action.kind === "halt") return "";
  if (action.kind === "log" || action.kind === "warn")
    return intent.deadline === null ? "" : sayDeadline(intent.deadline, clock);
  const deadline = intent.deadline === null ? "" : ` by step ${sayCount(intent.deadline)}`;
  return `, to bring ${sayTarget(intent)}${deadline}`;
}

function sayDeadline(deadline: number, clock: Clock): string {
  return `; the next action follows in ${sayDuration({ count: deadline - clock.step, unit: "steps" })}`;
}

const DISPOSITIONS: Readonly<Record<ExamplesRefused["disposition"], string>> = {
  reject: "refused",
  quarantine: "quarantined",
  halt: "refused, which halts the run",
};
const IDS_SHOWN = 3;

/** `12 examples refused: scan-7 lacks licence, …`. */
export function sayRefusal({ disposition, count, examples }: ExamplesRefused): string {
  const shown = examples.slice(0, IDS_SHOWN).map((example) => `${shorten(example.id)} ${sayLack(example)}`);
  const more = count > shown.length ? "; …" : "";
  return `${sayMany(count, "example")} ${DISPOSITIONS[disposition]}: ${shown.join("; ")}${more}`;
}

const ID_LENGTH = 40;

function shorten(id: string): string {
  return id.length > ID_LENGTH ? `${id.slice(0, ID_LENGTH - 1)}…` : id;
}

/** A bound that flaps would hide all else: past this many lines from one place, the rest is for the record. */
const LINES_PER_PLACE = 12;

/** Says whether a line about this event should still be printed, and when to say that there will be no more. */
export function createDecisionFilter(): (event: RunEvent) => "print" | "last" | "drop" {
  const printed = new Map<string, number>();
  return (event) => {
    const key = "bound" in event ? `bound ${event.bound}` : event.kind;
    const count = (printed.get(key) ?? 0) + 1;
    printed.set(key, count);
    return count < LINES_PER_PLACE ? "print" : count === LINES_PER_PLACE ? "last" : "drop";
  };
}
