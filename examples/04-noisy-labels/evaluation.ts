/** What was learnt of the digits, and what of the wrong labels. */
import type * as tfjs from "@tensorflow/tfjs";
import type { Evaluation, ExperimentContext } from "strata-gov";
import { accuracyOf, answersTo } from "../classifier.ts";
import { percentOf } from "../figures.ts";
import { readDigits } from "../mnist.ts";
import { labelledDigits } from "./labels.ts";

const TEST = "test digits told right";
const BY_HEART = "wrong labels learnt by heart";
const SEEN_THROUGH = "wrong labels seen through";
const KEPT = "right labels told as they are";

export function evaluateDoubt(network: tfjs.Sequential, { tf }: ExperimentContext): Evaluation {
  const test = readDigits("test");
  const { digits, given } = labelledDigits();
  const answers = answersTo(tf, network, digits);
  const rows = [...digits.labels.keys()];
  const flipped = rows.filter((row) => given[row] !== digits.labels[row]);
  const unflipped = rows.filter((row) => given[row] === digits.labels[row]);
  return {
    figures: [
      { name: TEST, value: accuracyOf(answersTo(tf, network, test), test) },
      { name: BY_HEART, value: share(flipped, (row) => answers[row] === given[row]) },
      { name: SEEN_THROUGH, value: share(flipped, (row) => answers[row] === digits.labels[row]) },
      { name: KEPT, value: share(unflipped, (row) => answers[row] === given[row]) },
    ],
  };
}

function share(rows: readonly number[], holds: (row: number) => boolean): number {
  return rows.filter(holds).length / rows.length;
}

export function compareDoubt(governed: Evaluation, ungoverned: Evaluation): string {
  return (
    `The governed network tells ${percentOf(governed, TEST)} of the test digits right, the ungoverned one ` +
    `${percentOf(ungoverned, TEST)}. Of the wrong labels that both were given, the governed one learnt ` +
    `${percentOf(governed, BY_HEART)} by heart and saw through ${percentOf(governed, SEEN_THROUGH)}; the ungoverned one ` +
    `${percentOf(ungoverned, BY_HEART)} and ${percentOf(ungoverned, SEEN_THROUGH)}.`
  );
}
