/** What a run achieved of what its policy intended, in few numbers: what runs are compared and ranked by. */
import type { Bound } from "../check/policy.ts";
import type { LoggedRunEnded, RunOutline } from "../evidence/record.ts";
import type { RunEvaluated } from "../runtime/events.ts";
import { countInside } from "./bounds.ts";
import type { History } from "./history.ts";
import { decisionsOf, tellStory } from "./story.ts";

export interface Achievement {
  /** Undefined while the run goes on, or where it was killed. */
  readonly outcome: LoggedRunEnded["outcome"] | undefined;
  readonly steps: number;
  /** Of the last step's batch. */
  readonly loss: number | null | undefined;
  /** The mean over the last epoch that was completed; undefined before the first was. */
  readonly epochLoss: number | null | undefined;
  readonly bounds: readonly BoundAchievement[];
  readonly interventions: {
    readonly opened: number;
    readonly achieved: number;
    readonly notAchieved: number;
  };
  readonly violations: number;
  readonly evaluated: RunEvaluated | undefined;
}

export interface BoundAchievement {
  readonly bound: Bound;
  /** The share of steps, of those in which its window was full, in which it held, 0..1; undefined where none was. */
  readonly held: number | undefined;
  /** The last average that the policy judged. */
  readonly last: number | undefined;
}

export function achievementOf(run: RunOutline, history: History): Achievement {
  const { bounds, interventions, end } = tellStory(run, history);
  const { count, lastLoss } = history.steps();
  const closedAs = (outcome: string): number =>
    interventions.filter(({ closed }) => closed?.outcome === outcome).length;
  return {
    outcome: end?.outcome,
    steps: count,
    loss: lastLoss,
    epochLoss: decisionsOf(run, "epoch_ended").at(-1)?.event.loss,
    bounds: bounds.map((bound, index) => {
      const curve = history.bound(index);
      const { judged, inside } = countInside(curve, bound.range);
      return {
        bound,
        held: judged === 0 ? undefined : inside / judged,
        last: curve.averages.findLast((average) => !Number.isNaN(average)),
      };
    }),
    interventions: {
      opened: interventions.length,
      achieved: closedAs("achieved"),
      notAchieved: closedAs("not_achieved"),
    },
    violations: run.decisions.filter(({ event }) => event.kind === "violation_found").length,
    evaluated: history.evaluated(),
  };
}

/** The mean over the bounds of how long each held, 0..1; undefined where nothing was judged. */
export function meanHeld({ bounds }: Pick<Achievement, "bounds">): number | undefined {
  const shares = bounds.flatMap(({ held }) => held ?? []);
  return shares.length === 0 ? undefined : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
