/** TensorBoard's own reader and server read our event files. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTensorBoardTracker } from "../../src/trackers/tensorboard/tensorboard.ts";
import { temporaryFolder } from "../evidence/written-run.ts";
import { freePort, hasReader, readerPath, runReader, waitFor } from "./readers.ts";
import { STARTED, tell, trackedRun } from "./tracked-run.ts";

const READ = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
events = EventAccumulator(sys.argv[1], size_guidance={"tensors": 0})
events.Reload()
value = lambda event: tensor_util.make_ndarray(event.tensor_proto).tolist()
rows = lambda tag: [[event.step, event.wall_time, value(event)] for event in events.Tensors(tag)]
text = [str(value[0]) for _, _, value in rows("decisions/run_ended")]
print(json.dumps({"tags": events.Tags()["tensors"], "low": rows("entropy/encoder/low"), "loss": rows("loss"), "end": text, "spread": rows("weights/encoder")}))
`;

interface Read {
  readonly tags: readonly string[];
  readonly low: readonly (readonly [number, number, number])[];
  readonly loss: readonly unknown[];
  readonly end: readonly string[];
  readonly spread: readonly unknown[];
}

async function writeRun(): Promise<string> {
  const logdir = temporaryFolder();
  const tracker = createTensorBoardTracker(trackedRun(), { folder: join(logdir, "run"), started: STARTED });
  tell(tracker, 300);
  await tracker.close([]);
  return logdir;
}

describe.skipIf(!hasReader("tensorboard"))("TensorBoard", () => {
  test("the EventAccumulator reads every step, and the server shows the run", async () => {
    const logdir = await writeRun();
    const read = JSON.parse(await runReader("python", ["-c", READ, join(logdir, "run")])) as Read;
    expect(read.loss).toHaveLength(300);
    expect(read.low[7]).toEqual([7, expect.closeTo(STARTED / 1000 + 0.14, 3), expect.closeTo(0.3, 6)]);
    expect(read.tags).toEqual(expect.arrayContaining(["policy/policy.gov", "routing/low/top/share"]));
    expect(read.end).toEqual([
      expect.stringContaining("run halted: entropy(encoder) stayed below its range"),
    ]);

    expect(read.spread).toMatchObject([
      [
        100,
        expect.anything(),
        [
          [-1, -0.5, 1],
          [-0.5, 0, 0],
          [0, 0.5, 2],
          [0.5, 1, 5],
        ],
      ],
    ]);

    const port = await freePort();
    const words = ["--logdir", logdir, "--host", "127.0.0.1", "--port", String(port), "--load_fast", "false"];
    const server = spawn(readerPath("tensorboard"), words, { stdio: "ignore" });
    try {
      const address = `http://127.0.0.1:${port}/data/plugin/scalars`;
      await waitFor(`${address}/tags`);
      const tags = await untilFilled(`${address}/tags`);
      expect(Object.keys(tags["run"] ?? {})).toContain("entropy/encoder/average");
      const rows: unknown = await (await fetch(`${address}/scalars?run=run&tag=loss`)).json();
      expect(rows).toHaveLength(300);
    } finally {
      server.kill();
    }
  });
});

/** The server reads the folder after it has begun to answer. */
async function untilFilled(url: string): Promise<Readonly<Record<string, object>>> {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const tags = (await (await fetch(url)).json()) as Readonly<Record<string, object>>;
    if (tags["run"] !== undefined) return tags;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error("the server shows no run");
}
