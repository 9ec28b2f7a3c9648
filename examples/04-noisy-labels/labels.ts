/** Digits of which a part has a wrong label. */
import { createHash } from "node:crypto";
import { CLASSES, readDigits, takeDigits, type Digits } from "../mnist.ts";

/** The digits that are learnt from, the first of MNIST's. */
const TRAINING = { first: 0, count: 8000 } as const;

/** The share of labels that are changed. */
const FLIPPED_SHARE = 0.4;

export interface LabelledDigits {
  readonly ids: readonly string[];
  /** With their true labels. */
  readonly digits: Digits;
  /** The labels that they are given: equal to the true ones but for two in five. */
  readonly given: Uint8Array;
}

/**
 * Whether a label is changed, and to which of the nine others, is drawn from the hash of the digit's id: the same in every
 * run, and nothing that the digit shows.
 */
export function labelledDigits(): LabelledDigits {
  const digits = takeDigits(readDigits("training"), TRAINING);
  const ids = Array.from(digits.labels, (_, row) => `training-${TRAINING.first + row}`);
  const given = digits.labels.map((label, row) => {
    const hash = createHash("sha256")
      .update(ids[row] ?? "")
      .digest();
    const isFlipped = hash.readUInt32BE(0) / 2 ** 32 < FLIPPED_SHARE;
    return isFlipped ? (label + 1 + (hash.readUInt32BE(4) % (CLASSES - 1))) % CLASSES : label;
  });
  return { ids, digits, given };
}
