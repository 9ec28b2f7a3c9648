/** The decisions of a run put together again: what was intended, what was done, did it work. */
import type { Bound } from "../check/policy.ts";
import type { LoggedDecision, LoggedRunEnded, RunOutline } from "../evidence/record.ts";
import type { Clock } from "../reason/clock.ts";
import type { StepRange } from "./curve.ts";
import type { History } from "./history.ts";
import type { InterventionClosed, InterventionOpened } from "../reason/bounds/decisions.ts";

export interface Story {
  readonly bounds: readonly Bound[];
  readonly history: History;
  /** The steps that are drawn; undefined: all. */
  readonly shown: StepRange | undefined;
  readonly interventions: readonly Intervention[];
  /** Undefined when the record stops before the run's end. */
  readonly end: LoggedRunEnded | undefined;
  /** The last moment that the record knows. */
  readonly last: Clock;
}

export interface Intervention {
  readonly opened: InterventionOpened;
  /** The entry of the log that opened it. */
  readonly entry: number;
  readonly closed: InterventionClosed | undefined;
}

export function tellStory(run: RunOutline, history: History, shown?: StepRange): Story {
  const closings = new Map(decisionsOf(run, "intervention_closed").map(({ event }) => [event.id, event]));
  return {
    bounds: run.ir?.policy.bounds ?? [],
    ...{ history, shown },
    interventions: decisionsOf(run, "intervention_opened").map(({ event, sequence }) => ({
      opened: event,
      entry: sequence,
      closed: closings.get(event.id),
    })),
    end: decisionsOf(run, "run_ended").at(-1)?.event,
    last: laterOf(run.decisions.at(-1)?.event.clock, history.steps().clock),
  };
}

export interface DecisionOf<Kind> {
  readonly sequence: number;
  readonly event: Extract<LoggedDecision, { readonly kind: Kind }>;
}

export function decisionsOf<Kind extends LoggedDecision["kind"]>(
  run: RunOutline,
  kind: Kind,
): readonly DecisionOf<Kind>[] {
  const isOfKind = (event: LoggedDecision): event is DecisionOf<Kind>["event"] => event.kind === kind;
  return run.decisions.flatMap(({ sequence, event }) => (isOfKind(event) ? [{ sequence, event }] : []));
}

function laterOf(first: Clock | undefined, second: Clock | undefined): Clock {
  const start = { step: 0, epoch: 0, examples: 0 };
  if (first === undefined || second === undefined) return first ?? second ?? start;
  return first.step >= second.step ? first : second;
}
