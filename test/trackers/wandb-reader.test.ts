/** `wandb sync` uploads our run to a stub of the server, and W&B's own viewer shows it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { artifactsOf } from "../../src/trackers/artifacts.ts";
import type { TrackedRun } from "../../src/trackers/tracker.ts";
import { createWandbTracker } from "../../src/trackers/wandb/wandb.ts";
import { temporaryFolder } from "../evidence/written-run.ts";
import { hasReader, runReader } from "./readers.ts";
import { STARTED, tell, trackedRun, VERSIONS } from "./tracked-run.ts";
import { idOf, startWandbServer } from "./wandb-server.ts";

async function writeWandbRun(): Promise<{ readonly run: TrackedRun; readonly place: string }> {
  const run = trackedRun();
  const tracker = createWandbTracker(run, {
    ...{ id: "7k2m9qxd", project: "digits", entity: "team", name: "first", folder: temporaryFolder() },
    ...{ group: "night", jobType: "train", notes: "a note", tags: ["a"], sweep: undefined },
    started: STARTED,
    sampleSystem: () => ({ cpu: 50 }),
  });
  tell(tracker, 300);
  const { place } = await tracker.close(artifactsOf(run, undefined, VERSIONS));
  return { run, place };
}

describe.skipIf(!hasReader("wandb"))("W&B", () => {
  test("`wandb sync` uploads the whole run", async () => {
    const { run, place } = await writeWandbRun();
    const server = await startWandbServer();
    const { received } = server;
    const home = temporaryFolder();
    await runReader("wandb", ["sync", "--yes", place], {
      cwd: home,
      env: {
        ...{ PATH: process.env["PATH"], HOME: home, WANDB_ERROR_REPORTING: "false" },
        ...{ WANDB_BASE_URL: server.address, WANDB_API_KEY: "0".repeat(40) },
      },
    });
    server.close();
    expect(received.unknown).toEqual([]);
    expect(received.exitCode).toBe(5);
    expect(received.history.map((row) => row["_step"])).toEqual(
      Array.from({ length: 301 }, (_, step) => step),
    );
    expect(received.history[150]).toMatchObject({ "entropy/encoder/decision": 2, "loss/all/high": 2 });
    expect(received.history[100]).toMatchObject({
      "weights/encoder": { _type: "histogram", values: [1, 0, 2, 5] },
    });
    expect(received.summary).toMatchObject({ outcome: "halted", "entropy/encoder/low": 0.3 });
    expect(received.stats).toContainEqual(expect.objectContaining({ "system.cpu": 50 }));
    expect(received.runs[0]).toMatchObject({ name: "7k2m9qxd", displayName: "first", groupName: "night" });
    expect(received.alerts.map(({ severity }) => severity)).toEqual(["WARN", "WARN", "WARN", "ERROR"]);
    const artifacts = received.artifacts.map((artifact) => artifact["artifactTypeName"]);
    expect(artifacts.toSorted()).toEqual(["dataset", "evidence", "model", "model", "policy", "run_table"]);
    expect(received.used.map(({ artifactID }) => artifactID).toSorted()).toEqual(["mnist_split", "train"]);
    const policy = received.uploads.get("/artifact/mnist_split/policy.gov");
    expect(policy?.toString("utf8")).toBe(readFileSync(join(run.folder, "policy.gov"), "utf8"));
    expect([...received.uploads.keys()]).toEqual(expect.arrayContaining(["/run/policy/policy.gov"]));
    for (const artifact of received.artifacts) {
      const manifest = received.uploads.get(`/manifest/${idOf(artifact)}`)?.toString("utf8") ?? "{}";
      expect(digestOf(JSON.parse(manifest) as Manifest)).toBe(artifact["digest"]);
    }
  });

  test("the viewer of W&B shows the run as it ended", async () => {
    const { place } = await writeWandbRun();
    const shown: unknown = JSON.parse(
      await runReader("wandb", ["leet", "inspect", "--summary", "--json", place]),
    );
    expect(JSON.stringify(shown)).toContain("stayed below its range");
    const text = await runReader("wandb", ["leet", "inspect", "--summary", place]);
    expect(text).toMatch(/^state +failed \(exit code 5\)$/m);
    expect(text).toMatch(/^ +entropy\/encoder\/low +0\.3$/m);
    const lines = (await runReader("wandb", ["leet", "inspect", "--json", place])).trim().split("\n");
    const kinds = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(kinds.filter((kind) => kind === "history")).toHaveLength(301);
  });
});

interface Manifest {
  readonly contents: Readonly<Record<string, { readonly digest: string }>>;
}

function digestOf({ contents }: Manifest): string {
  const hash = createHash("md5").update("wandb-artifact-manifest-v1\n");
  for (const path of Object.keys(contents).toSorted())
    hash.update(`${path}:${contents[path]?.digest ?? ""}\n`);
  return hash.digest("hex");
}
