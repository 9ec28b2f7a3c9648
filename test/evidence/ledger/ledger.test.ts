import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EvidenceError } from "../../../src/evidence/error.ts";
import { bundleEntry } from "../../../src/evidence/ledger/entries.ts";
import { signingKeyFrom } from "../../../src/evidence/ledger/keys.ts";
import { createLedger, type Ledger } from "../../../src/evidence/ledger/ledger.ts";
import { openLedger } from "../../../src/evidence/ledger/open.ts";
import { readLedger } from "../../../src/evidence/ledger/read.ts";
import { tilePath } from "../../../src/evidence/ledger/tiles.ts";
import { KEY, temporaryFolder } from "../written-run.ts";

const ORIGIN = "example.com/tests/ledger";

function appendMany(ledger: Ledger, count: number): void {
  for (let more = 0; more < count; more += 1) ledger.append(Buffer.from(`entry ${ledger.size()}`));
}

/** A ledger with so many entries, committed in pieces of these sizes. */
function ledgerOf(...pieces: readonly number[]): { readonly folder: string; readonly ledger: Ledger } {
  const folder = temporaryFolder();
  const ledger = createLedger({ folder, origin: ORIGIN, key: KEY });
  for (const piece of pieces) {
    appendMany(ledger, piece);
    ledger.commitSync();
  }
  ledger.close();
  return { folder, ledger };
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

test("tiles and bundles lie where tlog-tiles has them", () => {
  const { folder } = ledgerOf(3, 250, 60, 256);
  expect(filesOf(folder)).toEqual([
    "checkpoint",
    "key.pub",
    "tile/0/000",
    "tile/0/001",
    "tile/0/002.p/57",
    "tile/1/000.p/2",
    "tile/entries/000",
    "tile/entries/001",
    "tile/entries/002.p/57",
  ]);
  expect(tilePath(0, 1234067, 256)).toBe("tile/0/x001/x234/067");
  expect(tilePath("entries", 1000, 8)).toBe("tile/entries/x001/000.p/8");
  expect(readFileSync(join(folder, "tile/entries/000")).subarray(0, 9).toString("latin1")).toBe(
    "\0\x07entry 0",
  );
  expect(readFileSync(join(folder, "checkpoint"), "utf8")).toMatch(
    /^example\.com\/tests\/ledger\n569\n[A-Za-z0-9+/]{43}=\n\n— example\.com\/tests [A-Za-z0-9+/]{90}[A-Za-z0-9+/=]{2}\n$/,
  );
});

test("however the entries are committed, the files are the same", async () => {
  const { folder } = ledgerOf(1, 255, 1, 300, 0, 43);
  const whole = ledgerOf(0).folder;
  const { ledger } = openLedger(whole, KEY);
  appendMany(ledger, 600);
  await ledger.commit();
  ledger.close();
  expect(filesOf(folder)).toEqual(filesOf(whole));
  for (const file of filesOf(folder))
    expect(readFileSync(join(folder, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
});

test("what is appended while a commit is under way is signed by the next one", async () => {
  const { folder } = ledgerOf(0);
  const { ledger } = openLedger(folder, KEY);
  const signed = (): number | undefined => readLedger(folder, KEY.publicKey).note?.checkpoint.size;
  appendMany(ledger, 300);
  const first = ledger.commit();
  appendMany(ledger, 400);
  expect(() => ledger.commitSync()).toThrow("under way");
  await first;
  expect(signed()).toBe(300);
  const second = ledger.commit();
  appendMany(ledger, 5);
  const third = ledger.commit();
  await Promise.all([second, third]);
  expect(signed()).toBe(705);
  ledger.close();
  expect(readLedger(folder, KEY.publicKey).faults).toEqual([]);
});

test.each([0, 1, 255, 256, 257, 600])(
  "a ledger of %i entries reads back, and goes on where it was",
  (size) => {
    const { folder } = ledgerOf(size);
    const { ledger, entries } = openLedger(folder, KEY);
    expect(entries.map((entry) => Buffer.from(entry).toString())).toEqual(
      Array.from({ length: size }, (_, index) => `entry ${index}`),
    );
    appendMany(ledger, 3);
    ledger.commitSync();
    const { entries: now, faults } = readLedger(folder, KEY.publicKey);
    expect(faults).toEqual([]);
    expect(now).toHaveLength(size + 3);
  },
);

test("an entry has at most 65,535 bytes", () => {
  const { ledger, folder } = ledgerOf();
  ledger.append(new Uint8Array(0xffff));
  ledger.append(new Uint8Array());
  expect(() => ledger.append(new Uint8Array(0x10000))).toThrow(RangeError);
  ledger.commitSync();
  expect(readLedger(folder).entries.map(({ bytes }) => bytes.length)).toEqual([0xffff, 0]);
});

describe("what a killed run leaves is cut off when the ledger is opened", () => {
  const leftovers: Readonly<Record<string, (folder: string) => void>> = {
    "half an entry": (folder) => appendFileSync(join(folder, "tile/entries/000.p/5"), "\0\x30not all of"),
    "whole entries": (folder) => {
      appendFileSync(join(folder, "tile/entries/000.p/5"), bundleEntry(Buffer.from("never signed")));
      renameSync(join(folder, "tile/entries/000.p/5"), join(folder, "tile/entries/000.p/6"));
    },
    "a bundle that was full": (folder) => {
      const entries = Array.from({ length: 251 }, () => bundleEntry(Buffer.from("never signed")));
      appendFileSync(join(folder, "tile/entries/000.p/5"), Buffer.concat(entries));
      renameSync(join(folder, "tile/entries/000.p/5"), join(folder, "tile/entries/000"));
      rmSync(join(folder, "tile/entries/000.p"), { recursive: true });
    },
    "a bundle after this one": (folder) => writeFileSync(join(folder, "tile/entries/001"), "\0\x01x"),
    "hashes of entries that are not signed": (folder) =>
      appendFileSync(join(folder, "tile/0/000.p/5"), Buffer.alloc(32)),
    "no hashes at all": (folder) => rmSync(join(folder, "tile/0"), { recursive: true }),
    "a checkpoint that was being written": (folder) =>
      writeFileSync(join(folder, "checkpoint.partial"), "example.com"),
    "a level of tiles too many": (folder) => {
      mkdirSync(join(folder, "tile/1/000.p"), { recursive: true });
      writeFileSync(join(folder, "tile/1/000.p/1"), Buffer.alloc(32));
    },
  };
  test.each(Object.entries(leftovers))("%s", (_, leave) => {
    const { folder } = ledgerOf(5);
    const before = readFileSync(join(folder, "checkpoint"));
    leave(folder);
    expect(readLedger(folder, KEY.publicKey).faults).not.toEqual([]);
    const { entries } = openLedger(folder, KEY);
    expect(entries).toHaveLength(5);
    expect(readLedger(folder, KEY.publicKey).faults).toEqual([]);
    expect(filesOf(folder)).toEqual(filesOf(ledgerOf(5).folder));
    expect(readFileSync(join(folder, "checkpoint")).equals(before)).toBe(true);
  });
});

test("a ledger whose signed part was changed is not continued, and neither is another key's", () => {
  const { folder } = ledgerOf(5);
  const other = signingKeyFrom("example.com/other", new Uint8Array(32).fill(9));
  expect(() => openLedger(folder, other)).toThrow(EvidenceError);
  const bundle = join(folder, "tile/entries/000.p/5");
  writeFileSync(bundle, readFileSync(bundle, "latin1").replace("entry 3", "entry 9"), "latin1");
  expect(() => openLedger(folder, KEY)).toThrow(
    /tile\/entries\/000\.p\/5: the entry is not the one that was signed$/,
  );
});
