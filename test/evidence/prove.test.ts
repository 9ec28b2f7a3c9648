import { join } from "node:path";
import { expect, test } from "vitest";
import { LEDGER } from "../../src/evidence/layout.ts";
import { signingKeyFrom } from "../../src/evidence/ledger/keys.ts";
import { createLedger } from "../../src/evidence/ledger/ledger.ts";
import { checkProof, proveEntry } from "../../src/evidence/prove.ts";
import { KEY, temporaryFolder } from "./written-run.ts";

const TRUST = { key: KEY.publicKey, witnesses: [] };

/** The folder of a ledger with so many entries. */
function ledgerOf(size: number): string {
  const folder = temporaryFolder();
  const ledger = createLedger({ folder: join(folder, LEDGER), origin: "example.com/tests/run", key: KEY });
  for (let entry = 0; entry < size; entry += 1) ledger.append(Buffer.from(`entry ${entry}`));
  ledger.commitSync();
  return folder;
}

test.each([1, 2, 3, 7, 8, 300])("every entry of a ledger of %i is proved", (size) => {
  const folder = ledgerOf(size);
  for (let index = 0; index < size; index += 1)
    expect(checkProof(proveEntry(folder, index), TRUST)).toEqual({
      ...{ origin: "example.com/tests/run", size, index, entry: `entry ${index}` },
    });
});

test("a proof with any byte changed shows nothing", () => {
  const proof = Buffer.from(proveEntry(ledgerOf(5), 2));
  for (let place = 0; place < proof.length; place += 1)
    for (const bit of [1, 0x20]) {
      const changed = Buffer.from(proof);
      changed.writeUInt8(changed.readUInt8(place) ^ bit, place);
      expect(checkProof(changed.toString("utf8"), TRUST).problem, `byte ${place}`).toBeDefined();
    }
});

test("a proof cut short at any place shows nothing", () => {
  const proof = proveEntry(ledgerOf(5), 4);
  for (let length = 0; length < proof.length; length += 1)
    expect(checkProof(proof.slice(0, length), TRUST).problem, `${length} characters`).toBeDefined();
});

test("the key and every witness must have signed", () => {
  const proof = proveEntry(ledgerOf(2), 0);
  const other = signingKeyFrom("example.com/other", new Uint8Array(32).fill(9)).publicKey;
  expect(checkProof(proof, { key: other, witnesses: [] }).problem).toContain(
    "not signed by example.com/other",
  );
  expect(checkProof(proof, { key: KEY.publicKey, witnesses: [other] }).problem).toContain("not signed by");
});
