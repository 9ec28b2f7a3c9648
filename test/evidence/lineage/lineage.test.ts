import { expect, test } from "vitest";
import { lineageOf } from "../../../src/evidence/lineage/lineage.ts";
import { openLineageEvents } from "../../../src/evidence/lineage/openlineage.ts";
import { provDocument } from "../../../src/evidence/lineage/prov.ts";
import { syntheticRecord } from "../../fixtures/synthetic-run.ts";
import { DIGESTS, HARMLESS, HOSTILE, recordWith } from "./lineage-run.ts";

test("time goes on by the milliseconds of the steps", () => {
  const record = recordWith(HARMLESS);
  const { run, versions } = lineageOf(record);
  const spent = record.measurements.flatMap((event) => (event.kind === "step_measured" ? [event] : []));
  const sum = (last: number): number =>
    spent.slice(0, last).reduce((total, { milliseconds }) => total + milliseconds, 0);
  expect(run.started).toBe(Date.parse("2026-11-23T08:34:11.512Z"));
  expect(run.ended - run.started).toBeCloseTo(sum(1200), 1);
  expect(versions.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 600],
    [2, 1200],
  ]);
  expect((versions[0]?.moment ?? 0) - run.started).toBeLessThanOrEqual(sum(600));
});

test("what was done anew after a run was resumed counts once", () => {
  const record = recordWith(HARMLESS);
  const first = record.decisions.findIndex(({ event }) => event.kind === "epoch_ended");
  const clock = { step: 0, epoch: 0, examples: 0 };
  const metrics = { bytes: 0, sha256: "00".repeat(32) };
  const before = record.decisions.slice(0, first + 1).map(({ event }) => event);
  const [start, ...rest] = before;
  if (start === undefined) throw new Error("there is a start");
  const saved = { kind: "checkpoint_saved", clock, file: "f", sha256: DIGESTS.data, pruned: [] } as const;
  const events = [
    ...[start, saved, ...rest, { kind: "run_resumed", clock, metrics } as const],
    ...record.decisions.slice(1).map(({ event }) => event),
  ];
  const resumed = { ...record, decisions: events.map((event, sequence) => ({ sequence, event })) };
  expect(lineageOf(resumed).versions.map(({ sha256 }) => sha256)).toEqual(DIGESTS.weights);
});

test("weights that come out the same again were made once", () => {
  const record = recordWith(HARMLESS);
  const decisions = record.decisions.map((entry) =>
    entry.event.kind === "epoch_ended"
      ? { ...entry, event: { ...entry.event, weightsDigest: DIGESTS.weights[0] } }
      : entry,
  );
  const { wasGeneratedBy } = provDocument(lineageOf({ ...record, decisions })) as {
    readonly wasGeneratedBy: Readonly<Record<string, { readonly "prov:entity": string }>>;
  };
  const made = Object.values(wasGeneratedBy).map((one) => one["prov:entity"]);
  expect(made).toHaveLength(new Set(made).size);
  expect(made).toContain(`gov:sha256-${DIGESTS.weights[0]}`);
});

test("names are labels: identifiers of PROV are made of digests", () => {
  const document = provDocument(lineageOf(recordWith(HOSTILE))) as Readonly<Record<string, object>>;
  const ids = ["entity", "activity", "agent"].flatMap((kind) => Object.keys(document[kind] ?? {}));
  expect(ids.filter((id) => !/^gov:[A-Za-z0-9._-]+$/.test(id))).toEqual([]);
  expect(ids.length).toBeGreaterThan(8);
});

test("a folder that carries another name gives no identifier to the document", () => {
  const record = { ...syntheticRecord({ steps: 1, ending: "finished" }), id: "../evil", decisions: [] };
  expect(lineageOf(record).run.id).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ["finished", "COMPLETE"],
  ["halted", "ABORT"],
  ["killed", undefined],
] as const)("a run that was %s ends with %s", (ending, type) => {
  const events = openLineageEvents(lineageOf(syntheticRecord({ steps: 1200, ending }))) as readonly {
    readonly eventType: string;
  }[];
  const last = events.at(-1)?.eventType;
  expect(last).toBe(type ?? "RUNNING");
});
