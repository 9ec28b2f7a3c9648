import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { BoundsState } from "../../reason/bounds/effects.ts";
import type { Clock } from "../../reason/clock.ts";
import type { GoodMoment } from "./run-state.ts";
import { restoreSnapshot, takeSnapshot, type Subject } from "./snapshot.ts";

/** The last checkpoint at which every bound held: what `rollback` restores; the first step is one in any case. */
export interface GoodMoments {
  /** Before each step: takes a snapshot where one is due. */
  readonly notice: (clock: Clock) => void;
  /** Keeps that snapshot where every bound holds, now that the step has measured the weights that are in it. */
  readonly judge: (bounds: BoundsState) => void;
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
  let due: GoodMoment | undefined;
  return {
    last: () => last,
    restore: (moment) => {
      if (isNeeded) last = moment;
    },
    notice: (clock) => {
      due = undefined;
      if (!isNeeded || last?.clock.step === clock.step) return;
      if (last === undefined) last = { clock, model: takeSnapshot(subject) };
      else if (clock.step % every === 0) due = { clock, model: takeSnapshot(subject) };
    },
    judge: ({ states }) => {
      if (due !== undefined && states.every(({ breach }) => breach === undefined)) last = due;
      due = undefined;
    },
    rollBack: () => {
      if (last === undefined) throw new Error("there is no moment to go back to");
      restoreSnapshot(subject, last.model);
      return last.clock;
    },
  };
}
