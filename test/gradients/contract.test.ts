/**
 * What `src/runtime/tape/` and `src/runtime/optimizer/` take for granted about the inside of tfjs, one test each. When
 * one of these fails after an upgrade, the name of the test says which assumption no longer holds; mend the code that
 * makes it before touching anything else.
 */
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { selectBackend } from "../../src/runtime/backends/select.ts";
import { SLOT_FIELDS } from "../../src/runtime/optimizer/slots.ts";

beforeAll(async () => {
  await selectBackend("cpu");
});

interface RawNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly saved: readonly tf.Tensor[];
  readonly gradient: (errors: readonly tf.Tensor[]) => Readonly<Record<string, () => tf.Tensor>>;
}

/** The members of the engine that the tape is read and rewritten through. */
interface RawEngine {
  readonly state: {
    readonly activeTape?: RawNode[] | null;
    readonly gradientDepth: number;
    readonly kernelDepth: number;
  };
  runKernel: (...given: unknown[]) => unknown;
  addTapeNode: (...given: unknown[]) => unknown;
}

const engine = tf.engine() as unknown as RawEngine;

/** The nodes of a computation of one variable, as the tape holds them before the backward pass. */
function tapeOf(
  shape: readonly number[],
  compute: (variable: tf.Variable) => tf.Tensor,
  visit: (tape: RawNode[], variable: tf.Variable) => void = () => undefined,
): { readonly nodes: readonly RawNode[]; readonly gradient: readonly number[] } {
  const variable = tf.tidy(() => tf.variable(tf.fill([...shape], 0.5)));
  const nodes: RawNode[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const loss = tf.sum(compute(variable)).asScalar();
    const tape = engine.state.activeTape ?? [];
    nodes.push(...tape.map((node) => ({ ...node })));
    visit(tape, variable);
    return loss;
  }, [variable]);
  const gradient = [...(grads[variable.name]?.dataSync() ?? [])];
  tf.dispose([value, grads, variable]);
  return { nodes, gradient };
}

function images(): tf.Tensor4D {
  return tf.ones([1, 4, 4, 1]);
}

function inputsOf(nodes: readonly RawNode[], kernelName: string): readonly string[] | undefined {
  const node = nodes.find((candidate) => candidate.kernelName === kernelName);
  return node && Object.keys(node.inputs);
}

test("tfjs is the version that the tape was written against", () => {
  expect(tf.version["tfjs-core"]).toBe("4.22.0");
  expect(tf.version["tfjs-layers"]).toBe("4.22.0");
});

describe("the tape", () => {
  test("is null outside of a gradient and a list inside", () => {
    expect(engine.state.activeTape ?? null).toBeNull();
    expect(engine.state.gradientDepth).toBe(0);
    const { nodes } = tapeOf([2], (variable) => tf.square(variable));
    expect(nodes.length).toBeGreaterThan(0);
    expect(engine.state.activeTape ?? null).toBeNull();
  });

  test("has nodes in the order of computation, with ids, kernels, inputs, outputs, saved tensors and gradients", () => {
    const { nodes } = tapeOf([2], (variable) => tf.exp(tf.square(variable)));
    // Between them are the copies that kernels save, under the names of their scopes: `square__op`.
    const kernels = nodes.map(({ kernelName }) => kernelName).filter((name) => !name.endsWith("__op"));
    expect(kernels).toEqual(["Square", "Exp", "Sum", "Reshape"]);
    expect(nodes.map(({ id }) => id)).toEqual(nodes.map(({ id }) => id).toSorted((a, b) => a - b));
    for (const { inputs, outputs, saved, gradient } of nodes) {
      expect(Object.values(inputs).every((input) => input instanceof tf.Tensor)).toBe(true);
      expect(outputs[0]).toBeInstanceOf(tf.Tensor);
      expect(Array.isArray(saved)).toBe(true);
      expect(typeof gradient).toBe("function");
    }
  });

  test("knows a variable by the id of its tensor", () => {
    tapeOf(
      [2],
      (variable) => tf.square(variable),
      (tape, variable) => {
        const square = tape.find(({ kernelName }) => kernelName === "Square");
        expect(square?.inputs["x"]?.id).toBe(variable.id);
      },
    );
  });

  test("may have its nodes replaced between the passes: the backward pass asks the new ones", () => {
    const { gradient } = tapeOf(
      [2],
      (variable) => tf.square(variable),
      (tape) => {
        const index = tape.findIndex(({ kernelName }) => kernelName === "Square");
        const node = tape[index];
        if (node !== undefined)
          tape[index] = { ...node, gradient: ([error]) => ({ x: () => tf.mul(error ?? 0, 7) }) };
      },
    );
    expect(gradient).toEqual([7, 7]);
  });

  test("does not follow an input that is left out of a node", () => {
    tapeOf(
      [2],
      (variable) => tf.add(tf.square(variable), tf.mul(variable, 3)),
      (tape) => {
        const index = tape.findIndex(({ kernelName }) => kernelName === "Square");
        const node = tape[index];
        if (node === undefined) throw new Error("there is no Square");
        tape[index] = {
          ...node,
          inputs: {},
          gradient: () => {
            throw new Error("a node without inputs was asked for a gradient");
          },
        };
      },
    );
  });

  test("gives a node one error for each output, and asks for the gradient of each input once", () => {
    const asked: string[] = [];
    tapeOf(
      [2, 2],
      (variable) => tf.matMul(variable, tf.ones([2, 2])),
      (tape) => {
        const index = tape.findIndex(({ kernelName }) => kernelName === "BatchMatMul");
        const node = tape[index];
        if (node === undefined) throw new Error("there is no BatchMatMul");
        tape[index] = {
          ...node,
          gradient: (errors) => {
            expect(errors.length).toBe(node.outputs.length);
            const gradients = node.gradient(errors);
            return Object.fromEntries(
              Object.entries(gradients).map(([name, compute]) => [
                name,
                (): tf.Tensor => {
                  asked.push(name);
                  return compute();
                },
              ]),
            );
          },
        };
      },
    );
    expect(asked).toEqual(["a"]);
  });
});

