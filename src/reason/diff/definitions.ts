import type { Band, BandSelector, Cohort, Policy } from "../../check/policy.ts";
import type { NetworkShape } from "../../model/network.ts";
import { isSame, type Comparison } from "./comparison.ts";
import { placeOf, type PartChange, type PartPlace, type PolicyPart } from "./difference.ts";
import { meaningText } from "../meaning.ts";

/**
 * What a policy calls by a name, and its default weight. None of these changes makes a policy stricter or looser: what
 * they do to weights, bounds and claims is said there.
 */
export function compareDefinitions(comparison: Comparison): readonly PartChange[] {
  const { before, after } = comparison;
  return [
    ...compareDefaults(before, after),
    ...compareNamed("param", before.params, after.params, (old, fresh) =>
      old.value === fresh.value && meaningText(old.type) === meaningText(fresh.type)
        ? undefined
        : { notes: [`\`${JSON.stringify(old.value)}\` becomes \`${JSON.stringify(fresh.value)}\``] },
    ),
    ...compareBands(comparison),
    ...compareCohorts(comparison),
    ...compareNamed("behavior", before.behaviors, after.behaviors, (old, fresh) =>
      old.probe === fresh.probe
        ? undefined
        : { notes: [`\`${JSON.stringify(old.probe)}\` becomes \`${JSON.stringify(fresh.probe)}\``] },
    ),
  ];
}

/** Another network: what its parameters learn has nothing that it could be compared with. */
export function compareModels(
  before: { readonly policy: Policy; readonly network?: NetworkShape },
  after: { readonly policy: Policy; readonly network?: NetworkShape },
): readonly PartChange[] {
  const [old, fresh] = [before.policy.model, after.policy.model];
  const areKnown = before.network !== undefined && after.network !== undefined;
  const isUnchanged = areKnown
    ? meaningText(before.network.layers) === meaningText(after.network.layers)
    : meaningText(old) === meaningText(fresh);
  if (isUnchanged) return [];
  const change = old.span === undefined ? "added" : fresh.span === undefined ? "removed" : "changed";
  return [
    {
      ...{ part: "model", change, notes: areKnown ? ["the layers are others"] : [] },
      direction: change === "changed" || areKnown ? "different" : "none",
      ...(old.span !== undefined && { before: placeOf({ span: old.span }) }),
      ...(fresh.span !== undefined && { after: placeOf({ span: fresh.span }) }),
    },
  ];
}

function compareDefaults(before: Policy, after: Policy): readonly PartChange[] {
  const [old, fresh] = [before.defaultWeight, after.defaultWeight];
  if (old.weight === fresh.weight) return [];
  return [
    {
      ...{ part: "default", direction: "none", notes: [] },
      change: old.span === undefined ? "added" : fresh.span === undefined ? "removed" : "changed",
      ...(old.span !== undefined && { before: placeOf({ span: old.span }) }),
      ...(fresh.span !== undefined && { after: placeOf({ span: fresh.span }) }),
    },
  ];
}

interface Named {
  readonly name: string;
  readonly span: PartPlace["span"];
}

type Detail = Pick<PartChange, "notes" | "gained" | "lost">;

/** @param compare What is to be said of two of one name; undefined where they mean the same. */
function compareNamed<Item extends Named>(
  part: PolicyPart,
  before: readonly Item[],
  after: readonly Item[],
  compare: (before: Item, after: Item) => Detail | undefined,
  findSame: (item: Item) => string | undefined = () => undefined,
): readonly PartChange[] {
  const common = (item: Item): Pick<PartChange, "part" | "direction" | "name"> => ({
    ...{ part, direction: "none", name: item.name },
  });
  const alike = (item: Item, words: string): readonly string[] => {
    const same = findSame(item);
    return same === undefined ? [] : [`${words} \`${same}\``];
  };
  return [
    ...before
      .filter(({ name }) => after.every((item) => item.name !== name))
      .map((old): PartChange => ({
        ...{ ...common(old), change: "removed", before: placeOf(old) },
        notes: alike(old, "the same is now called"),
      })),
    ...after.flatMap((fresh): readonly PartChange[] => {
      const old = before.find(({ name }) => name === fresh.name);
      const here = { ...common(fresh), after: placeOf(fresh) };
      if (old === undefined)
        return [{ ...here, change: "added", notes: alike(fresh, "the same was called") }];
      const detail = compare(old, fresh);
      return detail === undefined ? [] : [{ ...here, change: "changed", before: placeOf(old), ...detail }];
    }),
  ];
}

function compareBands({ before, after, relateBands }: Comparison): readonly PartChange[] {
  const findSame = (band: Band): string | undefined =>
    before.bands.includes(band)
      ? after.bands.find(({ name }) => isSame(relateBands(band.name, name)))?.name
      : before.bands.find(({ name }) => isSame(relateBands(name, band.name)))?.name;
  return compareNamed(
    "band",
    before.bands,
    after.bands,
    ({ name, selector: old }, { selector: fresh }) => {
      const { gains, loses } = relateBands(name, name);
      if (gains === "nothing" && loses === "nothing") return undefined;
      return { notes: [describeExtent(gains, loses, old, fresh)] };
    },
    findSame,
  );
}

function describeExtent(gains: string, loses: string, before: BandSelector, after: BandSelector): string {
  const isRest = before.kind === "rest" && after.kind === "rest";
  const because = isRest ? ", for what the other bands take has changed" : "";
  if (gains === "nothing") return `it holds less${because}`;
  return loses === "nothing" ? `it holds more${because}` : `it holds other parameters${because}`;
}

function compareCohorts({ before, after, relateCohorts }: Comparison): readonly PartChange[] {
  const findSame = (cohort: Cohort): string | undefined =>
    before.cohorts.includes(cohort)
      ? after.cohorts.find(({ name }) => isSame(relateCohorts(cohort.name, name)))?.name
      : before.cohorts.find(({ name }) => isSame(relateCohorts(name, cohort.name)))?.name;
  return compareNamed(
    "cohort",
    before.cohorts,
    after.cohorts,
    ({ name }) => {
      const { gains, loses, gained, lost } = relateCohorts(name, name);
      if (gains === "nothing" && loses === "nothing") return undefined;
      const notes = [gains, loses].includes("undecided")
        ? ["whether it holds other examples is too much to go through"]
        : [];
      return { notes, ...(gained && { gained }), ...(lost && { lost }) };
    },
    findSame,
  );
}
