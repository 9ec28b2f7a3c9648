import { expect, test } from "vitest";
import { layOutRun } from "../../src/evidence/run-inputs.ts";
import { recordedPath } from "../../src/evidence/layout.ts";
import type { Ir } from "../../src/ir/ir.ts";
import type { TfjsPlan } from "../../src/lower/tfjs/plan.ts";
import { ENVIRONMENT, POLICY } from "../fixtures/synthetic-run.ts";

const ENTRY = "policies/split.gov";
const SOURCES = new Map([
  [ENTRY, "policy split"],
  ["std/guards", "module guards"],
  ["model.json", "{}"],
]);

const IR: Ir = {
  irVersion: 1,
  compiler: "0.1.0",
  policy: POLICY,
  sources: [
    { path: ENTRY, sha256: "aa".repeat(32) },
    { path: "std/guards", sha256: "bb".repeat(32) },
  ],
  digest: "cc".repeat(32),
};

const PLAN: TfjsPlan = {
  target: "tfjs",
  planVersion: 1,
  policyDigest: IR.digest,
  policyName: POLICY.name,
  defaultWeight: 1,
  rules: [],
  bands: [],
  everything: { name: "all", extent: [], parameterCount: 0, output: undefined },
  parameters: [],
  detaches: [],
  bounds: [],
  claims: [],
  provenance: POLICY.provenance,
};

test("the policy lies at the top, its imports under the names by which spans know them", () => {
  const files = layOutRun({ entry: ENTRY, sources: SOURCES, ir: IR, plan: PLAN, environment: ENVIRONMENT });
  expect(Object.keys(files).toSorted()).toEqual([
    "environment.json",
    "ir.json",
    "plan.json",
    "policy.gov",
    "sources/std/guards",
  ]);
  expect(files["policy.gov"]).toBe("policy split");
  const recorded = new Set(Object.keys(files));
  expect(recordedPath(ENTRY, recorded)).toBe("policy.gov");
  expect(recordedPath("std/guards", recorded)).toBe("sources/std/guards");
});
