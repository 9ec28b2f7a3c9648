/**
 * PROV-JSON and OpenLineage against the JSON schemas that their authors publish. No package of a registry brings these,
 * so they are put into a folder by hand; where it is not there, the tests skip and say so.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { lineageOf } from "../../../src/evidence/lineage/lineage.ts";
import { openLineageEvents } from "../../../src/evidence/lineage/openlineage.ts";
import { provDocument } from "../../../src/evidence/lineage/prov.ts";
import { syntheticRecord } from "../../fixtures/synthetic-run.ts";
import { HARMLESS, HOSTILE, recordWith } from "./lineage-run.ts";

const SCHEMAS = resolve(process.env["STRATA_SCHEMAS"] ?? ".tmp/schemas");
const areThere = existsSync(join(SCHEMAS, "OpenLineage.json")) && existsSync(join(SCHEMAS, "prov.json"));
if (!areThere)
  console.warn(
    `SKIPPED: ${SCHEMAS} does not hold the published schemas, so PROV-JSON and OpenLineage are held by their libraries alone. ` +
      "Needed are OpenLineage.json and facets/ out of spec/ of github.com/OpenLineage/OpenLineage, and as prov.json the " +
      "prov-json-schema-v4.json of github.com/lucmoreau/ProvToolbox",
  );

const RUNS = [
  ["a plain run", syntheticRecord({ steps: 40, ending: "killed" })],
  ["a whole run", recordWith(HARMLESS)],
  ["a run of hostile names", recordWith(HOSTILE)],
] as const;

interface Schema {
  readonly $id: string;
}

function read(...path: readonly string[]): Schema {
  return JSON.parse(readFileSync(join(SCHEMAS, ...path), "utf8")) as Schema;
}

function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe.skipIf(!areThere)("the schema of PROV-JSON", () => {
  const check = (): ReturnType<Ajv["compile"]> => {
    // Of draft 4 it uses what later drafts have kept; a `uri` in it is a qualified name.
    const { $schema, ...schema } = copyOf(read("prov.json")) as Record<string, unknown>;
    expect($schema).toContain("draft-04");
    return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  };

  test.each(RUNS)("lets %s through", (_, record) => {
    const isValid = check();
    expect(isValid(copyOf(provDocument(lineageOf(record)))) ? [] : isValid.errors).toEqual([]);
  });

  test("can find fault", () => {
    const document = copyOf(provDocument(lineageOf(recordWith(HARMLESS)))) as Record<string, object>;
    expect(check()({ ...document, used: { one: { "prov:entity": 7 } } })).toBe(false);
  });
});

describe.skipIf(!areThere)("the schemas of OpenLineage", () => {
  const ajv = (): Ajv2020 => {
    const all = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(all);
    all.addSchema(read("OpenLineage.json"));
    const facets = readdirSync(join(SCHEMAS, "facets")).filter((name) => name.endsWith(".json"));
    for (const file of facets) all.addSchema(read("facets", file));
    return all;
  };

  test.each(RUNS)("let every event of %s through, and every facet that they know", (_, record) => {
    const schemas = ajv();
    const events = copyOf(openLineageEvents(lineageOf(record))) as readonly { readonly schemaURL: string }[];
    const known = new Set<string>();
    for (const event of events) {
      const isValid = schemas.getSchema(event.schemaURL);
      expect(isValid?.(event) === true ? [] : isValid?.errors).toEqual([]);
      for (const [name, facet] of facetsIn(event)) {
        const isFacet = schemas.getSchema(facet._schemaURL);
        if (isFacet === undefined) continue;
        known.add(name);
        expect(isFacet(facet) === true ? [] : isFacet.errors).toEqual([]);
      }
    }
    expect(events.length).toBeGreaterThan(0);
    expect(known.size).toBeGreaterThan(4);
  });

  test("can find fault", () => {
    const schemas = ajv();
    const [event] = copyOf(openLineageEvents(lineageOf(recordWith(HARMLESS)))) as readonly {
      readonly schemaURL: string;
    }[];
    expect(schemas.getSchema(event?.schemaURL ?? "")?.({ ...event, eventTime: "yesterday" })).toBe(false);
  });
});

interface Facet {
  readonly _schemaURL: string;
}

/** Whatever names a schema of its own, wherever it stands. */
function facetsIn(value: unknown, name = ""): readonly (readonly [name: string, facet: Facet])[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, member]) => facetsIn(member, key));
  return "_schemaURL" in value ? [[name, value as Facet], ...inside] : inside;
}
