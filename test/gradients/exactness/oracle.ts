/**
 * The slow road to governed gradients, which shares nothing with the runtime: one forward and one backward pass of
 * stock tfjs for each example, alone in its batch, each gradient multiplied by the example's weights, and summed.
 *
 * Detach is built into the example's own forward pass. A number may be looked at in several ways: plainly, or from
 * inside a band, and then what is not the band's own lets no signal through. A unit of a band looks at its inputs from
 * inside all the bands that hold it; so a signal that leaves a band ends, and one that stays in it goes on. A sum
 * between two layers of a band belongs to it like a layer, in the units that come from the band on either side.
 */
import * as tf from "@tensorflow/tfjs";
import {
  ACTIVATIONS,
  isLearning,
  lossesOf,
  runStage,
  type LearningStage,
  type Network,
  type Stage,
} from "./networks.ts";

export interface OracleExample {
  /** `[1, ...]` */
  readonly input: tf.Tensor;
  readonly target: tf.Tensor;
  readonly weigh: (layer: string, unit: number) => number;
  /** What the bands hold at which its signal is cut. */
  readonly cuts: readonly ((layer: string, unit: number) => boolean)[];
}

/** By `layer/role`. */
export type NamedTensors = ReadonlyMap<string, tf.Variable>;

export function oracleGradients(
  network: Network,
  variables: NamedTensors,
  examples: readonly OracleExample[],
): ReadonlyMap<string, Float64Array> {
  const sums = new Map(
    [...variables].map(([name, variable]) => [name, new Float64Array(variable.size)] as const),
  );
  const share = network.reduction === "mean" ? 1 / examples.length : 1;
  for (const example of examples)
    for (const [name, gradient] of exampleGradients(network, variables, example)) {
      const layer = name.slice(0, name.lastIndexOf("/"));
      const units = variables.get(name)?.shape.at(-1) ?? 1;
      const sum = sums.get(name) ?? new Float64Array();
      gradient.forEach((value, index) => {
        sum[index] = (sum[index] ?? 0) + share * example.weigh(layer, index % units) * value;
      });
    }
  return sums;
}

function exampleGradients(
  network: Network,
  variables: NamedTensors,
  { input, target, cuts }: OracleExample,
): ReadonlyMap<string, Float32Array> {
  const gradients = new Map<string, Float32Array>();
  tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      let x = lookAt(input, cuts.length);
      network.stages.forEach((stage, index) => {
        if (!isLearning(stage)) {
          x = { look: mapLook(x.look, (tensor) => runStage(stage, tensor, variables).before), owners: [] };
          return;
        }
        const own = learn(stage, x, variables, cuts);
        x = stage.hasSkip ? join(own, x, bandsAhead(network.stages.slice(index + 1), cuts)) : own;
      });
      return tf.sum(lossesOf(network, target, x.look([])));
    }, [...variables.values()]);
    for (const [name, variable] of variables) {
      const gradient = grads[variable.name];
      if (gradient !== undefined) gradients.set(name, Float32Array.from(gradient.dataSync()));
    }
  });
  return gradients;
}

/** A tensor as it is seen from inside the bands with these numbers. */
type Look = (inside: readonly number[]) => tf.Tensor;

interface Sight {
  readonly look: Look;
  /** For each unit the bands that it belongs to; none is known where there are no units. */
  readonly owners: readonly (readonly number[])[];
}

function lookAt(input: tf.Tensor, bands: number): Sight {
  const stopped = bands === 0 ? input : stopSignal(input);
  return { look: (inside) => (inside.length === 0 ? input : stopped), owners: [] };
}

function mapLook(look: Look, map: (tensor: tf.Tensor) => tf.Tensor): Look {
  return remember((inside) => map(look(inside)));
}

function remember(look: Look): Look {
  const known = new Map<string, tf.Tensor>();
  return (inside) => {
    const key = inside.join();
    const tensor = known.get(key) ?? look(inside);
    known.set(key, tensor);
    return tensor;
  };
}

function learn(
  stage: LearningStage,
  { look }: Sight,
  variables: NamedTensors,
  cuts: OracleExample["cuts"],
): Sight {
  const owners = Array.from({ length: stage.units }, (_, unit) =>
    cuts.flatMap((holds, band) => (holds(stage.name, unit) ? [band] : [])),
  );
  const { activation } = runStage(stage, look([]), variables);
  const result = ACTIVATIONS[activation](
    byOwners(owners, (bands) => runStage(stage, look(bands), variables).before),
  );
  return {
    owners,
    look: remember((inside) => {
      const isOpen = owners.map((bands) => inside.every((band) => bands.includes(band)));
      if (isOpen.every((open) => open)) return result;
      const open = tf.tensor1d(isOpen.map(Number));
      return tf.add(tf.mul(result, open), stopSignal(tf.mul(result, tf.sub(1, open))));
    }),
  };
}

/** Each unit from the tensor that is made for the bands it belongs to. */
function byOwners(owners: Sight["owners"], make: Look): tf.Tensor {
  const groups = new Map(owners.map((bands) => [bands.join(), bands]));
  const columns = [...groups].map(([key, bands]) =>
    tf.mul(make(bands), tf.tensor1d(owners.map((own) => (own.join() === key ? 1 : 0)))),
  );
  return columns.reduce((sum, column) => tf.add(sum, column));
}

/** The sum of two tensors; where a band goes on after it, what is the band's in one does not let the other's go. */
function join(left: Sight, right: Sight, ahead: ReadonlySet<number>): Sight {
  const owners = left.owners.map((bands, unit) =>
    [...new Set([...bands, ...(right.owners[unit] ?? [])])].toSorted(),
  );
  const within = owners.map((bands) => bands.filter((band) => ahead.has(band)));
  return {
    owners,
    look: remember((inside) =>
      byOwners(within, (bands) => {
        const all = [...new Set([...inside, ...bands])].toSorted();
        return tf.add(left.look(all), right.look(all));
      }),
    ),
  };
}

/** The bands that the next layer belongs to, or one behind a further sum. */
function bandsAhead(stages: readonly Stage[], cuts: OracleExample["cuts"]): ReadonlySet<number> {
  const [next, ...rest] = stages;
  if (next === undefined || !isLearning(next)) return new Set();
  const own = cuts.flatMap((holds, band) =>
    Array.from({ length: next.units }, (_, unit) => unit).some((unit) => holds(next.name, unit))
      ? [band]
      : [],
  );
  return new Set([...own, ...(next.hasSkip ? bandsAhead(rest, cuts) : [])]);
}

/** The same numbers; no signal goes back through them. */
export function stopSignal(tensor: tf.Tensor): tf.Tensor {
  const stop = tf.customGrad((...values) => {
    const [value] = values;
    if (!(value instanceof tf.Tensor)) throw new TypeError("one tensor goes in");
    return { value: tf.clone(value), gradFunc: (error: tf.Tensor) => [tf.zerosLike(error)] };
  });
  return stop(tensor);
}
