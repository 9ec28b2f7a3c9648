/**
 * Spectra of small matrices in float64, on the CPU: for measurements that need eigenvalues, which are taken now and
 * then, never inside a step. Matrices are rows one after another.
 */

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Length rows · columns. */
  readonly values: ArrayLike<number>;
}

/**
 * The min(rows, columns) singular values, descending, as square roots of the eigenvalues of the smaller Gram matrix.
 *
 * Values below about √(k·ε) ≈ 1e-7 of the largest cannot be told from zero this way and are given as 0. NaN where the
 * matrix holds a value that is not finite.
 */
export function singularValues(matrix: Matrix): Float64Array {
  const gram = gramOfSmallerSide(matrix);
  const eigenvalues = symmetricEigenvalues(gram);
  const largest = eigenvalues[0] ?? 0;
  const floor = largest * gram.rows * Number.EPSILON;
  return eigenvalues.map((value) => (value < floor ? 0 : Math.sqrt(value)));
}

/**
 * The eigenvalues of a symmetric matrix, descending. Only the lower triangle is read. All NaN where it holds a value
 * that is not finite.
 *
 * Householder reduction to tridiagonal form, then the QL algorithm with implicit shifts (Golub and Van Loan, Matrix
 * Computations, 8.3; Wilkinson and Reinsch, tred1 and tql1). Backward stable: absolute error about k·ε·λ_max.
 */
export function symmetricEigenvalues({ rows: size, values }: Matrix): Float64Array {
  const work = Float64Array.from(values);
  if (!work.every(Number.isFinite)) return new Float64Array(size).fill(Number.NaN);
  // In units of the largest entry, so that no square overflows, nor underflows above NOTHING.
  const unit = largestIn(work);
  if (unit === 0) return new Float64Array(size);
  const tridiagonal = reduceToTridiagonal(
    work.map((value) => value / unit),
    size,
  );
  return diagonalize(tridiagonal)
    .map((value) => value * unit)
    .sort()
    .reverse();
}

/** ε²: what is smaller, in units of the largest entry, changes no eigenvalue by as much as rounding does. */
const NOTHING = Number.EPSILON ** 2;

function largestIn(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

function gramOfSmallerSide({ rows, columns, values }: Matrix): Matrix {
  const byRows = rows <= columns;
  const size = byRows ? rows : columns;
  const inner = byRows ? columns : rows;
  const outerStride = byRows ? columns : 1;
  const innerStride = byRows ? 1 : columns;
  const vectors = Array.from({ length: size }, (_, outer) => {
    const vector = new Float64Array(inner);
    for (let k = 0; k < inner; k++) vector[k] = at(values, outer * outerStride + k * innerStride);
    return vector;
  });
  const gram = new Float64Array(size * size);
  for (const [i, left] of vectors.entries()) {
    for (const [j, right] of vectors.slice(0, i + 1).entries()) {
      const product = dot(left, right);
      gram[i * size + j] = product;
      gram[j * size + i] = product;
    }
  }
  return { rows: size, columns: size, values: gram };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i couples i and i + 1; the last is 0. */
  readonly offDiagonal: Float64Array;
}

/** Overwrites the lower triangle of `a`. */
function reduceToTridiagonal(a: Float64Array, size: number): Tridiagonal {
  const diagonal = new Float64Array(size);
  const offDiagonal = new Float64Array(size);
  for (let last = size - 1; last > 0; last--) {
    // Reflect row `last`, left of the diagonal, onto its last entry.
    const reflector = a.slice(last * size, last * size + last);
    diagonal[last] = at(a, last * size + last);
    if (largestIn(reflector) <= NOTHING) continue;
    const norm = Math.sqrt(dot(reflector, reflector));
    const pivot = at(reflector, last - 1);
    const image = pivot > 0 ? -norm : norm;
    offDiagonal[last - 1] = image;
    const half = norm * norm - pivot * image;
    reflector[last - 1] = pivot - image;
    // A ← A − v qᵀ − q vᵀ, with p = A v / h and q = p − (vᵀp / 2h) v, where h = |v|²/2.
    const product = timesSymmetric(a, size, reflector);
    for (let i = 0; i < last; i++) product[i] = at(product, i) / half;
    const correction = dot(reflector, product) / (2 * half);
    for (let i = 0; i < last; i++) product[i] = at(product, i) - correction * at(reflector, i);
    for (let i = 0; i < last; i++) {
      for (let j = 0; j <= i; j++) {
        a[i * size + j] =
          at(a, i * size + j) - at(reflector, i) * at(product, j) - at(product, i) * at(reflector, j);
      }
    }
  }
  diagonal[0] = at(a, 0);
  return { diagonal, offDiagonal };
}

/** A v, of the leading part of A as long as v, from the lower triangle: along its rows, each entry for both halves. */
function timesSymmetric(a: Float64Array, size: number, v: Float64Array): Float64Array {
  const product = new Float64Array(v.length);
  for (let i = 0; i < v.length; i++) {
    const row = i * size;
    const factor = at(v, i);
    let sum = at(a, row + i) * factor;
    for (let j = 0; j < i; j++) {
      const entry = at(a, row + j);
      sum += entry * at(v, j);
      product[j] = at(product, j) + entry * factor;
    }
    product[i] = at(product, i) + sum;
  }
  return product;
}

/** Overwrites both; the eigenvalues, in no order. */
function diagonalize({ diagonal: d, offDiagonal: e }: Tridiagonal): Float64Array {
  for (let first = 0; first < d.length; first++) {
    // In practice one to two rounds an eigenvalue; each round is one shifted QL sweep over the unreduced block.
    for (let round = 0; round < MAXIMUM_ROUNDS; round++) {
      let end = first;
      while (end < d.length - 1 && !isNegligible(at(e, end), at(d, end), at(d, end + 1))) end++;
      if (end === first) break;
      sweep(d, e, first, end);
    }
  }
  return d;
}

const MAXIMUM_ROUNDS = 50;

function isNegligible(coupling: number, left: number, right: number): boolean {
  return Math.abs(coupling) <= Math.max(NOTHING, Number.EPSILON * (Math.abs(left) + Math.abs(right)));
}

function sweep(d: Float64Array, e: Float64Array, first: number, end: number): void {
  const gap = (at(d, first + 1) - at(d, first)) / (2 * at(e, first));
  const root = Math.hypot(gap, 1);
  let g = at(d, end) - at(d, first) + at(e, first) / (gap + (gap >= 0 ? root : -root));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = end - 1; i >= first; i--) {
    const f = sine * at(e, i);
    const b = cosine * at(e, i);
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The block falls apart here: finish in the next round.
      d[i + 1] = at(d, i + 1) - shift;
      e[end] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = at(d, i + 1) - shift;
    const t = (at(d, i) - g) * sine + 2 * cosine * b;
    shift = sine * t;
    d[i + 1] = g + shift;
    g = cosine * t - b;
  }
  d[first] = at(d, first) - shift;
  e[first] = g;
  e[end] = 0;
}

/** In four sums side by side, which a processor adds up at once. */
function dot(left: Float64Array, right: Float64Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= left.length; i += 4) {
    first += (left[i] ?? 0) * (right[i] ?? 0);
    second += (left[i + 1] ?? 0) * (right[i + 1] ?? 0);
    third += (left[i + 2] ?? 0) * (right[i + 2] ?? 0);
    fourth += (left[i + 3] ?? 0) * (right[i + 3] ?? 0);
  }
  for (; i < left.length; i++) first += (left[i] ?? 0) * (right[i] ?? 0);
  return first + second + (third + fourth);
}

/** An element where the index is known to be inside. */
function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
