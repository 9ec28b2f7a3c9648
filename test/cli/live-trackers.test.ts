import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runExperiment } from "../../src/cli/commands/run.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { RunRequest, TrackerName } from "../../src/cli/requests.ts";
import { readRun } from "../../src/evidence/read.ts";
import { verifies, type RunRecord } from "../../src/evidence/record.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { tinyProject } from "./tiny-experiment.ts";
import { NO_TRACKING, PLAIN_RUN } from "./plain-requests.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly folder: string;
  readonly record: RunRecord;
}

async function run(
  trackers: readonly TrackerName[] | undefined,
  environment: Readonly<Record<string, string>> = {},
  more: Partial<RunRequest> = {},
): Promise<Ran> {
  const folder = tinyProject();
  const recorded = recordTerminal(folder, { environment });
  const code = await runExperiment(
    { ...PLAIN_RUN, epochs: 1, tracking: { ...NO_TRACKING, trackers }, ...more },
    recorded.terminal,
  );
  return { code, out: recorded.out(), folder, record: readRun(join(folder, "runs", "latest")) };
}

function failures(record: RunRecord): readonly string[] {
  return record.decisions.flatMap(({ event }) =>
    event.kind === "tracker_failed" ? [`${event.tracker}: ${event.reason}`] : [],
  );
}

test("a run is copied as it happens, and says where to", async () => {
  const { code, out, folder, record } = await run(["wandb", "tensorboard"]);
  expect(code).toBe(EXIT.clean);
  expect(out).toMatch(/^W&B {2}wandb\/offline-run-\d{8}_\d{6}-\w{8} {2}→ {2}wandb sync wandb\/offline-run-/m);
  expect(out).toMatch(/^TensorBoard {2}tensorboard\//m);
  expect(existsSync(join(folder, "tensorboard", record.id))).toBe(true);
  expect(failures(record)).toEqual([]);
});

test("a tracker that nobody answers is shown and recorded, and the run goes on", async () => {
  const { code, out, record } = await run(["mlflow"], { MLFLOW_TRACKING_URI: "http://127.0.0.1:9" });
  expect(code).toBe(EXIT.clean);
  expect(out).toMatch(/mlflow has no more of this run: nobody answers at http:\/\/127\.0\.0\.1:9/);
  expect(failures(record)).toEqual([expect.stringMatching(/^mlflow: nobody answers at/)]);
  expect(verifies(record)).toBe(true);
  expect(record.decisions.at(-1)?.event).toMatchObject({ kind: "run_ended", outcome: "finished" });
});

test("that a copy will not come is told to who wants no progress, too", async () => {
  const nowhere = { MLFLOW_TRACKING_URI: "http://127.0.0.1:9" };
  expect((await run(["mlflow"], nowhere, { quiet: true })).out).toMatch(/mlflow has no more of this run/);
});

test("a run that is started inside of another of W&B's takes its id; --tracker none keeps it apart", async () => {
  const inside = { WANDB_RUN_ID: "outer123", WANDB_RUN_GROUP: "night" };
  const { folder } = await run(undefined, inside);
  expect(readdirSync(join(folder, "wandb"))).toEqual([expect.stringMatching(/^offline-run-.*-outer123$/)]);
  const hostile = await run(["wandb"], { WANDB_RUN_ID: "x/../../../outside" });
  expect(failures(hostile.record)).toEqual([expect.stringContaining("an id holds none of /")]);
  expect(existsSync(join(hostile.folder, "wandb"))).toBe(false);
  const apart = await run([], inside);
  expect(existsSync(join(apart.folder, "wandb"))).toBe(false);
});
