/**
 * Proofs about a tree (RFC 9162, sections 2.1.3 and 2.1.4): that an entry lies in it, and that it begins with all of an
 * earlier one. Whoever holds two signed checkpoints and a proof needs nothing else, the log least of all.
 */
import { EMPTY_ROOT, nodeHash, sameHash, type Hash } from "./hashing.ts";
import { rootOf, splitOf } from "./tree.ts";

/**
 * The hashes that lead from leaf `index` to the root of the tree over `leaves`, the lowest first.
 * @throws RangeError when there is no such leaf.
 */
export function proveInclusion(leaves: readonly Hash[], index: number): readonly Hash[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`there is no leaf ${index} among ${leaves.length}`);
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return index < split
    ? [...proveInclusion(left, index), rootOf(right)]
    : [...proveInclusion(right, index - split), rootOf(left)];
}

/**
 * The hashes that show that the tree over `leaves` begins with the tree over its first `size`.
 * @throws RangeError when it has fewer.
 */
export function proveConsistency(leaves: readonly Hash[], size: number): readonly Hash[] {
  if (!Number.isInteger(size) || size < 0 || size > leaves.length)
    throw new RangeError(`${size} is no size of a tree that grew to ${leaves.length}`);
  return size === 0 ? [] : subproof(leaves, size, "known");
}

/** Whether the verifier knows the root of the part that is being looked at, as it knows that of the earlier tree. */
type Knowledge = "known" | "unknown";

function subproof(leaves: readonly Hash[], size: number, knowledge: Knowledge): readonly Hash[] {
  if (size === leaves.length) return knowledge === "known" ? [] : [rootOf(leaves)];
  const split = splitOf(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return size <= split
    ? [...subproof(left, size, knowledge), rootOf(right)]
    : [...subproof(right, size - split, "unknown"), rootOf(left)];
}

export interface Inclusion {
  readonly index: number;
  readonly leaf: Hash;
  readonly size: number;
  readonly root: Hash;
}

/** Whether `proof` shows that a tree of `size` leaves with this root holds `leaf` at `index`. */
export function verifyInclusion({ index, leaf, size, root }: Inclusion, proof: readonly Hash[]): boolean {
  if (!isSize(size) || !isSize(index) || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameHash(hash, root);
}

export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

/** Whether `proof` shows that the later tree begins with all of the earlier one. */
export function verifyConsistency(earlier: TreeHead, later: TreeHead, proof: readonly Hash[]): boolean {
  if (!isSize(earlier.size) || !isSize(later.size) || earlier.size > later.size) return false;
  // Every tree begins with nothing, and what has not grown has to be the same.
  if (earlier.size === 0) return proof.length === 0 && sameHash(earlier.root, EMPTY_ROOT);
  if (earlier.size === later.size) return proof.length === 0 && sameHash(earlier.root, later.root);
  let node = earlier.size - 1;
  let last = later.size - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  // A tree whose size is a power of two is a node of the later one: its root needs no telling.
  const [first, ...rest] = node === 0 ? [earlier.root, ...proof] : proof;
  if (first === undefined) return false;
  let [old, whole] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      [old, whole] = [nodeHash(sibling, old), nodeHash(sibling, whole)];
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else whole = nodeHash(whole, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameHash(old, earlier.root) && sameHash(whole, later.root);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

// Bit operators would cut sizes to 32 bits.
function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}
