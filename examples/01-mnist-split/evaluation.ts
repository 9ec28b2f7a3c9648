/**
 * What each half of the code knows about its own digits and about the other half's, measured on the test set by what
 * its certificate can rebuild.
 */
import type * as tfjs from "@tensorflow/tfjs";
import type { Evaluation, Figure } from "strata-gov";
import { valueOf } from "../figures.ts";
import { PIXELS, type Digits } from "../mnist.ts";
import type { SplitAutoencoder } from "./network.ts";

type Tf = typeof tfjs;

const ERRORS = ["MSE", "MAE"] as const;
type ErrorKind = (typeof ERRORS)[number];

/** Who answers: a certificate, the decoder that reads the whole code, or the constant mean. */
const ANSWERS = ["top", "bottom", "decoder", "floor"] as const;
type Answer = (typeof ANSWERS)[number];

/** Digits 0-4 and digits 5-9. */
type Group = "low" | "high";

/** Mean error of a pixel, in grey levels of 0..1. */
type ErrorByGroup = Readonly<Record<Group, number>>;

const BATCH = 1000;

/**
 * The off-target to on-target ratio of a half is its certificate's error on the digits that the half is not for,
 * divided by that on the digits it is for. The contrast is √(ratio of top · ratio of bottom), from which it cancels
 * that one group of digits is harder to draw; 1 means that both halves know both groups alike. The floor is the error
 * of answering every digit with the mean of the training digits, which takes no code at all.
 */
export function evaluateSplit(tf: Tf, network: SplitAutoencoder, training: Digits, test: Digits): Evaluation {
  const { top, bottom, decoder, floor } = measureErrors(tf, network, test, meanDigit(training));
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
        name: decoderName(kind),
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
  const [contrast, without] = [governed, ungoverned].map((own) =>
    valueOf(own, contrastName("MSE")).toFixed(2),
  );
  const [price, free] = [governed, ungoverned].map((own) => valueOf(own, decoderName("MSE")).toFixed(4));
  return (
    `Under the policy a half of the code rebuilds the digits that it was kept from with ${contrast ?? ""} times the ` +
    `squared error of its own digits; without it with ${without ?? ""} times, where 1 means that both halves know all ` +
    `digits alike: which half learnt which digits was decided by the policy. The price is paid by the decoder that ` +
    `reads both halves: its squared error is ${price ?? ""}, and ${free ?? ""} without the policy.`
  );
}

function decoderName(kind: ErrorKind): string {
  return `${kind} of the decoder, which reads both halves`;
}

function contrastName(kind: ErrorKind): string {
  return `${kind} contrast, √(top · bottom)`;
}

type Errors = Readonly<Record<Answer, Readonly<Record<ErrorKind, ErrorByGroup>>>>;

function measureErrors(tf: Tf, network: SplitAutoencoder, test: Digits, meanDigit: Float32Array): Errors {
  const none = (): Record<ErrorKind, Record<Group, number>> => ({
    MSE: { low: 0, high: 0 },
    MAE: { low: 0, high: 0 },
  });
  const errors = { top: none(), bottom: none(), decoder: none(), floor: none() };
  const groups = Array.from(test.labels, (label): Group => (label <= 4 ? "low" : "high"));
  const size = {
    low: groups.filter((group) => group === "low").length,
    high: groups.filter((group) => group === "high").length,
  };
  for (let start = 0; start < test.count; start += BATCH) {
    const count = Math.min(BATCH, test.count - start);
    tf.tidy(() => {
      const digits = tf.tensor2d(test.pixels.subarray(start * PIXELS, (start + count) * PIXELS), [
        count,
        PIXELS,
      ]);
      const answers = { ...network.rebuild(digits), floor: tf.tensor2d(meanDigit, [1, PIXELS]) };
      for (const answer of ANSWERS) {
        const difference = answers[answer].sub(digits);
        const perDigit = {
          MSE: difference.square().mean(1).dataSync(),
          MAE: difference.abs().mean(1).dataSync(),
        };
        for (const kind of ERRORS) {
          perDigit[kind].forEach((error, row) => {
            const group = groups[start + row] ?? "low";
            errors[answer][kind][group] += error / size[group];
          });
        }
      }
    });
  }
  return errors;
}

function meanDigit(digits: Digits): Float32Array {
  const sums = new Float64Array(PIXELS);
  for (let start = 0; start < digits.pixels.length; start += PIXELS) {
    for (let pixel = 0; pixel < PIXELS; pixel += 1) {
      sums[pixel] = (sums[pixel] ?? 0) + (digits.pixels[start + pixel] ?? 0);
    }
  }
  return Float32Array.from(sums, (sum) => sum / digits.count);
}
