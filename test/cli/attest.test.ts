import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runExperiment } from "../../src/cli/commands/run.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import type { OutputFormat } from "../../src/cli/requests.ts";
import { readRun } from "../../src/evidence/read.ts";
import { verifyRun } from "../../src/evidence/verify.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { PLAIN_RUN } from "./plain-requests.ts";
import { POLICY, tinyProject } from "./tiny-experiment.ts";

/** The small experiment under its policy, which attests at this moment and has one bound more. */
async function train(
  moment: "release" | "epoch",
  more = "",
  format: OutputFormat = "pretty",
): Promise<{ readonly folder: string; readonly code: number; readonly out: string; readonly err: string }> {
  const folder = tinyProject(
    {},
    {
      "policy.gov": POLICY.replace("else quarantine }", `else quarantine attest ${moment} }\n\n${more}`),
    },
  );
  const { terminal, out, err } = recordTerminal(folder);
  const code = await runExperiment({ ...PLAIN_RUN, save: "saved", quiet: true, format }, terminal);
  return { folder, code, out: out(), err: err() };
}

interface Told {
  readonly predicateType: string;
  readonly subject: readonly { readonly name: string }[];
  readonly predicate: { readonly properties?: readonly unknown[] };
}

function statementsIn(folder: string, name: string): readonly Told[] {
  const { id } = readRun(join(folder, "runs", "latest"));
  return readFileSync(join(folder, "runs", id, "attestations", name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly payload: string })
    .map(({ payload }) => JSON.parse(Buffer.from(payload, "base64").toString()) as Told);
}

test("attest release vouches for a run that kept its policy: attestations, and a signature with the model", async () => {
  const { folder, code, err } = await train("release");
  expect(err).toBe("");
  expect(code).toBe(EXIT.clean);
  const statements = statementsIn(folder, "release.intoto.jsonl");
  expect(statements.map(({ predicateType }) => predicateType)).toEqual([
    "https://in-toto.io/attestation/svr/v0.2",
    "https://slsa.dev/provenance/v1",
    "urn:strata-gov:intended-achieved:v1",
  ]);
  expect(statements[0]?.subject.map(({ name }) => name)).toEqual(["model.json", "weights.bin"]);
  expect(statements[0]?.predicate.properties).toEqual(
    expect.arrayContaining(["STRATA_RUN_FINISHED", "STRATA_NEVER zeros -> output"]),
  );
  expect(existsSync(join(folder, "saved", "model.sig"))).toBe(true);
  expect(verifyRun(join(folder, "runs", "latest"))).toMatchObject({ verdict: "verifies", problems: [] });
});

test("attest epoch testifies to each epoch as it ends", async () => {
  const { folder, code } = await train("epoch");
  expect(code).toBe(EXIT.clean);
  const { decisions } = readRun(join(folder, "runs", "latest"));
  const bound = decisions.flatMap(({ event }) => (event.kind === "file_bound" ? [event.path] : []));
  expect(bound).toEqual([
    ...["attestations/epoch-0000.intoto.jsonl", "attestations/epoch-0001.intoto.jsonl"],
    ...["attestations/model.sig", "attestations/model-key.pem"],
  ]);
  const [svr] = statementsIn(folder, "epoch-0000.intoto.jsonl");
  expect(svr?.subject.map(({ name }) => name)).toEqual(["weights"]);
  expect(svr?.predicate.properties).not.toContain("STRATA_RUN_FINISHED");
  expect(verifyRun(join(folder, "runs", "latest")).verdict).toBe("verifies");
});

const BREACHED = "bound loss(zeros) <= 0.0000001 {\n  above => warn\n}\n";

test("a bound whose window the training never fills releases nothing", async () => {
  const { folder, code, err } = await train(
    "release",
    "bound loss(zeros) in 0..1000 over 500 steps {\n  above => warn\n}\n",
  );
  expect(code).toBe(EXIT.halted);
  expect(err).toMatch(
    /STRATA_BOUND loss\(zeros\) .*: never measured over its whole window {2}policy\.gov:\d+:1\n$/,
  );
  expect(existsSync(join(folder, "saved", "model.sig"))).toBe(false);
});

test("a property that does not hold fails the run, which says which, and leaves the model unsigned", async () => {
  const { folder, code, err } = await train("release", BREACHED);
  expect(code).toBe(EXIT.halted);
  expect(err).toMatch(
    /^gov: the policy does not release this run: 1 of \d+ properties does not hold\n {2}STRATA_BOUND loss\(zeros\) <= .*: breached at the end, 1 breach in all {2}policy\.gov:\d+:1\n$/,
  );
  expect(existsSync(join(folder, "saved", "weights.bin"))).toBe(true);
  expect(existsSync(join(folder, "saved", "model.sig"))).toBe(false);
  const [svr, , own] = statementsIn(folder, "release.intoto.jsonl");
  expect(JSON.stringify(svr)).not.toContain("loss(zeros)");
  expect(own?.predicate.properties).toContainEqual(expect.objectContaining({ holds: false }));
  expect(verifyRun(join(folder, "runs", "latest")).verdict).toBe("verifies");
});

test("programs are told the same", async () => {
  const { code, out } = await train("release", BREACHED, "json");
  expect(code).toBe(EXIT.halted);
  expect(JSON.parse(out)).toMatchObject({
    release: {
      attested: false,
      properties: expect.arrayContaining([expect.objectContaining({ holds: false })]) as unknown,
    },
  });
});