describe("the engine", () => {
  test("is reached by its operations through `runKernel` and `addTapeNode` as properties", () => {
    const seen = { kernels: 0, nodes: [] as unknown[][] };
    const { runKernel, addTapeNode } = engine;
    engine.runKernel = (...given) => {
      seen.kernels += 1;
      return runKernel.apply(engine, given);
    };
    engine.addTapeNode = (...given) => {
      seen.nodes.push(given);
      return addTapeNode.apply(engine, given);
    };
    try {
      tapeOf([2, 3], (variable) => tf.sum(variable, 1));
    } finally {
      Reflect.deleteProperty(engine, "runKernel");
      Reflect.deleteProperty(engine, "addTapeNode");
    }
    expect(seen.kernels).toBeGreaterThan(2);
    const sum = seen.nodes.find(([kernelName]) => kernelName === "Sum");
    expect(sum?.length, "kernel, inputs, outputs, gradient, saved, attributes").toBe(6);
    expect(sum?.[5]).toEqual({ axis: 1, keepDims: false });
  });

  test("counts its depth inside a kernel, so that copies saved there can be told from operations", () => {
    const depths: number[] = [];
    const { addTapeNode } = engine;
    engine.addTapeNode = (...given) => {
      depths.push(engine.state.kernelDepth);
      return addTapeNode.apply(engine, given);
    };
    try {
      tapeOf([2], (variable) => tf.square(variable));
    } finally {
      Reflect.deleteProperty(engine, "addTapeNode");
    }
    expect(depths).toContain(0);
    expect(depths.some((depth) => depth > 0)).toBe(true);
  });
});

describe("the names of inputs", () => {
  const KERNELS: Readonly<
    Record<
      string,
      { readonly shape: readonly number[]; compute: (x: tf.Variable) => tf.Tensor; inputs: string[] }
    >
  > = {
    BatchMatMul: { shape: [2, 2], compute: (x) => tf.matMul(tf.ones([3, 2]), x), inputs: ["a", "b"] },
    Add: { shape: [2], compute: (x) => tf.add(tf.ones([3, 2]), x), inputs: ["a", "b"] },
    Multiply: { shape: [2], compute: (x) => tf.mul(tf.ones([3, 2]), x), inputs: ["a", "b"] },
    Conv2D: {
      shape: [2, 2, 1, 3],
      compute: (x) => tf.conv2d(images(), x as unknown as tf.Tensor4D, 1, "same"),
      inputs: ["x", "filter"],
    },
    DepthwiseConv2dNative: {
      shape: [2, 2, 1, 3],
      compute: (x) => tf.depthwiseConv2d(images(), x as unknown as tf.Tensor4D, 1, "same"),
      inputs: ["x", "filter"],
    },
    Conv2DBackpropInput: {
      shape: [2, 2, 3, 1],
      compute: (x) => tf.conv2dTranspose(images(), x as unknown as tf.Tensor4D, [1, 4, 4, 3], 1, "same"),
      inputs: ["dy", "filter"],
    },
    GatherV2: {
      shape: [4, 2],
      compute: (x) => tf.gather(x, tf.tensor1d([0, 3], "int32")),
      inputs: ["x", "indices"],
    },
    fusedMatMul__op: {
      shape: [2, 2],
      compute: (b) => tf.fused.matMul({ a: tf.ones([3, 2]), b, bias: tf.ones([2]), activation: "linear" }),
      inputs: ["0", "1", "2"],
    },
    fusedConv2d__op: {
      shape: [2, 2, 1, 3],
      compute: (filter) =>
        tf.fused.conv2d({
          x: images(),
          filter: filter as unknown as tf.Tensor4D,
          strides: 1,
          pad: "same",
          bias: tf.ones([3]),
        }),
      inputs: ["0", "1", "2"],
    },
    logSoftmax__op: { shape: [2, 3], compute: (x) => tf.logSoftmax(x), inputs: ["0"] },
  };
  for (const [kernelName, { shape, compute, inputs }] of Object.entries(KERNELS))
    test(`of ${kernelName} are ${inputs.join(", ")}`, () => {
      expect(inputsOf(tapeOf(shape, compute).nodes, kernelName)).toEqual(inputs);
    });
});

