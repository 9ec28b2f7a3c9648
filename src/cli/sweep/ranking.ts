/** Runs of a sweep in order: what counts is what was achieved inside the bounds. */
import { isInside } from "../../report/bounds.ts";
import { meanHeld, type Achievement } from "../../report/achievement.ts";
import type { ParamTexts } from "../requests.ts";

export interface SweptRun {
  readonly params: ParamTexts;
  /** The run's folder; undefined where none was begun. */
  readonly folder: string | undefined;
  /** Undefined where there is no run to read. */
  readonly achievement: Achievement | undefined;
}

export interface Goal {
  /** `loss`, the mean over the last epoch: the last batch alone would decide by chance; or the name of a figure of the experiment's evaluation. */
  readonly by: string;
  readonly direction: "minimize" | "maximize";
}

export interface RankedRun extends SweptRun {
  /** Whether it finished, broke nothing, and ended with every bound that was judged in its range. */
  readonly isInside: boolean;
  readonly figure: number | undefined;
}

/** Runs inside their bounds first, by the figure; the others after them, by how long their bounds held. */
export function rank(runs: readonly SweptRun[], goal: Goal): readonly RankedRun[] {
  const ranked = runs.map((run) => ({
    ...run,
    isInside: staysInside(run.achievement),
    figure: figureOf(run.achievement, goal.by),
  }));
  return ranked.toSorted((left, right) => {
    if (left.isInside !== right.isInside) return left.isInside ? -1 : 1;
    const byHeld = heldOf(right) - heldOf(left);
    return (
      (left.isInside ? 0 : byHeld) || compareFigures(left.figure, right.figure, goal.direction) || byHeld
    );
  });
}

function staysInside(achievement: Achievement | undefined): boolean {
  if (achievement?.outcome !== "finished" || achievement.violations > 0) return false;
  return achievement.bounds.every(({ bound, last }) => last === undefined || isInside(last, bound.range));
}

function figureOf(achievement: Achievement | undefined, by: string): number | undefined {
  if (by === "loss") return achievement?.epochLoss ?? undefined;
  return achievement?.evaluated?.governed?.figures.find(({ name }) => name === by)?.value ?? undefined;
}

function heldOf({ achievement }: RankedRun): number {
  return achievement === undefined ? -1 : (meanHeld(achievement) ?? 1);
}

/** A run without the figure comes after those that have it. */
function compareFigures(
  left: number | undefined,
  right: number | undefined,
  direction: Goal["direction"],
): number {
  if (left === undefined || right === undefined)
    return Number(left === undefined) - Number(right === undefined);
  return direction === "minimize" ? left - right : right - left;
}
