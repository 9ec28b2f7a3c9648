/** A layer of a user's own class: self-attention of several heads. */
import * as tf from "@tensorflow/tfjs";

interface Options {
  readonly name: string;
  readonly heads: number;
  /** Units of a head. */
  readonly width: number;
}

export class SelfAttention extends tf.layers.Layer {
  static readonly className = "SelfAttention";
  readonly #options: Options;

  constructor(options: Options) {
    super({ name: options.name });
    this.#options = options;
  }

  override build([, , width]: number[]): void {
    const { heads, width: units } = this.#options;
    for (const role of ["query", "key", "value"])
      this.addWeight(role, [width ?? 1, heads * units], "float32", tf.initializers.glorotNormal({}));
    this.built = true;
  }

  override computeOutputShape([batch = null, length = null]: tf.Shape): tf.Shape {
    const { heads, width } = this.#options;
    return [batch, length, heads * width];
  }

  /** `[B, T, heads * width]` from `[B, T, d]`. */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const { heads, width } = this.#options;
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      if (x === undefined) throw new Error("attention needs something to attend to");
      const [batch = 1, length = 1, features = 1] = x.shape;
      const rows = tf.reshape(x, [batch * length, features]);
      const [query, key, value] = this.weights.map((weight) =>
        tf.transpose(tf.reshape(tf.matMul(rows, weight.read()), [batch, length, heads, width]), [0, 2, 1, 3]),
      );
      if (query === undefined || key === undefined || value === undefined)
        throw new Error("attention has three matrices");
      const shares = tf.softmax(tf.div(tf.matMul(query, key, false, true), Math.sqrt(width)));
      const seen = tf.transpose(tf.matMul(shares, value), [0, 2, 1, 3]);
      return tf.reshape(seen, [batch, length, heads * width]);
    });
  }
}
