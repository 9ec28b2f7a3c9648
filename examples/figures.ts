import type { Evaluation } from "strata-gov";

/** @throws Error when the evaluation has no such figure. */
export function valueOf(evaluation: Evaluation, name: string): number {
  const figure = evaluation.figures.find((candidate) => candidate.name === name);
  if (figure === undefined) throw new Error(`the evaluation has no figure named ${name}`);
  return figure.value;
}

/** `97.3 %`, of a figure that is a share. */
export function percentOf(evaluation: Evaluation, name: string): string {
  return `${(100 * valueOf(evaluation, name)).toFixed(1)} %`;
}
