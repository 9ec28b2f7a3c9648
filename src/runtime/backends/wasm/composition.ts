/**
 * How our kernels for the wasm backend are written: as compositions of kernels that it has. They run below tfjs's
 * engine, on bare buffers, so neither the tape nor a tidy sees what happens inside one.
 */
import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

export type KernelInputs = Readonly<Record<string, tf.TensorInfo>> | readonly tf.TensorInfo[];

/** The inputs that a kernel is never called without. */
export type Inputs<Names extends string> = Readonly<Record<Names, tf.TensorInfo>>;

/** What a kernel of ours works with. Everything that `run` and `stock` return is released when it ends. */
export interface Workspace {
  readonly backend: BackendWasm;
  readonly run: (kernelName: string, inputs: KernelInputs, attributes?: object) => tf.TensorInfo;
  /** The kernel that ours replaces, as it came. */
  readonly stock: (inputs: KernelInputs, attributes?: object) => tf.TensorInfo;
}

/** A kernel of ours, given the one that it replaces, if any. */
export type ComposedKernel = (stock: tf.KernelFunc | undefined) => tf.KernelFunc;

/**
 * A kernel from its body. The body returns something that `run`, `stock` or the backend made for it, never an input:
 * the engine owns the buffer that comes back.
 */
export function composed<NamedInputs, Attributes>(
  body: (workspace: Workspace, inputs: NamedInputs, attributes: Attributes) => tf.TensorInfo,
): ComposedKernel {
  return (stock) =>
    ({ inputs, backend, attrs }) => {
      // tfjs types the three alike for all kernels; each kernel's own types are those of kernel_names.d.ts.
      const wasm = backend as BackendWasm;
      const workspace = openWorkspace(wasm, stock);
      const result = body(workspace, inputs as NamedInputs, attrs as Attributes);
      workspace.releaseAllBut(result);
      return result;
    };
}

interface OpenWorkspace extends Workspace {
  readonly releaseAllBut: (result: tf.TensorInfo) => void;
}

function openWorkspace(backend: BackendWasm, stock: tf.KernelFunc | undefined): OpenWorkspace {
  const outputs: tf.TensorInfo[] = [];
  const call = (kernel: tf.KernelFunc, inputs: KernelInputs, attributes: object): tf.TensorInfo => {
    const output = kernel({
      inputs: inputs as tf.NamedTensorInfoMap,
      backend,
      attrs: attributes as tf.NamedAttrMap,
    });
    if (Array.isArray(output)) throw new Error("a composition uses only kernels with one output");
    outputs.push(output);
    return output;
  };
  return {
    backend,
    run: (kernelName, inputs, attributes = {}) =>
      call(tf.getKernel(kernelName, "wasm").kernelFunc, inputs, attributes),
    stock: (inputs, attributes = {}) => {
      if (stock === undefined) throw new Error("this kernel replaces none");
      return call(stock, inputs, attributes);
    },
    // Buffers are counted: a reshape shares its input's, and each release gives back one count.
    releaseAllBut: (result) => {
      for (const output of outputs) if (output !== result) backend.disposeData(output.dataId);
    },
  };
}
