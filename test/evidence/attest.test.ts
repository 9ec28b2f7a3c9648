import { execFileSync } from "node:child_process";
import { createPublicKey, verify as verifySignature } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { expect, test } from "vitest";
import { encodeForSigning, IN_TOTO, seal } from "../../src/evidence/attest/dsse.ts";
import { modelKeyFrom } from "../../src/evidence/attest/model-key.ts";
import { signModel } from "../../src/evidence/attest/model-signature.ts";
import { attest, INTENDED_ACHIEVED } from "../../src/evidence/attest/predicates.ts";
import { judgeProperties } from "../../src/evidence/attest/properties.ts";
import { sha256 } from "../../src/evidence/digest.ts";
import { ENVIRONMENT, POLICY, spanOf, syntheticRecord } from "../fixtures/synthetic-run.ts";
import { KEY, temporaryFolder } from "./written-run.ts";

const POLICY_WITH_CLAIM = {
  ...POLICY,
  claims: [
    { claim: "never", cohort: "low", band: "bottom", span: spanOf("bound loss(all)"), via: [] },
  ] as const,
};

type Decisions = readonly ReturnType<typeof syntheticRecord>["decisions"][number]["event"][];

function decisionsOf(ending: "finished" | "halted"): Decisions {
  return syntheticRecord({ steps: 700, ending }).decisions.map(({ event }) => event);
}

test("the encoding that is signed is DSSE's own example", () => {
  const encoded = encodeForSigning("http://example.com/HelloWorld", Buffer.from("hello world"));
  expect(Buffer.from(encoded).toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("a run that finished within its bounds has every property; one that was halted lacks two, by name", () => {
  const held = judgeProperties(POLICY_WITH_CLAIM, decisionsOf("finished"));
  expect(held.filter(({ holds }) => !holds)).toEqual([]);
  expect(held.map(({ name }) => name)).toContain("STRATA_NEVER low -> bottom");
  expect(held[1]).toMatchObject({
    found: "within its range at the end, after 1 breach",
    achieved: { breaches: 1, interventions: { achieved: 1, not_achieved: 1, open: 0 } },
  });
  const missing = judgeProperties(POLICY_WITH_CLAIM, decisionsOf("halted")).filter(({ holds }) => !holds);
  expect(missing.map(({ name }) => name)).toEqual([
    "STRATA_RUN_FINISHED",
    expect.stringMatching(/^STRATA_BOUND entropy\(encoder\)/),
  ]);
});

test("a bound that was never held against its range vouches for nothing", () => {
  const decisions = decisionsOf("finished").flatMap((event): Decisions => {
    if (event.kind === "epoch_ended") return [{ ...event, judged: [0, ...event.judged.slice(1)] }];
    // Nor was anything decided about it.
    return "bound" in event && event.bound === 0 ? [] : [event];
  });
  const missing = judgeProperties(POLICY_WITH_CLAIM, decisions).filter(({ holds }) => !holds);
  expect(missing).toMatchObject([{ found: "never measured over its whole window" }]);
  expect(missing[0]?.name).toMatch(/^STRATA_BOUND entropy\(encoder\)/);
});

test("a violation takes away the claim that it broke, or else stands for itself", () => {
  const clock = { step: 1, epoch: 0, examples: 1 };
  const broken = { kind: "violation_found", clock, code: "GOV8002", message: "it moved" } as const;
  const own = { ...broken, span: spanOf("bound loss(all)") };
  const claim = { ...POLICY_WITH_CLAIM, bounds: [] };
  const names = (span: typeof own.span): readonly string[] =>
    judgeProperties(claim, [...decisionsOf("finished"), { ...broken, span }])
      .filter(({ holds }) => !holds)
      .map(({ name }) => name);
  expect(names(own.span)).toEqual(["STRATA_NEVER low -> bottom"]);
  expect(names({ ...own.span, start: 0, end: 1 })).toEqual(["STRATA_NO_OTHER_VIOLATION"]);
});

test("three statements speak about the weights: what held, how they came about, what was intended and achieved", () => {
  const decisions = decisionsOf("halted");
  const properties = judgeProperties(POLICY_WITH_CLAIM, decisions);
  const [svr, slsa, own] = attest({
    policy: { name: "split", version: "1.0.0", digest: "ab".repeat(32) },
    ...{ environment: ENVIRONMENT, properties, checkpoint: "origin\n3\nAAAA\n" },
    // As `gov run` writes it: the start names the data as well as the environment.
    decisions: decisions.map((event) =>
      event.kind === "run_started"
        ? { ...event, inputs: { ...event.inputs, "data/train": "3b".repeat(32) } }
        : event,
    ),
    time: "2026-11-25T12:00:00Z",
  });
  expect([svr, slsa, own].map((statement) => statement?._type)).toEqual(
    Array.from({ length: 3 }, () => "https://in-toto.io/Statement/v1"),
  );
  expect(svr).toMatchObject({
    predicateType: "https://in-toto.io/attestation/svr/v0.2",
    subject: [{ name: "weights", digest: { sha256: "5f".repeat(32) } }],
    predicate: {
      verifier: { id: expect.stringMatching(/^urn:/) as unknown },
      timeCreated: "2026-11-25T12:00:00Z",
    },
  });
  const { properties: held } = svr?.predicate as { readonly properties: readonly string[] };
  expect(held).toContain("STRATA_NEVER low -> bottom");
  expect(held).not.toContain("STRATA_RUN_FINISHED");
  expect(slsa).toMatchObject({
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        resolvedDependencies: expect.arrayContaining([
          { name: "policy.gov", digest: { sha256: "c4".repeat(32) } },
          { name: "data/train", digest: { sha256: "3b".repeat(32) } },
          { name: "source", digest: { gitCommit: "7e63caa41f0b6c0a9d7d3f1f0f0a3a5b8a7c2d10" } },
        ]) as unknown,
      },
      runDetails: {
        builder: { version: { "strata-gov": "0.1.0" } },
        metadata: { finishedOn: "2026-11-25T12:00:00Z" },
      },
    },
  });
  const { buildDefinition } = slsa?.predicate as {
    readonly buildDefinition: { readonly resolvedDependencies: readonly { readonly name: string }[] };
  };
  const names = buildDefinition.resolvedDependencies.map(({ name }) => name);
  expect(names).toHaveLength(new Set(names).size);
  expect(own).toMatchObject({
    predicateType: INTENDED_ACHIEVED,
    predicate: { checkpoint: "origin\n3\nAAAA\n", policy: { digest: { sha256: "ab".repeat(32) } } },
  });
  const told = (
    own?.predicate as { readonly properties: readonly { readonly holds: boolean; readonly line: string }[] }
  ).properties;
  expect(told.filter(({ holds }) => !holds).map(({ line }) => line)).toEqual([
    null,
    expect.stringMatching(/:\d+$/),
  ]);
});

const MODEL = { "model.json": "{}\n", "weights.bin": "\u0001\u0002" };
const DIGESTS = Object.fromEntries(Object.entries(MODEL).map(([name, text]) => [name, sha256(text)]));
const MODEL_KEY = KEY.derive(modelKeyFrom);

test("Sigstore's verifier accepts the signature of a model and the envelope of a statement, and no others", () => {
  const check = (text: string, pem: string): unknown => {
    const key = createPublicKey(pem);
    const material = toTrustMaterial(
      { mediaType: "", tlogs: [], ctlogs: [], certificateAuthorities: [], timestampAuthorities: [] },
      () => ({
        publicKey: key,
        validFor: () => true,
      }),
    );
    const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
    return verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text))));
  };
  const text = signModel("model", DIGESTS, MODEL_KEY);
  expect(() => check(text, MODEL_KEY.pem)).not.toThrow();
  expect(() => check(text, modelKeyFrom(new Uint8Array(32)).pem)).toThrow();
  const changed = JSON.parse(text) as { dsseEnvelope: { payload: string } };
  changed.dsseEnvelope.payload = Buffer.from(
    Buffer.from(changed.dsseEnvelope.payload, "base64")
      .toString()
      .replace(/"digest":"./, '"digest":"0'),
  ).toString("base64");
  expect(() => check(JSON.stringify(changed), MODEL_KEY.pem)).toThrow();
  // An envelope of ours, by the ledger's own key, in the same kind of bundle.
  const envelope = seal({ a: 1 }, { keyid: KEY.id, sign: KEY.sign });
  const bundle = JSON.parse(text) as { dsseEnvelope: unknown };
  bundle.dsseEnvelope = envelope;
  const raw = Buffer.from(KEY.publicKey.text.split("+").slice(2).join("+"), "base64").subarray(1);
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  const ed25519 = createPublicKey({ key: der, format: "der", type: "spki" });
  expect(() =>
    check(JSON.stringify(bundle), String(ed25519.export({ format: "pem", type: "spki" }))),
  ).not.toThrow();
  const signature = Buffer.from(envelope.signatures[0]?.sig ?? "", "base64");
  const payload = Buffer.from(envelope.payload, "base64");
  expect(verifySignature(null, encodeForSigning(IN_TOTO, payload), ed25519, signature)).toBe(true);
});

