/**
 * A run as a document of W3C PROV in PROV-JSON (W3C Member Submission, 24 April 2013). Entities are named by what
 * they contain, so that the same data or policy is the same entity in the documents of other runs; the policy is the
 * plan by which the tool carried the run out.
 */
import type { Digested, Lineage } from "./lineage.ts";

/** A literal of PROV-JSON; several where an attribute is an array. */
type Value = string | number | Typed | readonly (string | Typed)[];
interface Typed {
  readonly $: string;
  readonly type: string;
}
type Attributes = Readonly<Record<string, Value>>;
type Described = readonly [id: string, attributes: Attributes];

export function provDocument(lineage: Lineage): object {
  const { policy, data, code, versions, model, evidence } = lineage;
  const run = `gov:run-${lineage.run.id}`;
  const meaning = policy.meaning === undefined ? undefined : { name: policy.name, sha256: policy.meaning };
  const used = [...data, ...code, ...policy.files, ...(meaning === undefined ? [] : [meaning])];
  const saved = model.files.length === 0 ? undefined : `gov:model-${lineage.run.uuid}`;
  const ledger = describeLedger(lineage);
  const lastVersion = versions.at(-1);
  return {
    prefix: { gov: "urn:strata-gov:prov:" },
    entity: merge([
      ...data.map((one) => describe(one, "gov:Dataset")),
      ...code.map((one) => describe(one, "gov:Code")),
      ...policy.files.map((one) => describe(one, "gov:PolicyText")),
      ...(meaning === undefined ? [] : [describe(meaning, "gov:Policy", "prov:Plan")]),
      ...versions.map((one) => describe(one, "gov:ModelWeights")),
      ...model.files.map((one) => describe(one, "gov:ModelFile")),
      ...(saved === undefined ? [] : [label(saved, model.name, "prov:Collection")]),
      ...evidence.map((one) => describe(one, "gov:Evidence")),
      ...(ledger === undefined ? [] : [ledger.entity]),
    ]),
    activity: { [run]: describeRun(lineage) },
    agent: merge([describeTool(lineage), ...(ledger === undefined ? [] : [ledger.signer])]),
    used: relate("used", used, (one) => ({ "prov:activity": run, "prov:entity": idOf(one) })),
    wasGeneratedBy: relate("made", generations(lineage, [saved, ledger?.entity[0]]), (made) => ({
      ...made,
      "prov:activity": run,
    })),
    wasAssociatedWith: {
      "_:carriedOut": {
        ...{ "prov:activity": run, "prov:agent": TOOL },
        ...(meaning === undefined ? {} : { "prov:plan": idOf(meaning) }),
      },
    },
    wasAttributedTo: relate("signed", ledger === undefined ? [] : [ledger], ({ entity, signer }) => ({
      ...{ "prov:entity": entity[0], "prov:agent": signer[0] },
    })),
    wasDerivedFrom: relate(
      "derived",
      [
        // What the policy means was read off its texts.
        ...(meaning === undefined ? [] : policy.files.map((file) => derive(idOf(meaning), idOf(file)))),
        ...versions.flatMap((one, index) => deriveWeights(one, versions[index - 1], data, run)),
        ...(saved === undefined || lastVersion === undefined
          ? []
          : [{ ...derive(saved, idOf(lastVersion)), "prov:activity": run }]),
      ],
      (derivation) => derivation,
    ),
    hadMember: relate("member", saved === undefined ? [] : model.files, (file) => ({
      ...{ "prov:collection": saved ?? "", "prov:entity": idOf(file) },
    })),
  };
}

const TOOL = "gov:strata-gov";

function describeRun({ run, properties }: Lineage): Attributes {
  const time = (moment: number): string => new Date(moment).toISOString();
  const named = (holds: boolean): readonly string[] =>
    properties.filter((property) => property.holds === holds).map((property) => property.name);
  return {
    ...label(run.id, run.id, "gov:GovernedTraining")[1],
    "prov:startTime": time(run.started),
    ...(run.outcome === undefined ? {} : { "prov:endTime": time(run.ended), "gov:outcome": run.outcome }),
    ...(run.command.length === 0 ? {} : { "gov:command": run.command.join(" ") }),
    ...(run.seed === undefined ? {} : { "gov:seed": run.seed }),
    ...(run.backend === undefined ? {} : { "gov:backend": run.backend }),
    ...several("gov:held", named(true)),
    ...several("gov:notHeld", named(false)),
  };
}

