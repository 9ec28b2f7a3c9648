/** The proofs against RFC 6962's recursive definitions, written down here once more, for every size up to 64. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { leafHash } from "../../../src/evidence/ledger/hashing.ts";
import {
  proveConsistency,
  proveInclusion,
  verifyConsistency,
  verifyInclusion,
  type TreeHead,
} from "../../../src/evidence/ledger/proofs.ts";
import { growTree, rootOf } from "../../../src/evidence/ledger/tree.ts";

const MOST = 64;

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

const known = new Map<string, Buffer>();

/** MTH of RFC 6962, section 2.1. */
function treeHash(data: readonly Uint8Array[]): Buffer {
  const [only] = data;
  if (only === undefined) return sha256();
  if (data.length === 1) return sha256(Buffer.of(0), only);
  const name = `${Buffer.from(only).toString()} and ${data.length - 1} more`;
  const before = known.get(name);
  if (before !== undefined) return before;
  const k = splitAt(data.length);
  const hash = sha256(Buffer.of(1), treeHash(data.slice(0, k)), treeHash(data.slice(k)));
  known.set(name, hash);
  return hash;
}

function splitAt(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/** PATH of section 2.1.1. */
function path(index: number, data: readonly Uint8Array[]): readonly Buffer[] {
  if (data.length === 1) return [];
  const k = splitAt(data.length);
  return index < k
    ? [...path(index, data.slice(0, k)), treeHash(data.slice(k))]
    : [...path(index - k, data.slice(k)), treeHash(data.slice(0, k))];
}

/** SUBPROOF of section 2.1.2. */
function subproof(m: number, data: readonly Uint8Array[], isRoot: boolean): readonly Buffer[] {
  if (m === data.length) return isRoot ? [] : [treeHash(data)];
  const k = splitAt(data.length);
  return m <= k
    ? [...subproof(m, data.slice(0, k), isRoot), treeHash(data.slice(k))]
    : [...subproof(m - k, data.slice(k), false), treeHash(data.slice(0, k))];
}

const DATA = Array.from({ length: MOST }, (_, index) => Buffer.from(`entry ${index}`));
const LEAVES = DATA.map((entry) => leafHash(entry));
const ROOTS = Array.from({ length: MOST + 1 }, (_, size) => treeHash(DATA.slice(0, size)));

/** What differs from a proof in one place: a bit, a hash more, a hash less, two hashes that changed places. */
function spoil(proof: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const flipped = proof.map((hash, at) => {
    const other = Buffer.from(hash);
    other[at % 32] = (other[at % 32] ?? 0) ^ (1 << (at % 8));
    return proof.with(at, other);
  });
  const swapped = proof.slice(1).map((hash, at) => proof.with(at, hash).with(at + 1, proof[at] ?? hash));
  const longer = [...proof, sha256()];
  const first = [sha256(), ...proof];
  return [
    ...flipped,
    ...swapped,
    longer,
    first,
    ...(proof.length > 0 ? [proof.slice(1), proof.slice(0, -1)] : []),
  ];
}

test("the eight entries of Certificate Transparency's tests have the root that everybody gets", () => {
  const entries = [
    ...["", "00", "10", "2021", "3031", "40414243", "5051525354555657"],
    "606162636465666768696a6b6c6d6e6f",
  ];
  const root = rootOf(entries.map((hex) => leafHash(Buffer.from(hex, "hex"))));
  expect(Buffer.from(root).toString("hex")).toMatch(/^5dc9da79/);
  expect(Buffer.from(rootOf([])).toString("hex")).toBe(sha256().toString("hex"));
});

test("a tree that grows has the root of the definition at every size", () => {
  const tree = growTree();
  for (let size = 0; size <= MOST; size += 1) {
    expect(Buffer.from(tree.root()).equals(ROOTS[size] ?? sha256())).toBe(true);
    const next = LEAVES[size];
    if (next !== undefined) tree.add(next);
  }
});

test("inclusion: for every m < n <= 64 the proof is the definition's and holds, and nothing near it does", () => {
  const wrong: string[] = [];
  for (let size = 1; size <= MOST; size += 1) {
    const root = ROOTS[size] ?? sha256();
    const leaves = LEAVES.slice(0, size);
    for (let index = 0; index < size; index += 1) {
      const leaf = LEAVES[index] ?? sha256();
      const proof = proveInclusion(leaves, index);
      const claim = { index, leaf, size, root };
      const says = (expected: boolean, change: object, by = proof): void => {
        if (verifyInclusion({ ...claim, ...change }, by) !== expected)
          wrong.push(`${index} of ${size}: ${JSON.stringify(change)} by ${by.map(hex).join(" ")}`);
      };
      if (!sameHashes(proof, path(index, DATA.slice(0, size))))
        wrong.push(`the proof of ${index} of ${size}`);
      says(true, {});
      for (const spoilt of spoil(proof)) says(false, {}, spoilt);
      says(false, { leaf: sha256() });
      says(false, { root: ROOTS[size - 1] });
      says(false, { index: size });
      says(false, { index: -1 });
      for (let other = 0; other < size; other += 1) if (other !== index) says(false, { index: other });
    }
  }
  expect(wrong).toEqual([]);
});

test("consistency: for every m <= n <= 64 the proof is the definition's and holds, and nothing near it does", () => {
  const wrong: string[] = [];
  const other = sha256(Buffer.from("other"));
  for (let later = 0; later <= MOST; later += 1)
    for (let earlier = 0; earlier <= later; earlier += 1) {
      const leaves = LEAVES.slice(0, later);
      const proof = proveConsistency(leaves, earlier);
      const then = { size: earlier, root: ROOTS[earlier] ?? sha256() };
      const now = { size: later, root: ROOTS[later] ?? sha256() };
      const says = (expected: boolean, old: TreeHead, whole: TreeHead, by = proof): void => {
        if (verifyConsistency(old, whole, by) !== expected)
          wrong.push(`${old.size} in ${whole.size} by ${by.map(hex).join(" ")}`);
      };
      if (earlier > 0 && !sameHashes(proof, subproof(earlier, DATA.slice(0, later), true)))
        wrong.push(`the proof of ${earlier} in ${later}`);
      says(true, then, now);
      for (const spoilt of spoil(proof)) says(false, then, now, spoilt);
      says(false, { ...then, root: other }, now);
      // Everything begins with nothing.
      if (earlier > 0) says(false, then, { ...now, root: other });
      if (earlier === later) continue;
      says(false, now, then);
      if (earlier === 0) continue;
      // A log that was forked before has another earlier root, and no proof of its own makes it fit.
      const forked = leaves.with(earlier - 1, other);
      says(false, then, { size: later, root: rootOf(forked) }, proveConsistency(forked, earlier));
    }
  expect(wrong).toEqual([]);
});

test("sizes that are none are refused", () => {
  const head = { size: 3, root: ROOTS[3] ?? sha256() };
  for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
    expect(verifyConsistency({ ...head, size }, head, [])).toBe(false);
  expect(() => proveInclusion(LEAVES, MOST)).toThrow(RangeError);
  expect(() => proveConsistency(LEAVES, MOST + 1)).toThrow(RangeError);
});

function sameHashes(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return one.map(hex).join() === other.map(hex).join();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
