/**
 * What each half of the code knows about its own digits and about the other half's, measured on the test set by what
 * its certificate can rebuild.
 */
import type * as tfjs from "@tensorflow/tfjs";
import type { Evaluation, Figure } from "../../src/runtime/experiment.ts";
import { PIXELS, type Digits } from "./mnist.ts";
import type { SplitAutoencoder } from "./network.ts";

type Tf = typeof tfjs;

const ERRORS = ["MSE", "MAE"] as const;
type ErrorKind = (typeof ERRORS)[number];

/** Mean error of a pixel of the digits 0-4 and of the digits 5-9, in grey levels of 0..1. */
interface ErrorByGroup {
  readonly low: number;
  readonly high: number;
}

const BATCH = 1000;

/**
 * The off-target to on-target ratio of a half is its certificate's error on the digits that the half is not for,
 * divided by that on the digits it is for. The contrast is √(ratio of top · ratio of bottom), from which it cancels
 * that one group of digits is harder to draw; 1 means that both halves know both groups alike. The floor is the error
 * of answering every digit with the mean of the training digits, which takes no code at all.
 */
export function evaluateSplit(tf: Tf, network: SplitAutoencoder, training: Digits, test: Digits): Evaluation {
  const mean = tf.tensor2d(meanDigit(training), [1, PIXELS]);
  const measure = (
    rebuild: (digits: tfjs.Tensor2D) => tfjs.Tensor2D,
  ): Readonly<Record<ErrorKind, ErrorByGroup>> => measureErrors(tf, test, rebuild);
  const top = measure((digits) => network.certify(digits, "top"));
  const bottom = measure((digits) => network.certify(digits, "bottom"));
  const decoder = measure((digits) => network.reconstruct(digits));
  const floor = measure(() => mean.clone());
  mean.dispose();

  const figures = ERRORS.flatMap((kind): Figure[] => {
    const ratios = { top: top[kind].high / top[kind].low, bottom: bottom[kind].low / bottom[kind].high };
    return [
      { name: `${kind} of top on 0-4 (its own)`, value: top[kind].low },
      { name: `${kind} of top on 5-9`, value: top[kind].high },
      { name: `${kind} of bottom on 5-9 (its own)`, value: bottom[kind].high },
      { name: `${kind} of bottom on 0-4`, value: bottom[kind].low },
      { name: `${kind} of the constant mean on 0-4`, value: floor[kind].low },
      { name: `${kind} of the constant mean on 5-9`, value: floor[kind].high },
      {
        name: `${kind} of the decoder, which reads both halves`,
        value: (decoder[kind].low + decoder[kind].high) / 2,
      },
      { name: `${kind} off-target / on-target, top`, value: ratios.top },
      { name: `${kind} off-target / on-target, bottom`, value: ratios.bottom },
      { name: contrastName(kind), value: Math.sqrt(ratios.top * ratios.bottom) },
    ];
  });
  return { figures };
}

/** Both runs in two sentences: what the policy did, and what it cost. */
export function compareSplits(governed: Evaluation, ungoverned: Evaluation): string {
  const contrasts = [governed, ungoverned].map((evaluation) =>
    valueOf(evaluation, contrastName("MSE")).toFixed(2),
  );
  return (
    `Under the policy a half of the code rebuilds the digits that it was kept from with ${contrasts[0] ?? ""} times the ` +
    `squared error of its own digits; without the policy with ${contrasts[1] ?? ""} times, where 1 means that both halves ` +
    `know all digits alike. Which half learnt which digits was decided by the policy, not by the network.`
  );
}

export function contrastName(kind: ErrorKind): string {
  return `${kind} contrast, √(top · bottom)`;
}

export function valueOf(evaluation: Evaluation, name: string): number {
  const figure = evaluation.figures.find((candidate) => candidate.name === name);
  if (figure === undefined) throw new Error(`the evaluation has no figure named ${name}`);
  return figure.value;
}

function measureErrors(
  tf: Tf,
  test: Digits,
  rebuild: (digits: tfjs.Tensor2D) => tfjs.Tensor2D,
): Readonly<Record<ErrorKind, ErrorByGroup>> {
  const sums = { MSE: { low: 0, high: 0 }, MAE: { low: 0, high: 0 } };
  const counts = { low: 0, high: 0 };
  for (let start = 0; start < test.count; start += BATCH) {
    const labels = test.labels.subarray(start, start + BATCH);
    const [squared, absolute] = tf.tidy(() => {
      const pixels = test.pixels.subarray(start * PIXELS, (start + labels.length) * PIXELS);
      const digits = tf.tensor2d(pixels, [labels.length, PIXELS]);
      const difference = rebuild(digits).sub(digits);
      return [difference.square().mean(1).dataSync(), difference.abs().mean(1).dataSync()];
    });
    labels.forEach((label, row) => {
      const group = label <= 4 ? "low" : "high";
      counts[group] += 1;
      sums.MSE[group] += squared?.[row] ?? Number.NaN;
      sums.MAE[group] += absolute?.[row] ?? Number.NaN;
    });
  }
  const mean = (kind: ErrorKind): ErrorByGroup => ({
    low: sums[kind].low / counts.low,
    high: sums[kind].high / counts.high,
  });
  return { MSE: mean("MSE"), MAE: mean("MAE") };
}

function meanDigit(digits: Digits): Float32Array {
  const sums = new Float64Array(PIXELS);
  for (let index = 0; index < digits.pixels.length; index += 1) {
    const pixel = index % PIXELS;
    sums[pixel] = (sums[pixel] ?? 0) + (digits.pixels[index] ?? 0);
  }
  return Float32Array.from(sums, (sum) => sum / digits.count);
}
