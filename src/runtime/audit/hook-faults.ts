/** Mistakes in the hooks: the table of weights is right, and what is laid over the gradients is not. */
import * as tf from "@tensorflow/tfjs";
import type { PlanParameter } from "../../lower/tfjs/plan.ts";
import type { SegmentWeightTable } from "../assertions.ts";
import { capturedGradient } from "../captured-gradient.ts";
import type { Mechanisms } from "../mechanisms.ts";
import { AttributionError } from "../tape/attribution-error.ts";
import type { DetachMask } from "../tape/detach.ts";
import type { CapturedEntry, CapturedVariable } from "../tape/capture.ts";
import type { GovernedGradients, GradientRequest } from "../tape/gradients.ts";
import { turned } from "./cohort-faults.ts";
import type { Fault, Planting } from "./fault.ts";

type Weight = SegmentWeightTable[number][number];

export const HOOK_FAULTS: readonly Fault[] = [
  {
    name: "dropped masks",
    what: "no weight reaches the tape: every example teaches everything in full",
    needs: "a weight other than 1",
    plant: (planting) => withMasks(planting, () => 1),
  },
  {
    name: "mask dropped on one parameter",
    what: "the weights do not reach the first parameter that has any",
    needs: "a weight other than 1",
    plant: (planting: Planting): Mechanisms => {
      const first = planting.plan.parameters.findIndex(isRuled);
      return withMasks(planting, (weight, { parameter }) => (parameter === first ? 1 : weight));
    },
  },
  {
    name: "unmasked bias",
    what: "biases learn from every example, as if no rule spoke about them",
    needs: "a bias with a weight other than 1",
    plant: (planting) => withMasks(planting, (weight, { role }) => (role === "bias" ? 1 : weight)),
  },
  {
    name: "unmasked kernel",
    what: "only biases are masked",
    needs: "a parameter that is no bias, with a weight other than 1",
    plant: (planting) => withMasks(planting, (weight, { role }) => (role === "bias" ? weight : 1)),
  },
  {
    name: "transposed mask",
    what: "the rows of the mask are read from the last to the first",
    needs: "weights that tell examples of a batch apart",
    plant: (planting) =>
      withMasks(planting, (weight) => (typeof weight === "number" ? weight : weight.toReversed())),
  },
  {
    name: "mask off by one row",
    what: "each example gets the weight of the next one",
    needs: "weights that tell examples of a batch apart",
    plant: (planting) =>
      withMasks(planting, (weight) => (typeof weight === "number" ? weight : turned(weight))),
  },
  {
    name: "rows in another order after a reshape",
    what: "the rows of [B, …] are taken for those of […, B]",
    needs: "weights that tell examples of a batch apart",
    plant: (planting) =>
      withMasks(planting, (weight) => (typeof weight === "number" ? weight : interleaved(weight))),
  },
  {
    name: "mask of the previous batch",
    what: "the masks of the step before are used again",
    needs: "weights that differ between two batches of one size",
    plant: (planting: Planting): Mechanisms => {
      let before: readonly (readonly Weight[])[] = [];
      return withTables(planting, (table) => {
        const stale = before;
        before = table;
        return table.map((segments, index) =>
          segments.map((weight, segment) => {
            const old = stale[index]?.[segment];
            const fits =
              typeof weight === "number" || typeof old === "number" || old?.length === weight.length;
            return old !== undefined && fits ? old : weight;
          }),
        );
      });
    },
  },
  {
    name: "mean over the permitted",
    what: "the loss is averaged over the examples that may teach rather than over the batch",
    needs: "a parameter that some examples of a batch may teach and others may not",
    plant: (planting) =>
      withMasks(planting, (weight) => {
        if (typeof weight === "number") return weight;
        const permitted = weight.filter((value) => value > 0).length;
        return permitted === 0 ? weight : weight.map((value) => (value * weight.length) / permitted);
      }),
  },
  {
    name: "slices of units swapped",
    what: "each slice of a layer's units gets the weights of another one",
    needs: "a layer whose units have different weights",
    plant: (planting) => withTables(planting, (table) => table.map((segments) => segments.toReversed())),
  },
  {
    name: "slice of units shifted",
    what: "a slice of a layer's units begins and ends one unit too late",
    needs: "a layer whose units have different weights",
    plant: (planting: Planting): Mechanisms =>
      withRequest(planting, (request) => ({
        ...request,
        variables: request.variables.map(({ variable, plan }) => ({ variable, plan: shifted(plan) })),
      })),
  },
  {
    name: "detach ignored",
    what: "the error of detached examples goes on past the band",
    needs: "a detach in force, with one of its examples in the batch",
    plant: (planting) => withDetaches(planting, () => []),
  },
  {
    name: "detach of the others",
    what: "those whose error should flow are cut off, and the others are not",
    needs: "a detach in force, with one of its examples in the batch",
    plant: (planting) =>
      withDetaches(planting, (masks) =>
        masks.map((mask) => ({ ...mask, keep: mask.keep.map((value) => 1 - value) })),
      ),
  },
  {
    name: "detach that leaks",
    what: "a tenth of the error of detached examples goes on past the band",
    needs: "a detach in force, with one of its examples in the batch",
    plant: (planting) =>
      withDetaches(planting, (masks) =>
        masks.map((mask) => ({ ...mask, keep: mask.keep.map((value) => (value === 0 ? 0.1 : value)) })),
      ),
  },
  {
    name: "gradient of the previous batch",
    what: "the first parameter is updated by the gradient of the step before",
    needs: "two steps",
    plant: ({ sound, planted }: Planting): Mechanisms => {
      let before: tf.Tensor | undefined;
      return {
        ...sound,
        governedGradients: (request) => {
          const found = sound.governedGradients(request);
          const index = found.gradients.findIndex((gradient) => gradient !== null);
          const own = found.gradients[index];
          if (!own) return found;
          const stale = before;
          before = tf.keep(own.clone());
          if (stale?.shape.join() !== own.shape.join()) return found;
          planted();
          return replacing(found, index, stale);
        },
      };
    },
  },
  {
    name: "gradients swapped",
    what: "two parameters of one shape get each other's gradients",
    needs: "two parameters of one shape",
    plant: ({ sound, planted }) => ({
      ...sound,
      governedGradients: (request) => {
        const found = sound.governedGradients(request);
        const shapes = found.gradients.map((gradient) => gradient?.shape.join());
        const one = shapes.findIndex(
          (shape, index) => shape !== undefined && shapes.indexOf(shape, index + 1) > 0,
        );
        const other = one < 0 ? -1 : shapes.indexOf(shapes[one], one + 1);
        if (other < 0) return found;
        planted();
        const gradients = found.gradients.map(
          (gradient, index) =>
            found.gradients[index === one ? other : index === other ? one : index] ?? gradient,
        );
        return { ...found, gradients };
      },
    }),
  },
  {
    name: "second use of a shared weight missed",
    what: "where layers share a weight, only its first use is masked",
    needs: "a weight that layers share, with weights that tell examples apart",
    plant: missSecondUse,
  },
];

