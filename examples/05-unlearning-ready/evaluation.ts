/** What is known about sevens and about the rest, with the extra units and without them. */
import type * as tfjs from "@tensorflow/tfjs";
import type { Evaluation, EvaluationContext } from "strata-gov";
import { accuracyOf, answersTo } from "../classifier.ts";
import { percentOf } from "../figures.ts";
import { oneHot, pixelTensor, readDigits, takeDigits, type Digits } from "../mnist.ts";
import { probe } from "../probe.ts";

export const FORGOTTEN = 7;
const REST = [0, 1, 2, 3, 4, 5, 6, 8, 9];

const FORGOTTEN_BEFORE = "sevens told right, before";
const REST_BEFORE = "other digits told right, before";
const FORGOTTEN_AFTER = "sevens told right, after the ablation";
const REST_AFTER = "other digits told right, after the ablation";
const PROBE = "seven or not, read off the core by a probe";

export async function evaluateForgetting(
  network: tfjs.LayersModel,
  context: EvaluationContext,
): Promise<Evaluation> {
  const { tf, ablate } = context;
  const test = readDigits("test");
  const answer = (): Int32Array => answersTo(tf, network, test);
  const before = answer();
  const after = await ablate("extra", answer);
  return {
    figures: [
      { name: FORGOTTEN_BEFORE, value: accuracyOf(before, test, [FORGOTTEN]) },
      { name: REST_BEFORE, value: accuracyOf(before, test, REST) },
      { name: FORGOTTEN_AFTER, value: accuracyOf(after, test, [FORGOTTEN]) },
      { name: REST_AFTER, value: accuracyOf(after, test, REST) },
      { name: PROBE, value: probeCore(context, network) },
    ],
  };
}

/**
 * How well sevens can be told again from what the core's hidden units say, 0..1: the mean of the shares of sevens and of
 * other digits that a probe gets right, fitted on 1,000 digits that the network has not seen.
 */
function probeCore({ tf, seed }: EvaluationContext, network: tfjs.LayersModel): number {
  const core = tf.model({ inputs: network.inputs, outputs: network.getLayer("core/hidden").output });
  const features = (digits: Digits): tfjs.Tensor2D => core.predict(pixelTensor(tf, digits)) as tfjs.Tensor2D;
  const sevenOrNot = (digits: Digits): Digits => ({
    ...digits,
    labels: digits.labels.map((label) => (label === FORGOTTEN ? 1 : 0)),
  });
  const fitting = sevenOrNot(takeDigits(readDigits("training"), { first: 30_000, count: 1000 }));
  const asking = sevenOrNot(readDigits("test"));
  const answers = tf.tidy(() =>
    probe(tf, {
      seed,
      fitting: features(fitting),
      targets: oneHot(tf, fitting.labels),
      asking: features(asking),
    }),
  );
  return (accuracyOf(answers, asking, [0]) + accuracyOf(answers, asking, [1])) / 2;
}

export function compareForgetting(governed: Evaluation, ungoverned: Evaluation): string {
  return (
    `Without the extra units the governed network tells ${percentOf(governed, FORGOTTEN_AFTER)} of the sevens and ` +
    `${percentOf(governed, REST_AFTER)} of the other digits; the ungoverned one, of which the same units are taken out, ` +
    `${percentOf(ungoverned, FORGOTTEN_AFTER)} and ${percentOf(ungoverned, REST_AFTER)}. Before, it was ` +
    `${percentOf(governed, FORGOTTEN_BEFORE)} and ${percentOf(governed, REST_BEFORE)} against ` +
    `${percentOf(ungoverned, FORGOTTEN_BEFORE)} and ${percentOf(ungoverned, REST_BEFORE)}.`
  );
}
