/**
 * A run as a bill of materials for its model, CycloneDX 1.6: the model with its card, what it was trained on, and by
 * which workflow. Times, names and figures are those of the record.
 */
import type { Digested, Lineage } from "./lineage.ts";

export function modelBill(lineage: Lineage): object {
  const { run, policy, data, code, model, evidence } = lineage;
  const ended = new Date(run.ended).toISOString();
  const materials = [
    ...data.map((one, index) => ({
      ...component(refOf("data", index), "data", one),
      data: [{ type: "dataset" }],
    })),
    ...(policy.meaning === undefined ? [] : [policyComponent(policy, policy.meaning)]),
    ...policy.files.map((one, index) => component(refOf("policy-text", index), "file", one)),
    ...code.map((one, index) => component(refOf("code", index), "file", one)),
    ...librariesOf(lineage),
  ];
  const made = evidence.map((one, index) => component(refOf("evidence", index), "file", one));
  const uses = materials.map((one) => one["bom-ref"]);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    ...{ bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: `urn:uuid:${run.uuid}`, version: 1 },
    metadata: {
      timestamp: ended,
      tools: { components: [{ type: "application", name: TOOL, ...versionOf(lineage, TOOL) }] },
      component: modelComponent(lineage),
    },
    components: [...materials, ...made],
    dependencies: [
      { ref: MODEL, dependsOn: uses },
      ...[...materials, ...made].map((one) => ({ ref: one["bom-ref"] })),
      ...model.files.map((_, index) => ({ ref: refOf("model-file", index) })),
    ],
    formulation: [
      {
        workflows: [
          {
            ...{ "bom-ref": "training", uid: run.id, name: "governed training", taskTypes: ["build"] },
            ...{ timeStart: new Date(run.started).toISOString(), timeEnd: ended },
            inputs: uses.map((ref) => ({ resource: { ref } })),
            outputs: [
              { type: "artifact", resource: { ref: MODEL } },
              ...made.map((one) => ({ type: "evidence", resource: { ref: one["bom-ref"] } })),
            ],
            properties: workflowProperties(lineage),
          },
        ],
      },
    ],
  };
}

const TOOL = "strata-gov";
const MODEL = "model";

/** The weights of earlier epochs are what the model descends from. */
function modelComponent(lineage: Lineage): object {
  const { versions, model, data, figures, git } = lineage;
  const last = versions.at(-1);
  const ancestors = versions.slice(0, -1).map((one) => ({
    ...{ type: "machine-learning-model", name: one.name, version: one.sha256 },
    properties: [property("epoch", one.epoch), property("step", one.step)].flat(),
  }));
  const performanceMetrics = figures.flatMap(({ name, value }) =>
    value === null ? [] : [{ type: name, value: String(value) }],
  );
  return {
    ...{ type: "machine-learning-model", "bom-ref": MODEL, name: model.name },
    ...(last === undefined ? {} : { version: last.sha256 }),
    components: model.files.map((file, index) => component(refOf("model-file", index), "file", file)),
    pedigree: { ancestors, commits: git === undefined ? [] : [{ uid: git.commit }] },
    modelCard: {
      modelParameters: { datasets: data.map((_, index) => ({ ref: refOf("data", index) })) },
      quantitativeAnalysis: { performanceMetrics },
    },
    properties: modelProperties(lineage),
  };
}

function policyComponent({ name, title, version }: Lineage["policy"], meaning: string): Component {
  return {
    ...component("policy", "data", { name, sha256: meaning }),
    ...(version === undefined ? {} : { version: asVersion(version) }),
    ...(title === undefined ? {} : { description: title }),
    data: [{ type: "configuration" }],
  };
}

/** Node is what it ran on, and the tool is named among the tools. */
function librariesOf({ software }: Lineage): readonly Component[] {
  return software
    .filter(([name]) => name !== TOOL && name !== "node")
    .map(([name, version], index) => ({
      ...{ type: "library", "bom-ref": refOf("library", index), name, version: asVersion(version) },
      purl: `pkg:npm/${name.split("/").map(inAddress).join("/")}@${inAddress(version)}`,
    }));
}

/** Half of a surrogate pair has no place in an address. */
function inAddress(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

function workflowProperties({ run, git }: Lineage): readonly Property[] {
  return [
    ...property("command", run.command.length === 0 ? undefined : run.command.join(" ")),
    ...property("seed", run.seed),
    ...property("backend", run.backend),
    ...property("commit", git?.commit),
    ...property("outcome", run.outcome),
  ];
}

function modelProperties({ run, policy, versions, head, properties }: Lineage): readonly Property[] {
  return [
    ...property("run", run.id),
    ...property("weights:sha256", versions.at(-1)?.sha256),
    ...property("policy:meaning:sha256", policy.meaning),
    ...property("ledger:origin", head?.origin),
    ...property("ledger:size", head?.size),
    ...property("ledger:root", head?.root),
    ...properties.flatMap(({ name, holds, found }) =>
      property(holds ? "held" : "not-held", `${name}: ${found}`),
    ),
  ];
}

interface Property {
  readonly name: string;
  readonly value: string;
}

function property(name: string, value: string | number | undefined): readonly Property[] {
  return value === undefined ? [] : [{ name: `strata-gov:${name}`, value: String(value) }];
}

interface Component {
  readonly "bom-ref": string;
  readonly [member: string]: unknown;
}

function component(ref: string, type: "data" | "file", { name, sha256 }: Digested): Component {
  return { type, "bom-ref": ref, name, hashes: [{ alg: "SHA-256", content: sha256 }] };
}

/** By place: names are free text, and one text may lie under two names. */
function refOf(role: string, index: number): string {
  return `${role}-${index + 1}`;
}

/** The schema's limit. */
function asVersion(text: string): string {
  return text.slice(0, 1024);
}

function versionOf({ software }: Lineage, name: string): { readonly version?: string } {
  const version = new Map(software).get(name);
  return version === undefined ? {} : { version: asVersion(version) };
}
