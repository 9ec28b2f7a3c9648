/** Select, which the WebGPU backend of tfjs 4.22 has for up to four axes: more are laid out as one. */
import * as tf from "@tensorflow/tfjs";

const BACKEND_NAME = "webgpu";
const MOST_AXES = 4;

/** Those already in tfjs's registry, which is one for the process. */
const registered = new WeakSet<tf.KernelFunc>();

export function registerSelect(): void {
  const stock = tf.getKernel(tf.Select, BACKEND_NAME);
  if (registered.has(stock.kernelFunc)) return;
  const reshape = tf.getKernel(tf.Reshape, BACKEND_NAME).kernelFunc;
  const kernelFunc: tf.KernelFunc = (call) => {
    const backend = call.backend as tf.KernelBackend;
    const { condition, t, e } = call.inputs as Readonly<Record<"condition" | "t" | "e", tf.TensorInfo>>;
    if (t.shape.length <= MOST_AXES || condition.shape.length !== t.shape.length)
      return stock.kernelFunc(call);
    const layOut = (x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo =>
      reshape({ inputs: { x }, backend, attrs: { shape: [...shape] } }) as tf.TensorInfo;
    const size = tf.util.sizeFromShape(t.shape);
    const inputs = {
      condition: layOut(condition, [size]),
      t: layOut(t, [size]),
      e: layOut(e, [size]),
    };
    const selected = stock.kernelFunc({ inputs, backend }) as tf.TensorInfo;
    const result = layOut(selected, t.shape);
    // Buffers are counted: a reshape shares its input's.
    for (const { dataId } of [...Object.values(inputs), selected]) backend.disposeData(dataId);
    return result;
  };
  registered.add(kernelFunc);
  tf.unregisterKernel(tf.Select, BACKEND_NAME);
  tf.registerKernel({ ...stock, kernelFunc });
}
