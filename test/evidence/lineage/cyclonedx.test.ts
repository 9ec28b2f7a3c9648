/** The bill of materials, held against the schema that CycloneDX publishes. */
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { describe, expect, test } from "vitest";
import { modelBill } from "../../../src/evidence/lineage/cyclonedx.ts";
import { lineageOf } from "../../../src/evidence/lineage/lineage.ts";
import { syntheticRecord } from "../../fixtures/synthetic-run.ts";
import { DIGESTS, HARMLESS, HOSTILE, recordWith } from "./lineage-run.ts";

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

interface Bill {
  readonly metadata: { readonly component: Model; readonly timestamp: string };
  readonly components: readonly (Component & { readonly type: string })[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}
interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly hashes?: readonly { readonly content: string }[];
}
interface Model extends Component {
  readonly version: string;
  readonly components: readonly Component[];
  readonly pedigree: { readonly ancestors: readonly { readonly version: string }[] };
}

function billOf(name: string): { readonly text: string; readonly bill: Bill } {
  const text = JSON.stringify(modelBill(lineageOf(recordWith(name))));
  return { text, bill: JSON.parse(text) as Bill };
}

describe("the bill of materials", () => {
  test.each([
    ["a plain run", JSON.stringify(modelBill(lineageOf(syntheticRecord({ steps: 40, ending: "killed" }))))],
    ["a whole run", billOf(HARMLESS).text],
    ["a run of hostile names", billOf(HOSTILE).text],
  ])("of %s keeps to the schema", async (_, text) => {
    expect(await validator.validate(text)).toBeNull();
  });

  test("the schema can find fault", async () => {
    const { bill } = billOf(HARMLESS);
    expect(await validator.validate(JSON.stringify({ ...bill, invented: true }))).not.toBeNull();
  });

  test("the model is the last weights, descends from those before, and depends on data and policy by digest", () => {
    const { bill } = billOf(HARMLESS);
    const { component } = bill.metadata;
    expect(component.version).toBe(DIGESTS.weights[1]);
    expect(component.pedigree.ancestors.map(({ version }) => version)).toEqual([DIGESTS.weights[0]]);
    expect(component.components.map(({ hashes }) => hashes?.[0]?.content)).toEqual([DIGESTS.saved]);
    const used = bill.dependencies.find(({ ref }) => ref === component["bom-ref"])?.dependsOn ?? [];
    const digests = bill.components
      .filter((one) => used.includes(one["bom-ref"]))
      .flatMap(({ hashes = [] }) => hashes.map(({ content }) => content));
    // Data, what the policy means, its text, the experiment.
    expect(digests).toEqual([DIGESTS.data, "9e".repeat(32), "c4".repeat(32), "ab".repeat(32)]);
  });

  test("no reference holds a name", () => {
    const { bill } = billOf(HOSTILE);
    const references = [...bill.components, ...bill.metadata.component.components, bill.metadata.component];
    expect(references.map((one) => one["bom-ref"]).filter((ref) => !/^[a-z-]+(-\d+)?$/.test(ref))).toEqual(
      [],
    );
    expect(new Set(references.map((one) => one["bom-ref"])).size).toBe(references.length);
  });
});
