/** Between the training and the end of the record: the model is saved, measured, and compared with its twin. */
import { EvidenceError } from "../../evidence/error.ts";
import type { Evaluation } from "../../runtime/evaluation.ts";
import type { RunEvaluated } from "../../runtime/events.ts";
import type { Display } from "../progress/display.ts";
import { piece } from "../progress/pieces.ts";
import { reasonOf } from "./obstacle.ts";
import { obstacleOf, type Obstacle, type ReadyRun } from "./prepare.ts";
import { saveModel, type SavedModel } from "./save.ts";
import type { Trained } from "./session.ts";
import type { Twin } from "./twin.ts";

export interface Conclusion {
  /** Undefined where there was nothing to measure and nothing to compare. */
  readonly evaluated: Evaluated | undefined;
  readonly saved: SavedModel | undefined;
  /** What went wrong, none of which takes back what was trained. */
  readonly obstacles: readonly Obstacle[];
}

export type Evaluated = Omit<RunEvaluated, "kind" | "clock">;

export interface Concluding {
  readonly ready: ReadyRun;
  readonly display: Pick<Display, "say">;
  readonly trained: Extract<Trained, { readonly kind: "trained" }>;
  /** Present with `--baseline`. */
  readonly twin: Twin | undefined;
  /** The folder to save the model in, absolute. */
  readonly save: string | undefined;
  /** Aborted by Ctrl-C: nothing is waited for any longer. */
  readonly signal: AbortSignal;
}

export async function conclude(concluding: Concluding): Promise<Conclusion> {
  const saving = await save(concluding);
  const evaluation = await evaluate(concluding);
  const comparison = await compare(concluding, evaluation);
  const problems = [...evaluation.problems, ...comparison.problems];
  const { governed } = evaluation;
  const { ungoverned } = comparison;
  const isEmpty = governed === undefined && ungoverned === undefined && problems.length === 0;
  return {
    evaluated: isEmpty
      ? undefined
      : {
          ...{ governed: governed ?? null, ungoverned: ungoverned ?? null },
          comparison: comparison.sentence ?? null,
          ...(problems.length === 0 ? {} : { problem: problems.join("; ") }),
        },
    saved: saving.saved,
    obstacles: [...saving.obstacles, ...evaluation.obstacles],
  };
}

interface Saving {
  readonly saved: SavedModel | undefined;
  readonly obstacles: readonly Obstacle[];
}

/** What its own policy stopped is not handed on as a model. */
async function save({ ready, trained, save: folder }: Concluding): Promise<Saving> {
  if (folder === undefined || trained.training.outcome === "halted")
    return { saved: undefined, obstacles: [] };
  try {
    return { saved: saveModel(await ready.run.modelFiles(), folder), obstacles: [] };
  } catch (error) {
    const obstacle: Obstacle =
      error instanceof EvidenceError
        ? { kind: "problem", problem: error.message }
        : obstacleOf(error, ready.experimentPath, ready.policy);
    return { saved: undefined, obstacles: [obstacle] };
  }
}

interface GovernedEvaluation {
  readonly governed: Evaluation | undefined;
  readonly problems: readonly string[];
  readonly obstacles: readonly Obstacle[];
}

/** A run that did not come to its end has nothing to be measured by what was meant to come out. */
async function evaluate({ ready, trained, signal }: Concluding): Promise<GovernedEvaluation> {
  if (trained.training.outcome !== "finished") return { governed: undefined, problems: [], obstacles: [] };
  try {
    const work = await unlessAborted(ready.run.evaluate(), signal);
    if (work.kind === "done") return { governed: work.value, problems: [], obstacles: [] };
    return { governed: undefined, problems: ["the evaluation was stopped by Ctrl-C"], obstacles: [] };
  } catch (error) {
    const obstacle = obstacleOf(error, ready.experimentPath, ready.policy);
    const problems = [`the evaluation failed: ${reasonOf(obstacle)}`];
    return { governed: undefined, problems, obstacles: [obstacle] };
  }
}

interface Comparison {
  readonly ungoverned: Evaluation | undefined;
  readonly sentence: string | undefined;
  readonly problems: readonly string[];
}

async function compare(
  { ready, trained, twin, display, signal }: Concluding,
  { governed, problems }: GovernedEvaluation,
): Promise<Comparison> {
  const missing = (...reasons: readonly string[]): Comparison => ({
    ...{ ungoverned: undefined, sentence: undefined },
    problems: reasons,
  });
  if (twin === undefined) return missing();
  if (trained.training.outcome !== "finished")
    return missing("there is nothing to compare: the governed run did not come to its end");
  if (problems.length > 0) return missing();
  display.say([piece("The governed run is done; waiting for its ungoverned twin", "quiet")]);
  const waited = await unlessAborted(twin.outcome, signal);
  if (waited.kind === "aborted") return missing("the ungoverned twin was stopped by Ctrl-C");
  const outcome = waited.value;
  if (outcome.kind === "failed")
    return missing(`there is nothing to compare with: the ungoverned twin failed: ${outcome.problem}`);
  const ungoverned = outcome.evaluation;
  if (governed === undefined || ungoverned === undefined)
    return missing("there is nothing to compare: the experiment has no `evaluate`");
  return { ungoverned, ...sayDifference(ready, governed, ungoverned) };
}

function sayDifference(
  { experiment }: ReadyRun,
  governed: Evaluation,
  ungoverned: Evaluation,
): Omit<Comparison, "ungoverned"> {
  try {
    const sentence: unknown = experiment.compare?.(governed, ungoverned);
    if (sentence === undefined || typeof sentence === "string") return { sentence, problems: [] };
    return {
      sentence: undefined,
      problems: ["the experiment's `compare` gave back something that is no text"],
    };
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: String(error) };
    return { sentence: undefined, problems: [`the experiment's \`compare\` failed: ${message}`] };
  }
}

type Waited<Value> = { readonly kind: "done"; readonly value: Value } | { readonly kind: "aborted" };

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Waited<Value>> {
  const aborted = new Promise<Waited<Value>>((resolve) => {
    const stop = (): void => resolve({ kind: "aborted" });
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  return await Promise.race([work.then((value): Waited<Value> => ({ kind: "done", value })), aborted]);
}
