/** What the rewritten nodes of one pass share: masks as tensors, errors that are masked already, what is captured. */
import * as tf from "@tensorflow/tfjs";
import type { CapturedEntry } from "./capture.ts";
import { multiplyOverlay, sameOverlay, type Overlay } from "./place.ts";

export interface Workshop {
  /** An overlay's numbers as a tensor of this shape, made once. */
  readonly tensorOf: (values: Float32Array, shape: number[]) => tf.Tensor;
  /**
   * The error with the overlays laid over it, made once for all that ask in a row, the product of a layer and the
   * addition of its bias. It lives until another error is asked about.
   */
  readonly masked: (error: tf.Tensor, overlays: readonly Overlay[]) => tf.Tensor;
  /** That an error holds the numbers of another one, where a backend may have copied them. */
  readonly note: (error: tf.Tensor, original: tf.Tensor) => void;
  readonly captured: (variable: number, entry: CapturedEntry) => void;
}

/** @param held Takes what is to be disposed when the pass is over. */
export function createWorkshop(held: tf.Tensor[], captured: ReadonlyMap<number, CapturedEntry[]>): Workshop {
  const masks = new Map<Float32Array, tf.Tensor[]>();
  const hold = (tensor: tf.Tensor): tf.Tensor => {
    held.push(tf.keep(tensor));
    return tensor;
  };
  const tensorOf: Workshop["tensorOf"] = (values, shape) => {
    const known = masks.get(values) ?? [];
    masks.set(values, known);
    const found = known.find((tensor) => tf.util.arraysEqual(tensor.shape, shape));
    if (found !== undefined) return found;
    const made = hold(tf.tensor(values, shape));
    known.push(made);
    return made;
  };
  let last: MaskedError[] = [];
  const originals = new WeakMap<tf.Tensor["dataId"], tf.Tensor["dataId"]>();
  const originalOf = (error: tf.Tensor): tf.Tensor["dataId"] => originals.get(error.dataId) ?? error.dataId;
  return {
    tensorOf,
    masked: (error, overlays) => {
      if (overlays.length === 0) return error;
      const dataId = originalOf(error);
      if (last[0]?.dataId !== dataId) {
        tf.dispose(last.map(({ tensor }) => tensor));
        last = [];
      }
      const found = last.find(
        (one) =>
          tf.util.arraysEqual(one.tensor.shape, error.shape) &&
          one.overlays.length === overlays.length &&
          one.overlays.every((overlay, index) => {
            const other = overlays[index];
            return other !== undefined && sameOverlay(overlay, other);
          }),
      );
      if (found !== undefined) return found.tensor;
      const tensor = hold(tf.tidy(() => applyOverlays(error, overlays, { tensorOf })));
      last.push({ dataId, overlays, tensor });
      return tensor;
    },
    note: (error, original) => void originals.set(error.dataId, originalOf(original)),
    captured: (variable, entry) => {
      const entries = captured.get(variable);
      if (entry.kind !== "gradients") return void entries?.push(entry);
      // A recurrent layer uses its weights in every step of a sequence: what has their size is kept once.
      const before = entries?.findIndex(({ kind }) => kind === "gradients") ?? -1;
      const [known] = before < 0 ? [] : (entries?.splice(before, 1) ?? []);
      if (known?.kind !== "gradients") return void entries?.push(entry);
      const gradients = tf.keep(tf.add(known.gradients, entry.gradients));
      tf.dispose([known.gradients, entry.gradients]);
      entries?.push({ kind: "gradients", gradients });
    },
  };
}

interface MaskedError {
  /** Of the error: handles that share their numbers share their masked ones. */
  readonly dataId: tf.Tensor["dataId"];
  readonly overlays: readonly Overlay[];
  readonly tensor: tf.Tensor;
}

export function applyOverlays(
  tensor: tf.Tensor,
  overlays: readonly Overlay[],
  { tensorOf }: Pick<Workshop, "tensorOf">,
): tf.Tensor {
  return overlays.reduce(
    (rest, overlay) => multiplyOverlay(rest, overlay, (shape) => tensorOf(overlay.values, shape)),
    tensor,
  );
}