describe("what is saved for the gradient", () => {
  const shapesOf = (kernelName: string, shape: readonly number[], compute: (x: tf.Variable) => tf.Tensor) =>
    tapeOf(shape, compute)
      .nodes.find((node) => node.kernelName === kernelName)
      ?.saved.map((tensor) => tensor.shape);

  test("of BatchMatMul is both operands", () => {
    expect(shapesOf("BatchMatMul", [2, 5], (x) => tf.matMul(tf.ones([3, 2]), x))).toEqual([
      [3, 2],
      [2, 5],
    ]);
  });

  test("of fusedMatMul__op is both operands as matrices, then the result, then the bias", () => {
    expect(
      shapesOf("fusedMatMul__op", [2, 5], (b) =>
        tf.fused.matMul({ a: tf.ones([3, 2]), b, bias: tf.ones([5]), activation: "linear" }),
      ),
    ).toEqual([[1, 3, 2], [1, 2, 5], [1, 3, 5], [5]]);
  });

  test("of fusedConv2d__op is the filter, then the images", () => {
    const saved = shapesOf("fusedConv2d__op", [2, 2, 1, 3], (filter) =>
      tf.fused.conv2d({
        x: images(),
        filter: filter as unknown as tf.Tensor4D,
        strides: 1,
        pad: "same",
        bias: tf.ones([3]),
      }),
    );
    expect(saved?.slice(0, 2)).toEqual([
      [2, 2, 1, 3],
      [1, 4, 4, 1],
    ]);
  });

  test("of Conv2D is the images, then the filter", () => {
    expect(
      shapesOf("Conv2D", [2, 2, 1, 3], (x) => tf.conv2d(images(), x as unknown as tf.Tensor4D, 1, "same")),
    ).toEqual([
      [1, 4, 4, 1],
      [2, 2, 1, 3],
    ]);
  });

  test("of Multiply is both factors, of GatherV2 the table and the indices", () => {
    expect(shapesOf("Multiply", [2], (x) => tf.mul(tf.ones([3, 2]), x))).toEqual([[3, 2], [2]]);
    expect(shapesOf("GatherV2", [4, 2], (x) => tf.gather(x, tf.tensor1d([0, 3], "int32")))).toEqual([
      [4, 2],
      [2],
    ]);
  });
});

describe("an optimizer", () => {
  const OPTIMIZERS: Readonly<Record<string, () => tf.Optimizer>> = {
    SGD: () => tf.train.sgd(0.1),
    Momentum: () => tf.train.momentum(0.1, 0.9),
    Adam: () => tf.train.adam(0.1),
    Adamax: () => tf.train.adamax(0.1),
    RMSProp: () => tf.train.rmsprop(0.1, 0.9, 0, undefined, true),
    Adagrad: () => tf.train.adagrad(0.1),
    Adadelta: () => tf.train.adadelta(0.1),
  };
  for (const [name, create] of Object.entries(OPTIMIZERS))
    test(`${name} passes over a missing gradient, and keeps its slots by position`, () => {
      const optimizer = create();
      expect(optimizer.getClassName()).toBe(name);
      const variables = tf.tidy(() => [tf.variable(tf.ones([2])), tf.variable(tf.ones([3]))]);
      const given = variables.map(({ name }, index) => ({
        name,
        tensor: index === 0 ? null : tf.ones([3]),
      }));
      // tfjs's types do not say that a gradient may be missing.
      optimizer.applyGradients(given as Parameters<tf.Optimizer["applyGradients"]>[0]);
      expect([...(variables[0]?.dataSync() ?? [])]).toEqual([1, 1]);
      expect(variables[1]?.dataSync()[0]).not.toBe(1);
      const lists = Object.entries(optimizer).filter(([, value]) => Array.isArray(value));
      expect(lists.map(([field]) => field).toSorted()).toEqual(
        (SLOT_FIELDS[name] ?? []).map(({ field }) => field).toSorted(),
      );
      for (const [field, list] of lists as [string, ({ variable: tf.Variable } | null | undefined)[]][]) {
        if (list.length === 0) continue;
        expect(list[1]?.variable.shape, field).toEqual([3]);
      }
      optimizer.dispose();
      tf.dispose([variables, given.map(({ tensor }) => tensor)] as tf.TensorContainer);
    });
});