function isRuled({ segments }: PlanParameter): boolean {
  return segments.some(({ rules }) => rules.length > 0);
}

interface MaskPlace {
  readonly parameter: number;
  readonly role: string;
}

function withMasks(planting: Planting, distort: (weight: Weight, place: MaskPlace) => Weight): Mechanisms {
  return withTables(planting, (table) =>
    table.map((segments, parameter) =>
      segments.map((weight) =>
        distort(weight, { parameter, role: planting.plan.parameters[parameter]?.role ?? "" }),
      ),
    ),
  );
}

function withTables(
  planting: Planting,
  distort: (table: SegmentWeightTable) => SegmentWeightTable,
): Mechanisms {
  return withRequest(planting, (request) => {
    const wrong = once(() => ({ weights: distort(request.weights().weights) }));
    return { ...request, weights: wrong };
  });
}

function withDetaches(
  planting: Planting,
  distort: (masks: readonly DetachMask[]) => readonly DetachMask[],
): Mechanisms {
  return withRequest(planting, (request) => ({
    ...request,
    detaches: () => distort(request.detaches?.() ?? []),
  }));
}

/** The pass is made twice, as it should be and as it is asked for: a mistake counts where the gradients differ. */
function withRequest(
  { sound, planted }: Planting,
  distort: (request: GradientRequest) => GradientRequest,
): Mechanisms {
  return {
    ...sound,
    governedGradients: (request) => {
      const right = sound.governedGradients({ ...request, capture: [], welcome: [] });
      const wrong = sound.governedGradients(distort(request));
      if (right.gradients.some((gradient, index) => areApart(gradient, wrong.gradients[index] ?? null)))
        planted();
      tf.dispose([right.loss, ...right.gradients] as tf.TensorContainer);
      return wrong;
    },
  };
}

