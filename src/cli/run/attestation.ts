/** What a run attests at the moments that its policy names, and the signature of the model that it saved. */
import { basename, join } from "node:path";
import { attest } from "../../evidence/attest/predicates.ts";
import { seal } from "../../evidence/attest/dsse.ts";
import { modelKeyFrom } from "../../evidence/attest/model-key.ts";
import { MODEL_SIGNATURE, signModel } from "../../evidence/attest/model-signature.ts";
import { judgeProperties, type Property } from "../../evidence/attest/properties.ts";
import type { SigningKey } from "../../evidence/ledger/keys.ts";
import type { Environment } from "../../evidence/record.ts";
import type { RunFolder, Testify } from "../../evidence/run-folder.ts";
import { writeWholeFile } from "../../evidence/whole-file.ts";
import { canonicalJson } from "../../ir/canonical.ts";
import type { Recorder } from "../../runtime/events.ts";
import type { ReadyRun } from "./prepare.ts";
import type { SavedModel } from "./save.ts";

export interface Attester {
  /** The folder's recorder, which attests each epoch where the policy wants that. */
  readonly recorder: Recorder;
  /** What testifies to the end of the run. */
  readonly testify: (saved: SavedModel | undefined) => Testify;
  /** Undefined where the policy asks for none, or before the end. */
  readonly release: () => Release | undefined;
}

/** Whether everything held that `attest release` vouches for. */
export interface Release {
  readonly properties: readonly Property[];
  readonly missing: readonly Property[];
}

export interface AttesterOptions {
  readonly ready: Pick<ReadyRun, "ir">;
  readonly folder: RunFolder;
  readonly environment: Environment;
  readonly key: SigningKey;
  readonly now: () => Date;
}

export function createAttester({ ready, folder, environment, key, now }: AttesterOptions): Attester {
  const { policy, digest } = ready.ir;
  const wants = (moment: "release" | "epoch"): boolean =>
    policy.provenance.attest.some((one) => one.moment === moment);
  let release: Release | undefined;

  const statementsOf: (state: Parameters<Testify>[0], properties: readonly Property[]) => string = (
    { decisions, checkpoint },
    properties,
  ) => {
    const { name, version } = policy;
    const about = { name, ...(version === undefined ? {} : { version }), digest };
    const rest = { environment, decisions, properties, checkpoint, time: now().toISOString() };
    return attest({ policy: about, ...rest })
      .map((statement) => `${canonicalJson(seal(statement, { keyid: key.id, sign: key.sign }))}\n`)
      .join("");
  };

  return {
    recorder(event) {
      folder.recorder(event);
      if (event.kind !== "epoch_ended" || !wants("epoch")) return;
      folder.attest((state) => {
        // The end of the run is still to come, and nothing is said of it.
        const properties = judgeProperties(policy, state.decisions).filter(
          ({ name }) => name !== RUN_FINISHED,
        );
        return {
          [`epoch-${String(event.clock.epoch).padStart(4, "0")}.intoto.jsonl`]: statementsOf(
            state,
            properties,
          ),
        };
      });
    },
    testify: (saved) => (state) => {
      const properties = judgeProperties(policy, state.decisions);
      const missing = properties.filter(({ holds }) => !holds);
      if (wants("release")) release = { properties, missing };
      const files: Record<string, string> = {};
      if (wants("release")) files["release.intoto.jsonl"] = statementsOf(state, properties);
      if (saved !== undefined && (release === undefined || missing.length === 0)) {
        const modelKey = key.derive(modelKeyFrom);
        files[MODEL_SIGNATURE] = signModel(basename(saved.folder), saved.digests, modelKey);
        files["model-key.pem"] = modelKey.pem;
        writeWholeFile(join(saved.folder, MODEL_SIGNATURE), files[MODEL_SIGNATURE]);
      }
      return files;
    },
    release: () => release,
  };
}

const RUN_FINISHED = "STRATA_RUN_FINISHED";
