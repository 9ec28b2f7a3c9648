import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crc32c, maskedCrc32c } from "../../src/trackers/tensorboard/crc32c.ts";
import { histogram, summaryEvent } from "../../src/trackers/tensorboard/record.ts";
import { createTensorBoardTracker } from "../../src/trackers/tensorboard/tensorboard.ts";
import { temporaryFolder } from "../evidence/written-run.ts";
import { POLICY_TEXT } from "../fixtures/synthetic-run.ts";
import { STARTED, tell, trackedRun } from "./tracked-run.ts";
import {
  countAt,
  decode,
  doubleAt,
  floats,
  messageAt,
  messages,
  textAt,
  texts,
  type Fields,
} from "./wire.ts";

test("the checksum is CRC-32C by its published values (RFC 3720, B.4)", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
});

/** Reads the framing by its definition, checking both checksums. */
function readEvents(path: string): readonly Fields[] {
  const bytes = readFileSync(path);
  const events: Fields[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    events.push(decode(data));
    at += length + 16;
  }
  return events;
}

async function trackedEvents(steps: number): Promise<readonly Fields[]> {
  const folder = join(temporaryFolder(), "run");
  const tracker = createTensorBoardTracker(trackedRun(), { folder, started: STARTED });
  tell(tracker, steps);
  await tracker.close([]);
  const [file] = readdirSync(folder);
  expect(file).toMatch(/^events\.out\.tfevents\.1795422851\./);
  return readEvents(join(folder, file ?? ""));
}

test("a file begins with its version, then the policy as text", async () => {
  const [version, about] = await trackedEvents(1);
  expect(version && textAt(version, 3)).toBe("brain.Event:2");
  expect(version && doubleAt(version, 1)).toBe(STARTED / 1000);
  const value = about && messageAt(about, 5, 1);
  expect(value && textAt(value, 1)).toBe("policy/policy.gov");
  expect(value && textAt(messageAt(value, 9, 1), 1)).toBe("text");
  const shown = value && textAt(messageAt(value, 8), 8);
  expect(shown).toBe(
    POLICY_TEXT.split("\n")
      .map((line) => `    ${line}`)
      .join("\n"),
  );
});

test("each step is one event with a scalar for each figure", async () => {
  const events = await trackedEvents(100);
  const step = events.find((event) => countAt(event, 2) === 60);
  expect(step && doubleAt(step, 1)).toBeCloseTo(STARTED / 1000 + 1.2, 6);
  const values = step === undefined ? [] : messages(messageAt(step, 5), 1);
  const names = values.map((value) => textAt(value, 1));
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(["loss", "entropy/encoder", "entropy/encoder/low"]));
  const low = values.find((value) => textAt(value, 1) === "entropy/encoder/low");
  expect(low && floats(messageAt(low, 8), 5)).toEqual([Math.fround(0.3)]);
});

test("decisions are text that nothing interprets, with the policy's line", async () => {
  const events = await trackedEvents(100);
  const said = events
    .flatMap((event) => (event.has(5) ? messages(messageAt(event, 5), 1) : []))
    .filter((value) => textAt(value, 1)?.startsWith("decisions/bound_breached") === true)
    .flatMap((value) => texts(messageAt(value, 8), 8));
  expect(said).toEqual([
    expect.stringMatching(/^ {4}entropy\(encoder\) is 0\.281, below 0\.3\n {4}policy\.gov:27:1$/),
  ]);
});

test("a histogram is a tensor of left, right and count", () => {
  const event = decode(
    summaryEvent(0, 7, [
      histogram("weights", [
        [-1, 0, 3],
        [0, 1, 5],
      ]),
    ]),
  );
  const tensor = messageAt(event, 5, 1, 8);
  expect(floats(tensor, 5)).toEqual([-1, 0, 3, 0, 1, 5]);
  expect(messages(messageAt(tensor, 2), 2).map((size) => countAt(size, 1))).toEqual([2, 3]);
});
