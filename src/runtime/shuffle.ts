/** 0 … length-1 in an order that depends on the seed alone (Fisher-Yates on mulberry32). */
export function shuffledIndices(length: number, seed: number): Int32Array {
  const indices = Int32Array.from({ length }, (_, index) => index);
  const random = mulberry32(seed);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const kept = indices[last] ?? 0;
    indices[last] = indices[other] ?? 0;
    indices[other] = kept;
  }
  return indices;
}

/** Uniform in [0, 1), 32 bits of state (T. Ettinger). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
