/** What our attestations say: three predicates about one run. */
import type { Policy } from "../../check/policy.ts";
import { boundFilesOf } from "../bindings.ts";
import type { Environment, LoggedDecision } from "../record.ts";
import type { Property } from "./properties.ts";
import { state, subjectsOf, type Statement, type Subject } from "./statement.ts";

/** A run, or the part of it up to the end of an epoch. */
export interface Attested {
  readonly policy: Pick<Policy, "name" | "version"> & { readonly digest: string };
  readonly environment: Environment;
  readonly decisions: readonly LoggedDecision[];
  readonly properties: readonly Property[];
  /** The signed checkpoint of the ledger that covers all of it. */
  readonly checkpoint: string;
  /** ISO 8601. */
  readonly time: string;
}

/** Versions of what these mean are a part of the names. */
const VERIFIER = "urn:strata-gov:verifier:v1";
/** Under this name an environment has the version of what trained. */
const BUILDER = "strata-gov";
const BUILD_TYPE = "urn:strata-gov:governed-training:v1";
export const INTENDED_ACHIEVED = "urn:strata-gov:intended-achieved:v1";

/** Everything that is attested about a run, statement by statement. */
export function attest(attested: Attested): readonly Statement<unknown>[] {
  const subject = subjectsIn(attested);
  return [
    state(subject, "https://in-toto.io/attestation/svr/v0.2", summarize(attested)),
    state(subject, "https://slsa.dev/provenance/v1", describeBuild(attested)),
    state(subject, INTENDED_ACHIEVED, compareIntent(attested)),
  ];
}

/** The files of the model where they were saved, else its weights as they were at the end of the last epoch. */
export function subjectsIn({
  decisions,
  checkpoint,
}: Pick<Attested, "decisions" | "checkpoint">): readonly Subject[] {
  const end = decisions.find((event) => event.kind === "run_ended");
  if (end?.saved !== undefined) return subjectsOf(end.saved);
  const epoch = decisions.findLast((event) => event.kind === "epoch_ended");
  if (epoch !== undefined) return subjectsOf({ weights: epoch.weightsDigest });
  // Nothing was trained to the end of an epoch: what is left to speak about is the record.
  const [origin = "", , root = ""] = checkpoint.split("\n");
  return subjectsOf({ [origin]: Buffer.from(root, "base64").toString("hex") });
}

/** SVR lists what held and is silent about the rest. */
function summarize({ properties, time, policy }: Attested): object {
  return {
    verifier: { id: VERIFIER, policy: { name: policy.name, digest: { sha256: policy.digest } } },
    timeCreated: time,
    properties: properties.filter(({ holds }) => holds).map(({ name }) => name),
  };
}

function describeBuild({ environment, decisions, policy, checkpoint, time }: Attested): object {
  const start = decisions.find((event) => event.kind === "run_started");
  const { command, seed, backend, versions, git, data, started } = environment;
  const named = Object.entries(data ?? {}).map(([name, digest]) => [`data/${name}`, digest] as const);
  // The start of a run names its data, too: each is one dependency.
  const inputs = Object.entries({ ...start?.inputs, ...Object.fromEntries(named) });
  const own = versions?.[BUILDER];
  return {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: { command: command ?? [], policy: policy.name, version: policy.version ?? null },
      internalParameters: { seed: seed ?? null, backend: backend ?? null, versions: versions ?? {} },
      resolvedDependencies: [
        ...subjectsOf(boundFilesOf(start)),
        ...subjectsOf(Object.fromEntries(inputs.filter(([, digest]) => /^[0-9a-f]{64}$/.test(digest)))),
        ...(git === undefined ? [] : [{ name: "source", digest: { gitCommit: git.commit } }]),
      ],
    },
    runDetails: {
      builder: { id: "urn:strata-gov:gov", ...(own === undefined ? {} : { version: { [BUILDER]: own } }) },
      metadata: {
        invocationId: start?.run ?? "",
        ...(started === undefined ? {} : { startedOn: started }),
        finishedOn: time,
      },
      byproducts: [{ name: "ledger/checkpoint", content: Buffer.from(checkpoint).toString("base64") }],
    },
  };
}

function compareIntent({ policy, properties, checkpoint, decisions, time }: Attested): object {
  return {
    policy: { name: policy.name, version: policy.version ?? null, digest: { sha256: policy.digest } },
    time,
    step: decisions.at(-1)?.clock.step ?? 0,
    checkpoint,
    properties: properties.map(({ name, holds, found, span, achieved }) => ({
      intended: name,
      achieved: found,
      holds,
      line: span === undefined ? null : `${span.file}:${span.line}`,
      ...(achieved === undefined ? {} : { measured: achieved }),
    })),
  };
}
