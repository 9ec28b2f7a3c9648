import * as tf from "@tensorflow/tfjs";

export interface AdamWOptions {
  /** Decay of the first moment; 0.9 when left out. */
  readonly beta1?: number;
  /** Decay of the second moment; 0.999 when left out. */
  readonly beta2?: number;
  /** The backend's own when left out: 1e-7 in float32. */
  readonly epsilon?: number;
  /** What each step takes off a weight, as a multiple of the learning rate; 0.01 when left out. */
  readonly weightDecay?: number;
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): θ ← (1 − η·λ)·θ − η·m̂ / (√v̂ + ε). */
export function adamW(learningRate: number, options: AdamWOptions = {}): AdamWOptimizer {
  return new AdamWOptimizer(learningRate, options);
}

/** As tfjs does, a variable without gradient is passed over: neither moments nor decay touch it. */
export class AdamWOptimizer extends tf.AdamOptimizer {
  static override get className(): string {
    return "AdamW";
  }

  readonly weightDecay: number;

  constructor(
    learningRate: number,
    { beta1 = 0.9, beta2 = 0.999, epsilon, weightDecay = 0.01 }: AdamWOptions = {},
  ) {
    super(learningRate, beta1, beta2, epsilon);
    this.weightDecay = weightDecay;
  }

  override applyGradients(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]): void {
    const named: readonly (readonly [string, tf.Tensor | null])[] = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor] as const)
      : Object.entries(gradients);
    const kept = 1 - this.learningRate * this.weightDecay;
    tf.tidy(() => {
      for (const [name, gradient] of named) {
        const variable = tf.engine().registeredVariables[name];
        if (gradient !== null && variable !== undefined) variable.assign(tf.mul(variable, kept));
      }
    });
    super.applyGradients(gradients);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), weightDecay: this.weightDecay };
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { learningRate, ...options } = config;
    return new cls(learningRate, options);
  }
}