test("a model key comes from the secret alone, and is always the same", () => {
  expect(modelKeyFrom(new Uint8Array(32).fill(7)).pem).toBe(MODEL_KEY.pem);
  expect(modelKeyFrom(new Uint8Array(32).fill(8)).pem).not.toBe(MODEL_KEY.pem);
});

/** Where `.ci/run` puts what Python has to be asked; see there. */
const PYTHON = process.env["STRATA_PYTHON"] ?? ".tmp/python/bin/python";

test("the public verifier for model signing (Python) accepts it, and refuses a model that was changed", (context) => {
  if (!existsSync(PYTHON)) {
    console.warn(
      `SKIPPED: no ${PYTHON} with model-signing: python3 -m venv .tmp/python && .tmp/python/bin/pip install model-signing pyopenssl`,
    );
    context.skip();
  }
  const folder = temporaryFolder();
  const model = join(folder, "model");
  mkdirSync(model);
  for (const [name, text] of Object.entries(MODEL)) writeFileSync(join(model, name), text);
  writeFileSync(join(model, "model.sig"), signModel("model", DIGESTS, MODEL_KEY));
  writeFileSync(join(folder, "key.pem"), MODEL_KEY.pem);
  const verifyByPython = (): string => {
    const words = ["-m", "model_signing", "verify", "key", model, "--signature", join(model, "model.sig")];
    const rest = ["--public_key", join(folder, "key.pem"), "--ignore-paths", join(model, "model.sig")];
    return execFileSync(PYTHON, [...words, ...rest], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  };
  expect(verifyByPython()).toMatch(/succeeded/i);
  writeFileSync(join(model, "weights.bin"), "\u0001\u0003");
  expect(verifyByPython).toThrow();
});
