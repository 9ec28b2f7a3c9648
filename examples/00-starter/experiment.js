/**
 * What `gov run experiment.js` trains, under policy.gov: three arms of a spiral are told apart. Of the examples that
 * nobody has reviewed, three in five carry a wrong label.
 */
import { defineExperiment } from "strata-gov";

const CLASSES = 3;

export default defineExperiment({
  name: "starter",
  policy: "policy.gov",
  seed: 1,
  epochs: 40,
  batchSize: 32,
  model: ({ tf, seed }) => {
    const dense = (name, units, activation, more = {}) =>
      tf.layers.dense({
        name,
        units,
        activation,
        kernelInitializer: tf.initializers.glorotUniform({ seed: seed + name.length }),
        ...more,
      });
    return tf.sequential({
      layers: [
        dense("features/first", 32, "relu", { inputShape: [2] }),
        dense("features/second", 32, "relu"),
        dense("head", CLASSES, "softmax"),
      ],
    });
  },
  data: ({ tf, seed }) => {
    const points = drawPoints(600, seed);
    return {
      inputs: tf.tensor2d(points.map(({ x, y }) => [x, y])),
      targets: oneHot(
        tf,
        points.map(({ label }) => label),
      ),
      // One record for each row: all that the policy ever sees of an example.
      examples: points.map(({ reviewed }, row) => ({ id: `point-${row}`, reviewed })),
    };
  },
  loss: "categoricalCrossentropy",
  optimizer: ({ tf }) => tf.train.adam(0.01),
  evaluate: (model, { tf, seed }) => {
    // Other points than those trained on, all with their true labels.
    const points = drawPoints(600, seed + 1000);
    const right = tf.tidy(() => {
      const guesses = model.predict(tf.tensor2d(points.map(({ x, y }) => [x, y]))).argMax(1);
      const labels = tf.tensor1d(
        points.map(({ truth }) => truth),
        "int32",
      );
      return guesses.equal(labels).mean().dataSync()[0];
    });
    return { figures: [{ name: "accuracy on new points", value: right }] };
  },
});

function oneHot(tf, labels) {
  return tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES).toFloat());
}

/** Points on the arms of a spiral; three in ten reviewed, the others with a label that may be wrong. */
function drawPoints(count, seed) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const truth = index % CLASSES;
    const radius = 0.1 + 0.9 * random();
    const angle = (truth / CLASSES) * 2 * Math.PI + radius * 4 + (random() - 0.5) * 0.5;
    const reviewed = random() < 0.3;
    const isWrong = !reviewed && random() < 0.6;
    const label = isWrong ? (truth + 1) % CLASSES : truth;
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle), truth, label, reviewed };
  });
}

/** Numbers in 0..1 that depend on the seed alone (mulberry32): the same data on every machine. */
function createRandom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
