import type { ExportedRules } from "../../check/exports.ts";
import type { Band, CheckedPolicy, Cohort, Field, Policy } from "../../check/policy.ts";
import type { FlatRules } from "../../check/rules.ts";
import { edgesInPredicate } from "../moments.ts";
import { meaningText, numbersIn } from "../meaning.ts";
import { createComparison } from "./comparison.ts";
import {
  combineDirections,
  placeOf,
  type Direction,
  type RulesetChange,
  type Undecided,
} from "./difference.ts";
import { instancesOf, plainInstanceOf, type Instance } from "./instances.ts";
import { compareRules } from "./rules.ts";
import { compareSignatures } from "./signatures.ts";
import type { Side } from "./translate.ts";

/** A module, and what of it can be applied. */
export interface ComparedModule {
  readonly policy: CheckedPolicy;
  readonly rules: readonly ExportedRules[];
}

type Modules = Readonly<Record<Side, ComparedModule>>;

/**
 * How the rulesets and profiles of two modules differ for the policies that apply them, whatever else those say. Each is
 * applied to bands and cohorts that are made up and may be any, and to numbers in every order.
 */
export function compareRulesets(before: ComparedModule, after: ComparedModule): readonly RulesetChange[] {
  const match =
    (one: ExportedRules) =>
    (other: ExportedRules): boolean =>
      other.kind === one.kind && other.name === one.name;
  const removed = before.rules.filter((old) => !after.rules.some(match(old)));
  return [
    // Whoever applies it does not check any more.
    ...removed.map((old) => ({ ...describe(old, "removed", "different"), before: placeOf(old) })),
    ...after.rules.flatMap((fresh): readonly RulesetChange[] => {
      const old = before.rules.find(match(fresh));
      if (old !== undefined) return compareOne(old, fresh, { before, after });
      return [{ ...describe(fresh, "added", "none"), after: placeOf(fresh) }];
    }),
  ];
}

function describe(
  { kind, name }: ExportedRules,
  change: RulesetChange["change"],
  direction: Direction,
): RulesetChange {
  const nothing = { given: [], notes: [], weights: [], detaches: [], parts: [], undecided: [] };
  return { kind, name, change, direction, ...nothing };
}

type Found = Pick<
  RulesetChange,
  "given" | "notes" | "weights" | "detaches" | "parts" | "undecided" | "direction"
>;

function compareOne(old: ExportedRules, fresh: ExportedRules, modules: Modules): readonly RulesetChange[] {
  const signature = compareSignatures(old, fresh);
  const standIns = inventEntities(old, fresh, modules);
  const constants = constantsOf(old, fresh, modules, standIns);
  const plain = plainInstanceOf(old, fresh, constants, standIns.nameOf);
  if (
    signature.notes.length === 0 &&
    compareInstance(plain, [old, fresh], modules, standIns) === "in the same words"
  )
    return [];
  const { all, isComplete } = instancesOf(old, fresh, constants, standIns.nameOf);
  const compared = all.map((instance) => compareInstance(instance, [old, fresh], modules, standIns));
  const known = compared.filter((one) => one !== "never applied");
  const doubt = isComplete && known.length > 0 ? [] : [UNDECIDED];
  const changes = known.filter((one) => typeof one !== "string");
  // With other arguments it may be the other way round: one of each direction is shown.
  const shown = changes.filter(
    ({ direction }, index) => changes.findIndex((one) => one.direction === direction) === index,
  );
  const places = { before: placeOf(old), after: placeOf(fresh) };
  const told = shown.map((found) => ({ ...describe(fresh, "changed", "none"), ...found, ...places }));
  if (signature.notes.length === 0 && doubt.length === 0) return told;
  const [first = { ...describe(fresh, "changed", "none"), ...places }, ...others] = told;
  return [
    {
      ...first,
      notes: [...signature.notes, ...first.notes],
      undecided: [...first.undecided, ...doubt],
      direction: doubt.length > 0 ? "different" : combineDirections([signature.direction, first.direction]),
    },
    ...others,
  ];
}

const UNDECIDED: Undecided = {
  about: "weights",
  places: [],
  reason:
    "there are too many orders of its parameters to go through them all, or none with which it can be applied",
};