function describeTool({ software, git }: Lineage): Described {
  const versions = software.map(([name, version]) => `${name} ${version}`);
  return [
    TOOL,
    {
      ...label(TOOL, "strata-gov", "prov:SoftwareAgent")[1],
      ...several("gov:version", versions),
      ...(git === undefined ? {} : { "gov:commit": git.commit }),
    },
  ];
}

function describeLedger({
  head,
}: Lineage): { readonly entity: Described; readonly signer: Described } | undefined {
  if (head === undefined) return undefined;
  const { origin, root, size, signer } = head;
  const [id, attributes] = label(`gov:ledger-${root}`, origin, "gov:Ledger");
  return {
    entity: [id, { ...attributes, "gov:root": root, "gov:size": size }],
    signer: label(`gov:key-${signer.id}`, signer.name, "gov:SigningKey"),
  };
}

/** What the run made. INVARIANT: an entity is made once, whatever it is called and however often it comes out. */
function generations(
  { versions, model, evidence }: Lineage,
  others: readonly (string | undefined)[],
): readonly Attributes[] {
  const made: readonly (Attributes & { readonly "prov:entity": string })[] = [
    ...versions.map((one) => ({
      ...{ "prov:entity": idOf(one), "prov:time": new Date(one.moment).toISOString() },
      ...{ "gov:epoch": one.epoch, "gov:step": one.step },
    })),
    ...[...model.files, ...evidence].map((one) => ({ "prov:entity": idOf(one) })),
    ...others.flatMap((id) => (id === undefined ? [] : [{ "prov:entity": id }])),
  ];
  const first = new Map(made.toReversed().map((one) => [one["prov:entity"], one]));
  return made.filter((one) => first.get(one["prov:entity"]) === one);
}

/** Weights come from the data, and are a revision of those of the epoch before. */
function deriveWeights(
  weights: Digested,
  before: Digested | undefined,
  data: readonly Digested[],
  run: string,
): readonly Attributes[] {
  const from = data.map((one) => ({ ...derive(idOf(weights), idOf(one)), "prov:activity": run }));
  if (before === undefined || before.sha256 === weights.sha256) return from;
  const revision = { ...derive(idOf(weights), idOf(before)), "prov:type": [qualified("prov:Revision")] };
  return [...from, { ...revision, "prov:activity": run }];
}

function derive(made: string, from: string): Attributes {
  return { "prov:generatedEntity": made, "prov:usedEntity": from };
}

function describe(one: Digested, ...types: readonly string[]): Described {
  const [id, attributes] = label(idOf(one), one.name, ...types);
  return [id, { ...attributes, "gov:sha256": one.sha256 }];
}

function label(id: string, text: string, ...types: readonly string[]): Described {
  return [id, { "prov:type": types.map(qualified), "prov:label": [text] }];
}

function qualified(name: string): Typed {
  return { $: name, type: "prov:QUALIFIED_NAME" };
}

function idOf({ sha256 }: Digested): string {
  return `gov:sha256-${sha256}`;
}

function several(key: string, values: readonly string[]): Attributes {
  return values.length === 0 ? {} : { [key]: values };
}

/** The same content under two names, or in two roles, is one entity with all of its labels and types. */
function merge(described: readonly Described[]): Readonly<Record<string, Attributes>> {
  const merged = new Map<string, Record<string, Value>>();
  for (const [id, attributes] of described) {
    const there = merged.get(id) ?? {};
    for (const [key, value] of Object.entries(attributes)) {
      const before = there[key];
      there[key] = Array.isArray(before) && Array.isArray(value) ? distinct([...before, ...value]) : value;
    }
    merged.set(id, there);
  }
  return Object.fromEntries(merged);
}

/** Relations by blank names that no other kind of relation uses. */
function relate<Item>(
  kind: string,
  items: readonly Item[],
  attributes: (item: Item) => Attributes,
): Readonly<Record<string, Attributes>> {
  return Object.fromEntries(
    distinct(items.map(attributes)).map((relation, index) => [`_:${kind}${index}`, relation]),
  );
}

function distinct<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
