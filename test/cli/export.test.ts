import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { exportRun } from "../../src/cli/commands/export.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { ExportRequest } from "../../src/cli/requests.ts";
import { sha256 } from "../../src/evidence/digest.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { writeRun } from "../evidence/written-run.ts";
import { syntheticEvents } from "../fixtures/synthetic-run.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { NO_TRACKING } from "./plain-requests.ts";

const EVENTS = syntheticEvents({ steps: 40, ending: "finished" });

async function exportTo(request: Partial<ExportRequest> & Pick<ExportRequest, "target">) {
  const folder = await writeRun("run-1", EVENTS);
  const recorded = recordTerminal(dirname(folder));
  const code = await exportRun(
    { ...NO_TRACKING, run: basename(folder), output: undefined, model: undefined, ...request },
    recorded.terminal,
  );
  return { code, out: recorded.out(), err: recorded.err(), root: dirname(folder) };
}

test("jsonl gives every event of the record on a line of its own", async () => {
  const { code, out, root } = await exportTo({ target: "jsonl" });
  expect(code).toBe(EXIT.clean);
  expect(out).toBe("JSONL  run-1.events.jsonl\n");
  const lines = readFileSync(join(root, "run-1.events.jsonl"), "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(EVENTS.length);
});

test.each([
  ["prov", "PROV", "prov.json", "gov:GovernedTraining"],
  ["openlineage", "OpenLineage", "openlineage.jsonl", '"eventType":"COMPLETE"'],
  ["cyclonedx", "CycloneDX", "cdx.json", '"bomFormat": "CycloneDX"'],
] as const)(
  "%s writes a document named after the run, or where it is told",
  async (target, name, ending, part) => {
    const { code, out, root } = await exportTo({ target });
    expect(code).toBe(EXIT.clean);
    expect(out).toBe(`${name}  run-1.${ending}\n`);
    expect(readFileSync(join(root, `run-1.${ending}`), "utf8")).toContain(part);
    const elsewhere = await exportTo({ target, output: "there.json" });
    expect(elsewhere.out).toBe(`${name}  there.json\n`);
  },
);

test("tensorboard writes a folder, and says how to look at it", async () => {
  const { code, out, root } = await exportTo({ target: "tensorboard", logdir: "boards" });
  expect(code).toBe(EXIT.clean);
  expect(out).toBe("TensorBoard  boards/run-1  →  tensorboard --logdir boards/run-1\n");
  expect(existsSync(join(root, "boards", "run-1"))).toBe(true);
});

test.each([
  ["wandb", "set WANDB_DIR"],
  ["tensorboard", "use --logdir"],
  ["mlflow", "set MLFLOW_TRACKING_URI"],
] as const)("-o is not passed over by %s", async (target, remedy) => {
  const { code, err } = await exportTo({ target, output: "elsewhere" });
  expect(code).toBe(EXIT.failed);
  expect(err).toContain(`-o names the file of a document; for --to ${target}, ${remedy}`);
});

test("what is in the way is named", async () => {
  const { code, err } = await exportTo({ target: "jsonl", output: "run-1" });
  expect(code).toBe(EXIT.failed);
  expect(err).toMatch(/^gov: cannot create .*run-1: it exists already$/m);
});

test("no model but the one that the run saved is handed on with it", async () => {
  const model = { "model.json": "{}", "weights.bin": "weights" };
  const saved = Object.fromEntries(Object.entries(model).map(([name, text]) => [name, sha256(text)]));
  const trained = EVENTS.map((event): RunEvent => (event.kind === "run_ended" ? { ...event, saved } : event));
  const folder = await writeRun("run-1", trained);
  const files: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    own: model,
    other: { ...model, "weights.bin": "others" },
  };
  for (const [name, texts] of Object.entries(files)) {
    mkdirSync(join(dirname(folder), name));
    for (const [file, text] of Object.entries(texts)) writeFileSync(join(dirname(folder), name, file), text);
  }
  const handOn = async (name: string): Promise<{ readonly code: number; readonly err: string }> => {
    const { terminal, err } = recordTerminal(dirname(folder));
    const request = {
      ...NO_TRACKING,
      run: "run-1",
      output: undefined,
      model: name,
      target: "wandb",
    } as const;
    return { code: await exportRun(request, terminal), err: err() };
  };
  expect(await handOn("own")).toEqual({ code: EXIT.clean, err: "" });
  const other = await handOn("other");
  expect(other.code).toBe(EXIT.failed);
  expect(other.err).toContain("does not hold the model that the run run-1 saved: weights.bin differs");
  const none = await exportTo({ target: "wandb", model: "own" });
  expect(none.code).toBe(EXIT.failed);
  expect(none.err).toContain("the run run-1 has saved no model to hand on");
});
