/** What detach cuts and what it leaves, on networks small enough to see. */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { govern } from "../../src/runtime/governor.ts";
import { createListener } from "./exactness/case.ts";
import { compileText } from "./exactness/compile-text.ts";
import { stopSignal } from "./exactness/oracle.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

const HEAD = `policy detach
example { id: string, cut: bool }
cohort cut = cut == true
`;

type Layers = "first" | "second" | "third";

/** `run` is given what a layer computes: x·kernel + bias. */
type Network = (x: tf.Tensor, layer: (name: Layers, input: tf.Tensor) => tf.Tensor) => tf.Tensor;

/** Gradients by `layer/role`, of a batch of two like examples of which the first may be cut. */
function learn(network: Network, rules: string, cut: readonly [boolean, boolean]): Record<string, number[]> {
  const names: readonly Layers[] = ["first", "second", "third"];
  const variables = new Map(
    names.map((name, index) => [
      name,
      tf.tidy(() => ({
        kernel: tf.variable(tf.tensor2d([0.5, -0.3, 0.2 + index / 10, 0.7], [2, 2])),
        bias: tf.variable(tf.tensor1d([0.1, -0.2])),
      })),
    ]),
  );
  const { optimizer, heard } = createListener();
  const layers = names.map((name) => ({
    name,
    variables: { ...variables.get(name) } as Record<string, tf.Variable>,
  }));
  const governor = govern(
    {
      layers,
      loss: ({ inputs }) => {
        const output = network(inputs as tf.Tensor, (name, input) => {
          const { kernel, bias } = variables.get(name) ?? {};
          if (kernel === undefined || bias === undefined) throw new Error(`there is no ${name}`);
          return tf.add(tf.matMul(input, kernel), bias);
        });
        return tf.sum(tf.square(output), 1);
      },
    },
    compileText(`${HEAD}${rules}`),
    { optimizer, measureRoutingEvery: 0 },
  );
  const inputs = tf.tensor2d([1, -2, 1, -2], [2, 2]);
  governor.step({ inputs, examples: cut.map((own, row) => ({ id: `e${row}`, cut: own })) });
  const gradients = layers.flatMap(({ name, variables: own }) =>
    Object.entries(own).map(([role, variable]) => [
      `${name}/${role}`,
      [...(heard().get(variable.name) ?? [Number.NaN])],
    ]),
  );
  tf.dispose([inputs, layers.map((layer) => Object.values(layer.variables))] as tf.TensorContainer);
  return Object.fromEntries(gradients) as Record<string, number[]>;
}

const chain: Network = (x, layer) => layer("third", tf.tanh(layer("second", tf.tanh(layer("first", x)))));

const SECOND = 'band second = layers "second"\ndetach cut at second';

test("kernel and bias of the band learn from whom it cuts; what lies before does not", () => {
  const free = learn(chain, SECOND, [false, false]);
  const cut = learn(chain, SECOND, [true, true]);
  for (const path of ["second/kernel", "second/bias", "third/kernel", "third/bias"])
    expect(cut[path], path).toEqual(free[path]);
  // All is cut, but its weight is above 0: it has a gradient, of zeros.
  expect(cut["first/kernel"]).toEqual([0, 0, 0, 0]);
  expect(cut["first/bias"]).toEqual([0, 0]);
  expect(free["first/bias"]).not.toEqual([0, 0]);
});

test("of two like examples of which one is cut, what lies before learns half", () => {
  const free = learn(chain, SECOND, [false, false]);
  const half = learn(chain, SECOND, [true, false]);
  half["first/kernel"]?.forEach((value, index) =>
    expect(value).toBeCloseTo((free["first/kernel"]?.[index] ?? Number.NaN) / 2, 7),
  );
  expect(half["second/bias"]).toEqual(free["second/bias"]);
});

test("a signal around the band flows on", () => {
  const around: Network = (x, layer) => {
    const before = layer("first", x);
    return layer("third", tf.add(before, tf.tanh(layer("second", before))));
  };
  /** The same numbers, but the band's input is a copy that lets no signal through. */
  const stopped: Network = (x, layer) => {
    const before = layer("first", x);
    return layer("third", tf.add(before, tf.tanh(layer("second", stopSignal(before)))));
  };
  const cut = learn(around, SECOND, [true, true]);
  expect(cut).toEqual(learn(stopped, "route default full", [true, true]));
  expect(cut["first/kernel"]).not.toEqual([0, 0, 0, 0]);
});

test("a sum between two layers of the band belongs to it: nothing leaves there either", () => {
  const between: Network = (x, layer) => {
    const before = layer("first", x);
    return layer("third", tf.add(before, layer("second", before)));
  };
  const rules = 'band both = layers "second", "third"\ndetach cut at both';
  const cut = learn(between, rules, [true, true]);
  expect(cut["first/kernel"]).toEqual([0, 0, 0, 0]);
  expect(cut["second/kernel"]).toEqual(learn(between, rules, [false, false])["second/kernel"]);
});

test("two units of a layer: the signal goes on through the others alone", () => {
  const rules = 'band half = layers "second" units 0..0\ndetach cut at half';
  const cut = learn(chain, rules, [true, true]);
  const other = learn(chain, rules.replace("0..0", "1..1"), [true, true]);
  const free = learn(chain, rules, [false, false]);
  free["first/kernel"]?.forEach((value, index) =>
    expect((cut["first/kernel"]?.[index] ?? 0) + (other["first/kernel"]?.[index] ?? 0)).toBeCloseTo(value, 6),
  );
  expect(cut["second/kernel"]).toEqual(free["second/kernel"]);
});

test("route and detach on the same band: it learns nothing, and lets nothing through", () => {
  const gradients = learn(chain, `${SECOND}\nroute cut -> second: block`, [true, true]);
  expect(gradients["first/kernel"]).toEqual([0, 0, 0, 0]);
  expect(gradients["second/kernel"]).toEqual([Number.NaN]);
  expect(gradients["third/kernel"]).toEqual(learn(chain, SECOND, [false, false])["third/kernel"]);
});
