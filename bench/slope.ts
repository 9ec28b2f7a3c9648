/** A straight line through a series, and how sure its slope is. */

export interface Slope {
  /** Units of y in a unit of x. */
  readonly value: number;
  /** Half the width of the 95 % interval. */
  readonly uncertainty: number;
}

/**
 * The slope of y over x by least squares. Samples of one process follow on each other: the standard error is that of
 * n (1 − r) / (1 + r) independent ones, with r the correlation of neighbouring residuals (Bayley and Hammersley 1946).
 *
 * @param xs At least four, evenly spaced.
 */
export function slopeOf(xs: readonly number[], ys: readonly number[]): Slope {
  const count = xs.length;
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const spread = sum(xs.map((x) => (x - meanX) ** 2));
  const value = sum(xs.map((x, index) => (x - meanX) * ((ys[index] ?? 0) - meanY))) / spread;
  const residuals = xs.map((x, index) => (ys[index] ?? 0) - meanY - value * (x - meanX));
  const squares = sum(residuals.map((residual) => residual ** 2));
  const products = sum(residuals.slice(1).map((residual, index) => residual * (residuals[index] ?? 0)));
  // What repels its neighbour would make the estimate surer; that is not relied on.
  const correlation = squares === 0 ? 0 : Math.min(0.99, Math.max(0, products / squares));
  const effective = Math.max(3, (count * (1 - correlation)) / (1 + correlation));
  const error = Math.sqrt(squares / (effective - 2) / (spread * (effective / count)));
  return { value, uncertainty: 1.96 * error };
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
