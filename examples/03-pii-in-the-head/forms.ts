/** Forms made of two handwritten digits: what is written in the field, and one that stands for the photo of a person. */
import type * as tfjs from "@tensorflow/tfjs";
import { CLASSES, oneHot, PIXELS, readDigits, type Digits, type Split } from "../mnist.ts";

/** Half of MNIST's height and width, by the mean of four pixels. */
const SIDE = 14;
const PICTURE = SIDE * SIDE;

/** The pixels of the field, then those of the photo. */
export const FORM_PIXELS = 2 * PICTURE;

export interface Forms {
  /** `count · 392` grey levels in 0..1; the second half of a form without a photo is 0. */
  readonly pixels: Float32Array;
  /** What the field says, 0..9. */
  readonly labels: readonly number[];
  /** Which of ten groups the person belongs to; undefined where there is no photo. */
  readonly persons: readonly (number | undefined)[];
}

export interface FormRows {
  readonly split: Split;
  readonly count: number;
  /** The row of the digit in the first form's field, and of that in its photo. */
  readonly fields: number;
  readonly photos: number;
  /** Which forms have a photo, by their place among the forms. */
  readonly hasPhoto: (place: number) => boolean;
}

export function makeForms({ split, count, fields, photos, hasPhoto }: FormRows): Forms {
  const digits = readDigits(split);
  const places = Array.from({ length: count }, (_, place) => place);
  const pixels = new Float32Array(count * FORM_PIXELS);
  for (const place of places) {
    drawSmall(pixels, place * FORM_PIXELS, digits, fields + place);
    if (hasPhoto(place)) drawSmall(pixels, place * FORM_PIXELS + PICTURE, digits, photos + place);
  }
  return {
    pixels,
    labels: places.map((place) => digits.labels[fields + place] ?? 0),
    persons: places.map((place) => (hasPhoto(place) ? digits.labels[photos + place] : undefined)),
  };
}

/** `[count, 392]`. */
export function formTensor(tf: typeof tfjs, { pixels, labels }: Forms): tfjs.Tensor2D {
  return tf.tensor2d(pixels, [labels.length, FORM_PIXELS]);
}

/** `[count, 10]`; a row of zeros where there is no photo: such a form asks nothing of the head for persons. */
export function personTensor(tf: typeof tfjs, { persons }: Forms): tfjs.Tensor2D {
  return oneHot(
    tf,
    persons.map((person) => person ?? CLASSES),
  );
}

function drawSmall(target: Float32Array, start: number, digits: Digits, row: number): void {
  for (let place = 0; place < PICTURE; place += 1) {
    const corner = row * PIXELS + 2 * Math.floor(place / SIDE) * 2 * SIDE + 2 * (place % SIDE);
    const four = [corner, corner + 1, corner + 2 * SIDE, corner + 2 * SIDE + 1];
    target[start + place] = four.reduce((sum, pixel) => sum + (digits.pixels[pixel] ?? 0), 0) / 4;
  }
}
