/** What a run achieved of what its policy intended, in few numbers: what runs are compared and ranked by. */
import type { Bound } from "../check/policy.ts";
import type { LoggedRunEnded, RunRecord } from "../evidence/record.ts";
import type { RunEvaluated } from "../runtime/events.ts";
import { isInside } from "./bounds.ts";
import { tellStory } from "./story.ts";

export interface Achievement {
  /** Undefined while the run goes on, or where it was killed. */
  readonly outcome: LoggedRunEnded["outcome"] | undefined;
  readonly steps: number;
  readonly loss: number | null | undefined;
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

export function achievementOf(run: RunRecord): Achievement {
  const { steps, bounds, interventions, end, evaluated } = tellStory(run);
  const closedAs = (outcome: string): number =>
    interventions.filter(({ closed }) => closed?.outcome === outcome).length;
  return {
    outcome: end?.outcome,
    steps: steps.length,
    loss: steps.at(-1)?.loss,
    bounds: bounds.map((bound, index) => {
      const averages = steps.flatMap((step) => step.bounds[index]?.average ?? []);
      const held = averages.filter((average) => isInside(average, bound.range)).length;
      return {
        bound,
        held: averages.length === 0 ? undefined : held / averages.length,
        last: averages.at(-1),
      };
    }),
    interventions: {
      opened: interventions.length,
      achieved: closedAs("achieved"),
      notAchieved: closedAs("not_achieved"),
    },
    violations: run.decisions.filter(({ event }) => event.kind === "violation_found").length,
    evaluated,
  };
}

/** The mean over the bounds of how long each held, 0..1; undefined where nothing was judged. */
export function meanHeld({ bounds }: Pick<Achievement, "bounds">): number | undefined {
  const shares = bounds.flatMap(({ held }) => held ?? []);
  return shares.length === 0 ? undefined : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
