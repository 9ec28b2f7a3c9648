import { EMPTY_ROOT, nodeHash, type Hash } from "./hashing.ts";

/** A tree that grows at its right edge; it keeps only the roots of its complete subtrees. */
export interface GrowingTree {
  readonly size: () => number;
  readonly root: () => Hash;
  /** From which a tree of this size can be grown on. */
  readonly peaks: () => readonly Peak[];
  /** Adds the hash of a leaf. */
  readonly add: (leaf: Hash) => void;
}

/** A complete subtree that is no part of a larger one. */
export interface Peak {
  readonly height: number;
  readonly root: Hash;
}

/**
 * RFC 6962's tree over hashes of leaves.
 *
 * @param onComplete Told of every complete subtree, in order, leaves (height 0) included.
 * @param from Where to grow on from: the peaks of a tree, from left to right; heights fall, like the bits of its size.
 */
export function growTree(
  onComplete: (height: number, root: Hash) => void = ignore,
  from: readonly Peak[] = [],
): GrowingTree {
  const peaks = [...from];
  let size = from.reduce((sum, { height }) => sum + 2 ** height, 0);
  return {
    size: () => size,
    peaks: () => [...peaks],
    root: () => {
      const roots = peaks.map(({ root }) => root);
      return roots.length === 0 ? EMPTY_ROOT : roots.reduceRight((right, left) => nodeHash(left, right));
    },
    add(leaf) {
      let height = 0;
      let root = leaf;
      onComplete(height, root);
      for (let last = peaks.at(-1); last?.height === height; last = peaks.at(-1)) {
        peaks.pop();
        root = nodeHash(last.root, root);
        height += 1;
        onComplete(height, root);
      }
      peaks.push({ height, root });
      size += 1;
    },
  };
}

function ignore(): void {
  return;
}

/** The root of a tree with these hashes of leaves. */
export function rootOf(leaves: readonly Hash[]): Hash {
  const tree = growTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/** The largest power of two below `size`, which must be above 1: where RFC 6962 splits a tree. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
