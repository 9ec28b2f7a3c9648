/** What a run ran on and with, for its record. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import type { Environment } from "../../evidence/record.ts";
import { packageVersion } from "../../project/package.ts";
import type { RunRequest } from "../requests.ts";
import type { ReadyRun } from "./prepare.ts";

export function describeEnvironment(ready: ReadyRun, request: RunRequest, started: Date): Environment {
  const git = findCommit(dirname(ready.experimentPath));
  return {
    seed: ready.run.seed,
    backend: ready.backend.description,
    started: started.toISOString(),
    command: commandOf(request),
    versions: {
      node: process.versions.node,
      "strata-gov": packageVersion(),
      "@tensorflow/tfjs": tf.version_core,
    },
    enforcement: ready.enforcement,
    ...(git === undefined ? {} : { git }),
    data: ready.run.dataDigests,
  };
}

/** Digests of what the run depends on and the folder holds no copy of. */
export function digestInputs(ready: ReadyRun): Readonly<Record<string, string>> {
  const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
  const experiment = sha256(readFileSync(ready.experimentPath));
  const data = Object.entries(ready.run.dataDigests).map(([name, digest]) => [`data/${name}`, digest]);
  const probes = [...ready.probes].flatMap(([name, probe]) =>
    probe.kind === "text" ? [[`probe/${name}`, sha256(probe.text)]] : [],
  );
  return { experiment, "policy meaning": ready.ir.digest, ...Object.fromEntries([...data, ...probes]) };
}

/** The command that would train the same again. */
function commandOf(request: RunRequest): readonly string[] {
  const { experiment, policy, params, override, seed, epochs, backend, baseline } = request;
  return [
    ...["gov", "run", ...(experiment === undefined ? [] : [experiment])],
    ...(policy === undefined ? [] : ["--policy", policy]),
    ...[...params].flatMap(([name, value]) => ["--set", `${name}=${value}`]),
    ...(override === undefined ? [] : ["--override", override]),
    ...(seed === undefined ? [] : ["--seed", String(seed)]),
    ...(epochs === undefined ? [] : ["--epochs", String(epochs)]),
    ...(backend === "auto" ? [] : ["--backend", backend]),
    ...(baseline ? ["--baseline"] : []),
  ];
}

function findCommit(folder: string): Environment["git"] {
  const git = (...words: readonly string[]): string =>
    execFileSync("git", ["-C", folder, ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 5000,
    }).trim();
  try {
    const commit = git("rev-parse", "HEAD");
    // `--no-optional-locks`: to look must not get in the way of who works there.
    const changes = git("--no-optional-locks", "status", "--porcelain", "--untracked-files=no");
    return { commit, state: changes === "" ? "clean" : "changed" };
  } catch {
    // No git, or no repository: a fact that the record can do without.
    return undefined;
  }
}