/** By more than two roundings of the largest number. */
function areApart(one: tf.Tensor | null, other: tf.Tensor | null): boolean {
  return tf.tidy(() => {
    const [left, right] = [one ?? tf.scalar(0), other ?? tf.scalar(0)];
    const apart = tf.max(tf.abs(tf.sub(left, right))).dataSync()[0] ?? 0;
    const largest = tf.maximum(tf.max(tf.abs(left)), tf.max(tf.abs(right))).dataSync()[0] ?? 0;
    return apart > 1e-6 * largest;
  }) as unknown as boolean;
}

function once<T>(compute: () => T): () => T {
  const known: T[] = [];
  return () => {
    if (known.length === 0) known.push(compute());
    return known[0] as T;
  };
}

/** As if B rows were a table of two columns that is read the other way. */
function interleaved(weights: Float32Array): Float32Array {
  const half = Math.ceil(weights.length / 2);
  return weights.map((_, row) => weights[(row % 2) * half + (row >> 1)] ?? weights[row] ?? 0);
}

/** The first border between slices one unit further on. */
function shifted(parameter: PlanParameter): PlanParameter {
  const [first, second, ...rest] = parameter.segments;
  if (first === undefined || second === undefined || first.units === "whole" || second.units === "whole")
    return parameter;
  // A slice of one unit would be gone.
  if (second.units.low === second.units.high) return parameter;
  return {
    ...parameter,
    segments: [
      { ...first, units: { ...first.units, high: first.units.high + 1 } },
      { ...second, units: { ...second.units, low: second.units.low + 1 } },
      ...rest,
    ],
  };
}

function replacing(found: GovernedGradients, index: number, gradient: tf.Tensor): GovernedGradients {
  found.gradients[index]?.dispose();
  return { ...found, gradients: found.gradients.map((own, at) => (at === index ? gradient : own)) };
}

/** What the second use teaches is added in full where the mask left out a part of it. */
function missSecondUse({ sound, planted }: Planting): Mechanisms {
  return {
    ...sound,
    governedGradients: (request) => {
      const ruled = request.variables.flatMap(({ plan }, index) =>
        isRuled(plan) && plan.segments.length === 1 ? [index] : [],
      );
      const found = capturing(request, ruled, sound);
      for (const index of ruled) {
        const captured = found.captured[index];
        const second = captured?.entries[1];
        const weight = request.weights().weights[index]?.[0];
        const own = found.gradients[index];
        if (!captured || second === undefined || !own || weight === undefined || typeof weight === "number")
          continue;
        const leaked = tf.tidy(() =>
          tf.add(own, capturedGradient({ ...captured, entries: [withErrors(second, captured, weight)] })),
        );
        if (areApart(own, leaked)) planted();
        return replacing(found, index, leaked);
      }
      return found;
    },
  };
}

/** With what single examples teach, where that can be had of all these variables. */
function capturing(
  request: GradientRequest,
  variables: readonly number[],
  { governedGradients }: Mechanisms,
): GovernedGradients {
  try {
    const capture = [...new Set([...(request.capture ?? []), ...variables])];
    return governedGradients({ ...request, capture });
  } catch (error) {
    if (!(error instanceof AttributionError)) throw error;
    return governedGradients(request);
  }
}

function withErrors(
  entry: CapturedEntry,
  { batchSize }: CapturedVariable,
  weight: Float32Array,
): CapturedEntry {
  const known = entry.kind === "gradients" ? entry.gradients : entry.error;
  const shape = [batchSize, known.size / batchSize];
  const withheld = tf.tensor2d(
    weight.map((value) => 1 - value),
    [batchSize, 1],
  );
  const weighed = tf.reshape(tf.mul(tf.reshape(known, shape), withheld), known.shape);
  // The same kind of entry, with other numbers of the same shape.
  return {
    ...entry,
    ...(entry.kind === "gradients" ? { gradients: weighed } : { error: weighed }),
  } as CapturedEntry;
}
