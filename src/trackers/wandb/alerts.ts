/** Which decisions a person is sent a message about. */
import type { RunEvent } from "../../runtime/events.ts";
import type { DecisionRow } from "../decision-rows.ts";

export interface Alert {
  readonly title: string;
  readonly level: "WARN" | "ERROR";
}

const TITLES: Readonly<Record<DecisionRow["decision"], string | undefined>> = {
  run_started: undefined,
  run_resumed: undefined,
  epoch_ended: undefined,
  run_ended: "The run ended early",
  bound_breached: "A bound is breached",
  bound_cleared: undefined,
  intervention_opened: undefined,
  intervention_closed: "An intervention did not achieve what it was meant to",
  examples_refused: "Examples were refused",
  step_skipped: undefined,
  weights_restored: "The weights were rolled back",
  checkpoint_saved: undefined,
  violation_found: "Training broke the policy",
  tracker_failed: "A tracker failed",
};

const LEVELS = { info: undefined, warning: "WARN", error: "ERROR" } as const;

/** Nothing for what goes as it should. */
export function alertOf({ decision, level }: DecisionRow): Alert | undefined {
  const [title, graded] = [TITLES[decision], LEVELS[level]];
  return title === undefined || graded === undefined ? undefined : { title, level: graded };
}

/** A bound that flaps would send a message for each breach: past this many from one source, the log alone has them. */
const ALERTS_PER_SOURCE = 10;

export function createAlertLimit(): (event: RunEvent) => boolean {
  const sent = new Map<string, number>();
  return (event) => {
    const source = "bound" in event ? `bound ${event.bound}` : event.kind;
    const count = (sent.get(source) ?? 0) + 1;
    sent.set(source, count);
    return count <= ALERTS_PER_SOURCE;
  };
}
