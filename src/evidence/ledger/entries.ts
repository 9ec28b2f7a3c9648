/** Bundles of entries: each a length of two bytes, big-endian, and that many bytes (C2SP tlog-tiles). */

export const LONGEST_ENTRY = 0xffff;
const LENGTH_BYTES = 2;

export interface BundledEntry {
  readonly bytes: Uint8Array;
  /** Where in the bundle its length stands. */
  readonly start: number;
}

/** @throws RangeError when the entry is too long. */
export function bundleEntry(entry: Uint8Array): Uint8Array {
  if (entry.length > LONGEST_ENTRY)
    throw new RangeError(`an entry has ${entry.length} bytes; at most ${LONGEST_ENTRY} fit`);
  const bundled = Buffer.allocUnsafe(LENGTH_BYTES + entry.length);
  bundled.writeUInt16BE(entry.length);
  bundled.set(entry, LENGTH_BYTES);
  return bundled;
}

/** The whole entries of a bundle, and how many bytes of one that is not whole follow them. */
export function readBundle(bundle: Uint8Array): {
  readonly entries: readonly BundledEntry[];
  readonly torn: number;
} {
  const entries: BundledEntry[] = [];
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  let start = 0;
  while (start + LENGTH_BYTES <= bundle.length) {
    const end = start + LENGTH_BYTES + view.getUint16(start);
    if (end > bundle.length) break;
    entries.push({ bytes: bundle.subarray(start + LENGTH_BYTES, end), start });
    start = end;
  }
  return { entries, torn: bundle.length - start };
}
