/** A finished run whose names are all meant to do harm, and the same with harmless ones. */
import type { CheckedPolicy } from "../../../src/check/policy.ts";
import type { LoggedDecision, RunRecord } from "../../../src/evidence/record.ts";
import { syntheticRecord } from "../../fixtures/synthetic-run.ts";

export const DIGESTS = {
  data: "3b".repeat(32),
  weights: ["5a".repeat(32), "5b".repeat(32)],
  saved: "7c".repeat(32),
  evidence: "8d".repeat(32),
  root: "6e".repeat(32),
} as const;

export const HARMLESS = "train";
export const HOSTILE = `"><script>alert(1)</script>=cmd|'/C calc'!A0 %2e%2e/ \u0000\u001b[31m\u202e\ud800 ${"x".repeat(5000)}`;

/** Two epochs, a saved model, an attestation, a figure; `name` is what everything with a free name is called. */
export function recordWith(name: string): RunRecord {
  const record = syntheticRecord({ steps: 1200, ending: "finished" });
  let epochs = 0;
  const events = record.decisions.flatMap(({ event }): readonly LoggedDecision[] => {
    if (event.kind === "run_started") return [{ ...event, inputs: { [name]: "ab".repeat(32) } }];
    if (event.kind === "epoch_ended") {
      epochs += 1;
      return [{ ...event, weightsDigest: DIGESTS.weights[epochs - 1] ?? "not a digest" }];
    }
    if (event.kind !== "run_ended") return [event];
    const { clock } = event;
    return [
      { ...event, saved: { [name]: DIGESTS.saved } },
      { kind: "file_bound", clock, role: "attestation", path: name, sha256: DIGESTS.evidence },
    ];
  });
  if (record.ir === undefined || record.environment === undefined) throw new Error("the record has them");
  const evaluation = { figures: [{ name, value: 0.5 }] };
  return {
    ...record,
    ir: {
      ...record.ir,
      // Names in policies are harmless by their grammar, which a record from elsewhere need not have kept to.
      policy: { ...record.ir.policy, name, title: name, version: name } satisfies CheckedPolicy,
    },
    environment: {
      ...record.environment,
      data: { [name]: DIGESTS.data },
      versions: { "strata-gov": "0.1.0", [name]: name },
      command: ["gov", "run", name],
    },
    decisions: events.map((event, sequence) => ({ sequence, event })),
    head: {
      ...{
        origin: `${name}/run`,
        size: events.length,
        root: DIGESTS.root,
        trust: "enclosed",
        signatures: [],
      },
      signer: { name, id: "0badc0de" },
    },
    measurements: [
      ...record.measurements,
      {
        ...{ kind: "run_evaluated", clock: { step: 1199, epoch: 1, examples: 1 } },
        ...{ governed: evaluation, ungoverned: null, comparison: null },
      },
    ],
  };
}
