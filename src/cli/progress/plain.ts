/** Progress where nothing can be drawn over: a log file, a pipe, a pipeline's console. */
import { sayCount, sayMetric, sayNumber, sayTime } from "../../lower/words.ts";
import { sayPace } from "./block.ts";
import { piece, type Line } from "./pieces.ts";
import { timeLeft, type Progress } from "./progress.ts";

/** `epoch 1/3  step 210/469  loss 0.0312  31 steps/s  42 s left  entropy(top) 0.41 within`. */
export function renderPlainLine(progress: Progress): Line {
  const { epoch, epochs, epochSteps, stepsPerEpoch, loss, pace, bounds, twin } = progress;
  const left = timeLeft(progress);
  const parts = [
    `epoch ${sayCount(epoch + 1)}/${sayCount(epochs)}`,
    `step ${sayCount(epochSteps)}${stepsPerEpoch === undefined ? "" : `/${sayCount(stepsPerEpoch)}`}`,
    ...(loss === undefined ? [] : [`loss ${sayNumber(loss)}`]),
    ...(pace === undefined ? [] : [sayPace(pace)]),
    ...(left === undefined || left === 0 ? [] : [`${sayTime(left)} left`]),
    ...bounds.flatMap(({ bound, average, standing }) =>
      typeof average === "number"
        ? [`${sayMetric(bound.metric)} ${sayNumber(average)} ${standing.kind}`]
        : [],
    ),
    ...(twin === undefined ? [] : [`twin at step ${sayCount(twin.steps)}`]),
  ];
  return [piece(parts.join("  "))];
}

/** What the last line told of; undefined before the first. */
export interface Told {
  readonly moment: number;
  readonly steps: number;
}

const SILENCE = 5000;
const LEAST = 1000;
const PARTS_PER_EPOCH = 10;

/**
 * Whether it is time for a line: at the first step, then at the end of an epoch, of a tenth of it, or of 5 s; none
 * within a second of another but the last of all.
 */
export function isLineDue(progress: Progress, told: Told | undefined): boolean {
  if (told === undefined) return true;
  const { steps, epochSteps, stepsPerEpoch, moment } = progress;
  if (steps === told.steps) return false;
  const isSilent = moment - told.moment >= SILENCE;
  if (stepsPerEpoch === undefined) return isSilent;
  if (steps === progress.epochs * stepsPerEpoch) return true;
  const tenth = Math.ceil(stepsPerEpoch / PARTS_PER_EPOCH);
  const isPart = epochSteps % tenth === 0 || epochSteps === stepsPerEpoch;
  return isSilent || (isPart && moment - told.moment >= LEAST);
}
