/**
 * A checkpoint as bytes: the length of its head in 8 bytes, the head in JSON, and then the numbers of its tensors, all
 * little-endian. Numbers of the head that JSON cannot hold are written as `{"number": "NaN"}`.
 */
import type { RunState } from "./run-state.ts";
import type { Snapshot, StoredTensor } from "./snapshot.ts";

const FORMAT = "strata-checkpoint/1";

interface Head {
  readonly format: string;
  readonly state: Omit<RunState, "model" | "lastGood">;
  readonly snapshots: readonly {
    readonly clock?: RunState["stepper"]["clock"];
    readonly iterations: number;
    readonly tensors: readonly Omit<StoredTensor, "values">[];
  }[];
}

export function encodeRunState({ model, lastGood, ...state }: RunState): Uint8Array {
  const snapshots: readonly (Head["snapshots"][number] & { readonly snapshot: Snapshot })[] = [
    describe(model),
    ...(lastGood === undefined ? [] : [{ ...describe(lastGood.model), clock: lastGood.clock }]),
  ];
  const head: Head = { format: FORMAT, state, snapshots: snapshots.map(({ snapshot: _, ...rest }) => rest) };
  const text = new TextEncoder().encode(JSON.stringify(head, protectNumber));
  // Arrays of numbers begin at multiples of their size.
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const arrays = snapshots.flatMap(({ snapshot }) => snapshot.tensors.map(({ values }) => values));
  const bytes = new Uint8Array(start + arrays.reduce((sum, { byteLength }) => sum + padded(byteLength), 0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let offset = start;
  for (const values of arrays) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += padded(values.byteLength);
  }
  return bytes;
}

/** Undefined where the bytes are no checkpoint that this version reads. */
export function decodeRunState(bytes: Uint8Array): RunState | undefined {
  // A copy with a buffer of its own: Node reads small files into a shared one, and its `slice` is a view.
  const whole = new Uint8Array(bytes);
  const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
  if (!Number.isSafeInteger(length) || 8 + length > whole.length) return undefined;
  const text = new TextDecoder().decode(whole.subarray(8, 8 + length));
  if (!text.startsWith(`{"format":"${FORMAT}"`)) return undefined;
  const head = JSON.parse(text, reviveNumber) as Head;
  let offset = 8 + Math.ceil(length / 8) * 8;
  const snapshots = head.snapshots.map(({ iterations, tensors, clock }) => ({
    clock,
    model: {
      iterations,
      tensors: tensors.map((tensor): StoredTensor => {
        const size = tensor.shape.reduce((product, count) => product * count, 1);
        const values = new ARRAYS[tensor.dtype](whole.buffer, offset, size);
        offset += padded(values.byteLength);
        return { ...tensor, values };
      }),
    },
  }));
  const [own, good] = snapshots;
  if (own === undefined) return undefined;
  return {
    ...head.state,
    model: own.model,
    ...(good?.clock === undefined ? {} : { lastGood: { clock: good.clock, model: good.model } }),
  };
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function describe(snapshot: Snapshot): Head["snapshots"][number] & { readonly snapshot: Snapshot } {
  const { iterations, tensors } = snapshot;
  return { snapshot, iterations, tensors: tensors.map(({ values: _, ...rest }) => rest) };
}

function protectNumber(_: string, value: unknown): unknown {
  return typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? { number: Object.is(value, -0) ? "-0" : String(value) }
    : value;
}

function reviveNumber(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) return value;
  return "number" in value && typeof value.number === "string" ? Number(value.number) : value;
}
