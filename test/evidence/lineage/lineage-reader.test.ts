/** The libraries that read PROV and OpenLineage for a living read what we write. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lineageOf } from "../../../src/evidence/lineage/lineage.ts";
import { openLineageEvents } from "../../../src/evidence/lineage/openlineage.ts";
import { provDocument } from "../../../src/evidence/lineage/prov.ts";
import { hasReader, runReader } from "../../trackers/readers.ts";
import { temporaryFolder } from "../written-run.ts";
import { DIGESTS, HARMLESS, HOSTILE, recordWith } from "./lineage-run.ts";

// What each entity comes from in the end, along derivations alone; the relations are those that the library kept.
const READ_PROV = `
import json, sys
from prov.model import ProvDocument, ProvDerivation, ProvGeneration, ProvAssociation
document = ProvDocument.deserialize(sys.argv[1], format="json").unified()
parents = {}
for derivation in document.get_records(ProvDerivation):
    made, source = [str(value) for _, value in derivation.formal_attributes][:2]
    parents.setdefault(made, set()).add(source)
def origins(one):
    seen, open = set(), [one]
    while open:
        for parent in parents.get(open.pop(), ()):
            if parent not in seen:
                seen.add(parent); open.append(parent)
    return sorted(seen)
made = [str(g.formal_attributes[0][1]) for g in document.get_records(ProvGeneration)]
plans = [str(a.formal_attributes[2][1]) for a in document.get_records(ProvAssociation)]
print(json.dumps({"origins": {one: origins(one) for one in made}, "plans": plans,
                  "again": json.loads(document.serialize(format="json"))}))
`;

describe.skipIf(!hasReader("prov-convert"))("PROV", () => {
  test.each([HARMLESS, HOSTILE])(
    "the library of the W3C's authors walks from the model to the data",
    async (name) => {
      const file = join(temporaryFolder(), "run.prov.json");
      const document = provDocument(lineageOf(recordWith(name)));
      writeFileSync(file, JSON.stringify(document));
      const read = JSON.parse(await runReader("python", ["-c", READ_PROV, file])) as {
        readonly origins: Readonly<Record<string, readonly string[]>>;
        readonly plans: readonly string[];
        readonly again: Readonly<Record<string, object>>;
      };
      const id = (digest: string): string => `gov:sha256-${digest}`;
      expect(read.origins[id(DIGESTS.weights[1])]).toEqual([DIGESTS.data, DIGESTS.weights[0]].map(id));
      const model = Object.keys(read.origins).find((one) => one.startsWith("gov:model-")) ?? "";
      expect(read.origins[model]).toEqual([DIGESTS.data, ...DIGESTS.weights].map(id));
      expect(read.plans).toEqual([id("9e".repeat(32))]);
      // Every entity is there again, under the same name.
      expect(Object.keys(read.again["entity"] ?? {}).toSorted()).toEqual(
        Object.keys((document as { readonly entity: object }).entity).toSorted(),
      );
    },
  );
});

// The client's classes are made from the schemas: what they do not know, or miss, is an exception.
const READ_OPENLINEAGE = `
import inspect, json, sys
from openlineage.client import event_v2, facet_v2
facets = {}
for module in vars(facet_v2).values():
    if inspect.ismodule(module):
        for one in vars(module).values():
            if inspect.isclass(one) and hasattr(one, "_get_schema"):
                facets[one._get_schema()] = one
def facet(content):
    known = facets.get(content["_schemaURL"])
    if known is None:
        return content
    assert content["_producer"]
    return known(**{key: value for key, value in content.items() if not key.startswith("_")})
def read(facetsOf):
    return {name: facet(content) for name, content in facetsOf.items()}
def dataset(kind, one):
    return kind(namespace=one["namespace"], name=one["name"], facets=read(one["facets"]))
events = []
for line in open(sys.argv[1], encoding="utf8"):
    event = json.loads(line)
    assert event.pop("schemaURL") == event_v2.RunEvent._get_schema()
    run, job = event.pop("run"), event.pop("job")
    inputs = [dataset(event_v2.InputDataset, one) for one in event.pop("inputs")]
    outputs = [dataset(event_v2.OutputDataset, one) for one in event.pop("outputs")]
    known = event_v2.RunEvent(
        eventType=event_v2.RunState(event.pop("eventType")),
        run=event_v2.Run(runId=run["runId"], facets=read(run["facets"])),
        job=event_v2.Job(namespace=job["namespace"], name=job["name"], facets=read(job["facets"])),
        inputs=inputs, outputs=outputs, **event)
    events.append({"type": known.eventType.value, "run": known.run.runId,
        "inputs": [one.facets["version"].datasetVersion for one in inputs],
        "outputs": [one.facets["version"].datasetVersion for one in outputs],
        "standard": sorted(name for name, one in known.run.facets.items() if not isinstance(one, dict))})
print(json.dumps(events))
`;

describe.skipIf(!hasReader("prov-convert"))("OpenLineage", () => {
  test.each([HARMLESS, HOSTILE])("its client takes every event and every facet", async (name) => {
    const file = join(temporaryFolder(), "run.openlineage.jsonl");
    const events = openLineageEvents(lineageOf(recordWith(name)));
    writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    const read = JSON.parse(await runReader("python", ["-c", READ_OPENLINEAGE, file])) as readonly {
      readonly type: string;
      readonly run: string;
      readonly inputs: readonly string[];
      readonly outputs: readonly string[];
      readonly standard: readonly string[];
    }[];
    expect(read.map(({ type }) => type)).toEqual(["START", "RUNNING", "RUNNING", "COMPLETE"]);
    expect(new Set(read.map(({ run }) => run)).size).toBe(1);
    expect(read[0]?.inputs).toEqual([DIGESTS.data, "9e".repeat(32)]);
    expect(read.map(({ outputs }) => outputs)).toEqual([
      [],
      [DIGESTS.weights[0]],
      [DIGESTS.weights[1]],
      [DIGESTS.weights[1], DIGESTS.saved, DIGESTS.evidence],
    ]);
    expect(read[0]?.standard).toEqual(["processing_engine"]);
  });
});
