/**
 * A run as events of OpenLineage 2-0-2, in order: its start, each epoch, its end. Datasets are named by the people
 * who name them and versioned by their digests.
 */
import { INTENDED_ACHIEVED } from "../attest/predicates.ts";
import type { Digested, Lineage, LineageRun } from "./lineage.ts";

export function openLineageEvents(lineage: Lineage): readonly object[] {
  const { run, policy, data, versions, model, evidence } = lineage;
  const texts =
    policy.meaning === undefined ? [] : [{ name: `${policy.name}/policy`, sha256: policy.meaning }];
  const namespace = namespaceOf(lineage);
  const inputs = [
    ...data.map((one) => ["FILE", one] as const),
    ...texts.map((one) => ["JOB_OUTPUT", one] as const),
  ];
  const event = (
    type: EventType,
    moment: number,
    outputs: readonly object[],
    facets: object = {},
  ): object => ({
    eventType: type,
    eventTime: new Date(moment).toISOString(),
    producer: PRODUCER,
    schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    run: { runId: run.uuid, facets: { ...runFacets(lineage), ...facets } },
    job: { namespace, name: policy.name, facets: jobFacets(lineage) },
    inputs: inputs.map(([type, one]) => dataset(namespace, one, type)),
    outputs,
  });
  const epochs = versions.map((version) =>
    event("RUNNING", version.moment, [dataset(namespace, version, "MODEL")]),
  );
  return [
    event("START", run.started, []),
    ...epochs,
    ...(run.outcome === undefined
      ? []
      : [
          event(
            TERMINAL[run.outcome],
            run.ended,
            [
              ...versions.slice(-1).map((version) => dataset(namespace, version, "MODEL")),
              ...model.files.map((file) =>
                dataset(namespace, { ...file, name: `${model.name}/${file.name}` }, "MODEL"),
              ),
              ...evidence.map((file) =>
                dataset(namespace, { ...file, name: `${policy.name}/${file.name}` }, "FILE"),
              ),
            ],
            errorFacet(run),
          ),
        ]),
  ];
}

type EventType = "START" | "RUNNING" | "COMPLETE" | "ABORT" | "FAIL";

/** A run that its policy halted, or that a person stopped, was aborted; one that broke down failed. */
const TERMINAL: Readonly<Record<NonNullable<LineageRun["outcome"]>, EventType>> = {
  finished: "COMPLETE",
  halted: "ABORT",
  interrupted: "ABORT",
  failed: "FAIL",
};

const PRODUCER = "urn:strata-gov:gov";

/** The runs of one signer are told apart from those of others: what one calls `train` is not what another does. */
function namespaceOf({ head }: Lineage): string {
  return head?.signer.name ?? "strata-gov";
}

function dataset(
  namespace: string,
  { name, sha256 }: Digested,
  type: "FILE" | "MODEL" | "JOB_OUTPUT",
): object {
  return {
    namespace,
    name,
    facets: {
      version: facet("1-0-1/DatasetVersionDatasetFacet", { datasetVersion: sha256 }),
      datasetType: facet("1-0-1/DatasetTypeDatasetFacet", { datasetType: type }),
    },
  };
}

function jobFacets({ policy }: Lineage): object {
  return {
    jobType: facet("2-0-4/JobTypeJobFacet", {
      ...{ processingType: "BATCH", integration: "STRATA_GOV", jobType: "TRAINING" },
    }),
    ...(policy.title === undefined
      ? {}
      : {
          documentation: facet("1-1-0/DocumentationJobFacet", {
            ...{ description: policy.title, contentType: "text/plain" },
          }),
        }),
  };
}

function runFacets({ run, policy, software, git, head, properties }: Lineage): object {
  const versions = new Map(software);
  const engine = "@tensorflow/tfjs";
  return {
    processing_engine: facet("1-1-1/ProcessingEngineRunFacet", {
      ...{ version: versions.get(engine) ?? "unknown", name: engine },
      openlineageAdapterVersion: versions.get("strata-gov") ?? "unknown",
    }),
    gov_policy: {
      ...{ _producer: PRODUCER, _schemaURL: INTENDED_ACHIEVED },
      ...{ policy: policy.name, version: policy.version ?? null, meaning: policy.meaning ?? null },
      ...{ texts: policy.files, run: run.id, command: run.command, seed: run.seed ?? null },
      commit: git?.commit ?? null,
      ledger: head === undefined ? null : { origin: head.origin, size: head.size, root: head.root },
      properties: properties.map(({ name, holds, found }) => ({ intended: name, achieved: found, holds })),
    },
  };
}

function errorFacet({ outcome, reason }: LineageRun): object {
  if (outcome === "finished") return {};
  const message = reason ?? `the run was ${outcome ?? "not ended"}`;
  return {
    errorMessage: facet("1-0-1/ErrorMessageRunFacet", { message, programmingLanguage: "TypeScript" }),
  };
}

/** @param schema The version and the name of a facet of OpenLineage's own. */
function facet(schema: string, content: object): object {
  const name = schema.replace(/^.*\//, "");
  return {
    ...{
      _producer: PRODUCER,
      _schemaURL: `https://openlineage.io/spec/facets/${schema}.json#/$defs/${name}`,
    },
    ...content,
  };
}
