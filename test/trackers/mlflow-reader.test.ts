/** A real MLflow server on SQLite takes our run and gives it back. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { artifactsOf } from "../../src/trackers/artifacts.ts";
import { createMlflowTracker, type MlflowOptions } from "../../src/trackers/mlflow/mlflow.ts";
import { temporaryFolder } from "../evidence/written-run.ts";
import { freePort, hasReader, readerPath, waitFor } from "./readers.ts";
import { STARTED, tell, trackedRun } from "./tracked-run.ts";

describe.skipIf(!hasReader("mlflow"))("MLflow", () => {
  test("a server has parameters, metrics, inputs and artifacts; a run inside another fills that one", async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const words = [
      ...["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
      ...["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
      ...["--artifacts-destination", join(folder, "artifacts")],
    ];
    const server = spawn(readerPath("mlflow"), words, { stdio: "ignore", detached: true, cwd: folder });
    try {
      await waitFor(`${address}/health`);
      const options: MlflowOptions = {
        ...{ address, authorization: undefined, experiment: "digits", name: "first", outerRun: undefined },
        started: STARTED,
        sampleSystem: () => ({ cpu: 50 }),
      };
      const run = trackedRun();
      const tracker = await createMlflowTracker(run, options);
      tell(tracker, 300);
      const { place } = await tracker.close(artifactsOf(run, undefined, []));
      const id = /\/runs\/(\w+)$/.exec(place)?.[1] ?? "";
      const found = await getRun(address, id);
      expect(found.info).toMatchObject({ run_name: "first", status: "FAILED", start_time: STARTED });
      const pairs = (list: readonly Pair[]) => Object.fromEntries(list.map(({ key, value }) => [key, value]));
      expect(pairs(found.data.params)).toMatchObject({ "policy.name": "mnist_split", seed: "7" });
      expect(pairs(found.data.metrics)).toMatchObject({ "entropy/encoder/low": 0.3, "system/cpu": 50 });
      expect(found.inputs.dataset_inputs.map(({ dataset }) => dataset.name).toSorted()).toEqual([
        ...["cohort closed", "cohort high", "cohort low", "train"],
      ]);
      const history = await getJson(
        `${address}/api/2.0/mlflow/metrics/get-history?run_id=${id}&metric_key=loss`,
      );
      expect(history["metrics"]).toHaveLength(300);
      const artifacts = `${address}/get-artifact?run_id=${id}&path=`;
      const policy = await fetch(`${artifacts}policy/mnist_split/policy.gov`);
      expect(await policy.text()).toBe(readFileSync(join(run.folder, "policy.gov"), "utf8"));
      const sarif = await getJson(`${artifacts}violations.sarif`);
      expect(sarif["version"]).toBe("2.1.0");

      const outer = await createOuterRun(address);
      const inner = await createMlflowTracker(run, { ...options, outerRun: outer });
      tell(inner, 10);
      await inner.close([]);
      const filled = await getRun(address, outer);
      expect(filled.info).toMatchObject({ run_id: outer, status: "RUNNING" });
      expect(pairs(filled.data.metrics)).toHaveProperty(["entropy/encoder"]);
      expect(pairs(filled.data.tags)).toMatchObject({
        "strata.run": run.id,
        "strata.policy.digest": run.ir?.digest,
        "strata.outcome": "halted",
      });
    } finally {
      // The server starts others, which are in its group.
      if (server.pid !== undefined) process.kill(-server.pid);
    }
  });
});

interface Pair {
  readonly key: string;
  readonly value: unknown;
}

interface FoundRun {
  readonly info: Readonly<Record<string, unknown>>;
  readonly data: {
    readonly params: readonly Pair[];
    readonly metrics: readonly Pair[];
    readonly tags: readonly Pair[];
  };
  readonly inputs: { readonly dataset_inputs: readonly { readonly dataset: { readonly name: string } }[] };
}

async function getJson(url: string): Promise<Readonly<Record<string, unknown>>> {
  return (await (await fetch(url)).json()) as Readonly<Record<string, unknown>>;
}

async function getRun(address: string, id: string): Promise<FoundRun> {
  return (await getJson(`${address}/api/2.0/mlflow/runs/get?run_id=${id}`))["run"] as FoundRun;
}

async function createOuterRun(address: string): Promise<string> {
  const response = await fetch(`${address}/api/2.0/mlflow/runs/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ experiment_id: "0", start_time: STARTED }),
  });
  const { run } = (await response.json()) as { readonly run: FoundRun };
  return String(run.info["run_id"]);
}
