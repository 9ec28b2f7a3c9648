import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { BoundsState } from "../../reason/bounds/effects.ts";
import type { Clock } from "../../reason/clock.ts";
import type { GoodMoment } from "./run-state.ts";
import { restoreSnapshot, takeSnapshot, type Subject } from "./snapshot.ts";

/** The last checkpoint at which every bound held: what `rollback` restores. */
export interface GoodMoments {
  /** Before each step: takes a snapshot where one is due and every bound holds; the first step always has one. */
  readonly notice: (clock: Clock, bounds: BoundsState) => void;
  /** Puts model and optimizer back; the moment that they come from. */
  readonly rollBack: () => Clock;
  readonly last: () => GoodMoment | undefined;
  readonly restore: (moment: GoodMoment | undefined) => void;
}

/** In a policy without `rollback` nothing is kept. */
export function createGoodMoments(plan: TfjsPlan, subject: Subject, every: number): GoodMoments {
  const isNeeded = plan.bounds.some(({ arms }) =>
    arms.some(({ ladder }) => ladder.some(({ action }) => action.kind === "rollback")),
  );
  let last: GoodMoment | undefined;
  return {
    last: () => last,
    restore: (moment) => {
      if (isNeeded) last = moment;
    },
    notice: (clock, { states }) => {
      if (!isNeeded || last?.clock.step === clock.step) return;
      const holds = states.every(({ breach }) => breach === undefined);
      if (last === undefined || (clock.step % every === 0 && holds))
        last = { clock, model: takeSnapshot(subject) };
    },
    rollBack: () => {
      if (last === undefined) throw new Error("there is no moment to go back to");
      restoreSnapshot(subject, last.model);
      return last.clock;
    },
  };
}