/** How the rules differ as they are applied here. */
function compareInstance(
  instance: Instance,
  [oldRules, freshRules]: readonly [ExportedRules, ExportedRules],
  { before, after }: Modules,
  standIns: StandIns,
): Found | "in the same words" | "same" | "never applied" {
  const { given } = instance;
  const [old, fresh] = [oldRules.writeOut(instance.before), freshRules.writeOut(instance.after)];
  // What nobody could apply before, nobody does.
  if (old === undefined) return "never applied";
  const nothing = { given, notes: [], weights: [], detaches: [], parts: [], undecided: [] };
  if (fresh === undefined)
    return { ...nothing, notes: ["it cannot be applied so any more"], direction: "different" };
  const pair = {
    before: applied(before.policy, old, standIns),
    after: applied(after.policy, fresh, standIns),
  };
  if (saidBy(pair.before) === saidBy(pair.after)) return "in the same words";
  const { weights, detaches, bounds, claims, undecided } = compareRules(createComparison(pair));
  const parts = [...bounds, ...claims];
  const changes = [...weights, ...detaches, ...parts].map(({ direction }) => direction);
  const direction = undecided.length > 0 ? "different" : combineDirections(changes);
  return direction === "none" ? "same" : { ...nothing, weights, detaches, parts, undecided, direction };
}

/**
 * A policy that applies a ruleset and says nothing else. INVARIANT: where no rule speaks its weight is none that a rule
 * can have. The least of the weights that are said decides, so that two rulesets which say the same here do so beside
 * any other rules, and under any default.
 */
function applied(
  policy: CheckedPolicy,
  flat: FlatRules,
  { fields, bands, cohorts }: StandIns,
): CheckedPolicy {
  return {
    ...policy,
    example: { fields: [...policy.example.fields, ...fields] },
    bands: [...policy.bands, ...bands],
    cohorts: [...policy.cohorts, ...cohorts],
    defaultWeight: { weight: Number.POSITIVE_INFINITY },
    ...{ rules: flat.rules, detaches: flat.detaches, bounds: flat.bounds, claims: flat.claims },
  };
}

function saidBy({ example, bands, cohorts, rules, detaches, bounds, claims }: Policy): string {
  return meaningText([example, bands, cohorts, rules, detaches, bounds, claims]);
}

// ── bands and cohorts that may be any ──────────────────────────────────────────────────────────────────────────

interface StandIns {
  readonly fields: readonly Field[];
  readonly bands: readonly Band[];
  readonly cohorts: readonly Cohort[];
  readonly nameOf: (entity: string, name: string) => string;
}

/** A band for each parameter that is one, or a profile; for each cohort a field that says whether it holds the example. */
function inventEntities(old: ExportedRules, fresh: ExportedRules, { before, after }: Modules): StandIns {
  const taken = new Set(
    [before, after].flatMap(({ policy }) => [...policy.bands, ...policy.cohorts].map(({ name }) => name)),
  );
  const nameOf = (entity: string, name: string): string =>
    taken.has(name) ? `${name} (the ${entity} that is given)` : name;
  const { span } = fresh;
  const named = (...entities: readonly string[]): readonly string[] => {
    const parameters = [...old.parameters, ...fresh.parameters].filter(({ type }) =>
      entities.includes(type.kind),
    );
    return [...new Set(parameters.map(({ name, type }) => nameOf(type.kind, name)))];
  };
  const fieldOf = (name: string): string => `in ${name}`;
  const cohorts = named("cohort");
  return {
    nameOf,
    bands: named("band", "profile").map((name) => ({
      ...{ name, span },
      selector: { kind: "names", globs: [`given as ${name}`], span },
    })),
    cohorts: cohorts.map((name) => ({
      ...{ name, span, dynamic: false },
      predicate: { kind: "compare", field: fieldOf(name), operator: "==", value: true },
    })),
    fields: cohorts.map((name) => ({ name: fieldOf(name), type: { kind: "bool" }, optional: false, span })),
  };
}

/** The numbers that parameters may come before or after: those of the rules, and the times that cohorts ask about. */
function constantsOf(
  old: ExportedRules,
  fresh: ExportedRules,
  { before, after }: Modules,
  { nameOf }: StandIns,
): readonly number[] {
  const all = TRIES.flatMap((tries) => instancesOf(old, fresh, tries, nameOf).all);
  // What is there whatever is given is the ruleset's own. A number too many is only one more to be before or after.
  const own = [old, fresh].flatMap(({ writeOut }, index) => {
    const written = all.flatMap((instance) => writeOut(index === 0 ? instance.before : instance.after) ?? []);
    const [first, ...others] = written.map((flat) => new Set(numbersIn(flat)));
    return first === undefined ? [] : [...first].filter((number) => others.every((set) => set.has(number)));
  });
  const defaults = [...old.parameters, ...fresh.parameters].map(({ defaultValue }) =>
    defaultValue?.kind === "value" ? defaultValue.value : undefined,
  );
  const times = [before, after].flatMap(({ policy }) =>
    policy.cohorts.flatMap(({ predicate }) => edgesInPredicate(predicate)),
  );
  return [...new Set([...own, ...numbersIn([defaults, times])])];
}

const TRIES = [
  [1, 100, 10_000],
  [0.7, 3, 300],
];
