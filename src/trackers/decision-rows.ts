/** Decisions as rows of a table that a person reads in another tool, each with the line of the policy. */
import type { Bound } from "../check/policy.ts";
import {
  sayAction,
  sayBreach,
  sayLack,
  sayMany,
  sayMetric,
  sayNumber,
  sayOutcome,
  sayTarget,
} from "../lower/words.ts";
import type { Decision, Measurement, RunEvent } from "../runtime/events.ts";
import { formatPlace } from "../source/span.ts";

export interface DecisionRow {
  readonly step: number;
  readonly decision: Decision["kind"];
  readonly text: string;
  /** `policy.gov:12:3`; empty where no line of the policy asked for it. */
  readonly policyLine: string;
  /** How much a person should mind. */
  readonly level: "info" | "warning" | "error";
}

/** Undefined for measurements. */
export function decisionRow(event: RunEvent, bounds: readonly Bound[]): DecisionRow | undefined {
  const told = tell(event, bounds);
  if (told === undefined) return undefined;
  const policyLine = "span" in event && event.span !== undefined ? formatPlace(event.span) : "";
  return { step: event.clock.step, policyLine, ...told };
}

type Told = Pick<DecisionRow, "decision" | "text" | "level">;

function tell(event: RunEvent, bounds: readonly Bound[]): Told | undefined {
  const subject = (bound: number): string => {
    const metric = bounds[bound]?.metric;
    return metric === undefined ? "a bound" : sayMetric(metric);
  };
  const row = (decision: Decision["kind"], level: Told["level"], text: string): Told => ({
    ...{ decision, text, level },
  });
  switch (event.kind) {
    case "run_started":
      return row(event.kind, "info", "run started");
    case "run_ended":
      return row(event.kind, ENDINGS[event.outcome], sayEnd(event));
    case "epoch_ended":
      return row(
        event.kind,
        "info",
        `epoch ${event.clock.epoch + 1} ended, loss ${sayNumber(event.loss)}, weights ${event.weightsDigest}`,
      );
    case "bound_breached":
      return row(event.kind, "warning", sayBreach(event));
    case "bound_cleared":
      return row(event.kind, "info", `${subject(event.bound)} is back at ${sayNumber(event.measured)}`);
    case "intervention_opened": {
      const { action, intent, id } = event;
      const deadline = intent.deadline === null ? "" : ` by step ${intent.deadline}`;
      const meant = `${sayTarget(intent)}${deadline}`;
      const level = action.kind === "halt" ? "error" : "warning";
      return row(event.kind, level, `intervention ${id}: ${sayAction(action)}, meant to bring ${meant}`);
    }
    case "intervention_closed":
      return row(
        event.kind,
        event.outcome === "not_achieved" ? "warning" : "info",
        `intervention ${event.id}: ${sayOutcome(event.outcome)}, ${subject(event.bound)} is ${sayNumber(event.measured)}`,
      );
    case "examples_refused": {
      const named = event.examples.map((example) => `${example.id} ${sayLack(example)}`);
      const refused = `${sayMany(event.count, "example")} refused (${event.disposition})`;
      return row(event.kind, "warning", [refused, ...named].join("; "));
    }
    case "weights_restored": {
      const { bound, from } = event;
      return row(event.kind, "warning", `weights of step ${from.step} restored for ${subject(bound)}`);
    }
    case "checkpoint_saved":
      return row(event.kind, "info", `checkpoint ${event.file} saved`);
    case "step_skipped":
      return row(event.kind, "warning", `step skipped for ${subject(event.bound)}`);
    case "violation_found":
      return row(event.kind, "error", `${event.code}: ${event.message}`);
    case "run_resumed":
      return row(event.kind, "warning", "the run goes on after it had been stopped");
    case "tracker_failed":
      return row(event.kind, "warning", `${event.tracker} has no more of this run: ${event.reason}`);
    default:
      event satisfies Measurement;
      return undefined;
  }
}

const ENDINGS = { finished: "info", interrupted: "warning", halted: "error", failed: "error" } as const;

function sayEnd({ outcome, reason }: Extract<RunEvent, { readonly kind: "run_ended" }>): string {
  return reason === undefined ? `run ${outcome}` : `run ${outcome}: ${reason}`;
}
