/** The cohorts of two policies under one roof: names that say whose each is, and time put in where it is known. */
import type { Policy, Predicate } from "../../check/policy.ts";
import type { Clock } from "../clock.ts";
import { compilePredicate } from "../predicate.ts";
import { meaningText } from "../meaning.ts";

export type Side = "before" | "after";

export interface TranslatedCohorts {
  /** By translated names. */
  readonly predicates: ReadonlyMap<string, { readonly predicate: Predicate }>;
  /** That a policy's cohort holds the example. */
  readonly memberOf: (side: Side, cohort: string) => Predicate;
  /** A predicate in one text, with what the cohorts in it say in place of their names. */
  readonly textOf: (predicate: Predicate) => string;
  /** Whether a predicate reads one of these fields, itself or through a cohort. */
  readonly readsAny: (predicate: Predicate, fields: ReadonlySet<string>) => boolean;
}

type Pair = Readonly<Record<Side, Pick<Policy, "cohorts">>>;

/** @param moment Known, it decides what is asked of `step` and `epoch`. */
export function translateCohorts({ before, after }: Pair, moment: Clock | undefined): TranslatedCohorts {
  const translateAll = (side: Side, { cohorts }: Pair[Side]): [string, { predicate: Predicate }][] =>
    cohorts.map(({ name, predicate }) => [
      nameOn(side, name),
      { predicate: translate(predicate, side, moment) },
    ]);
  const predicates = new Map([...translateAll("before", before), ...translateAll("after", after)]);

  const texts = new Map<string, string>();
  const written = (name: string): Predicate | undefined => predicates.get(name)?.predicate;
  const textOf = (predicate: Predicate): string => {
    if (predicate.kind === "cohort") {
      const known = texts.get(predicate.name);
      if (known !== undefined) return known;
      const meant = written(predicate.name);
      const text = meant === undefined ? meaningText(predicate) : textOf(meant);
      texts.set(predicate.name, text);
      return text;
    }
    if (predicate.kind === "not") return `not(${textOf(predicate.operand)})`;
    if (predicate.kind === "and" || predicate.kind === "or")
      return `${predicate.kind}(${predicate.operands.map(textOf).toSorted().join()})`;
    return meaningText(predicate);
  };
  const readsAny = (predicate: Predicate, fields: ReadonlySet<string>): boolean => {
    if (fields.size === 0) return false;
    switch (predicate.kind) {
      case "and":
      case "or":
        return predicate.operands.some((operand) => readsAny(operand, fields));
      case "not":
        return readsAny(predicate.operand, fields);
      case "cohort": {
        const meant = written(predicate.name);
        return meant !== undefined && readsAny(meant, fields);
      }
      case "all":
        return false;
      case "sample":
        return fields.has("id");
      default:
        return fields.has(predicate.field);
    }
  };
  return {
    predicates,
    memberOf: (side, cohort) =>
      cohort === "all" ? { kind: "all" } : { kind: "cohort", name: nameOn(side, cohort) },
    textOf,
    readsAny,
  };
}

function nameOn(side: Side, cohort: string): string {
  return `${side} ${cohort}`;
}

function translate(predicate: Predicate, side: Side, moment: Clock | undefined): Predicate {
  switch (predicate.kind) {
    case "and":
    case "or":
      return {
        kind: predicate.kind,
        operands: predicate.operands.map((operand) => translate(operand, side, moment)),
      };
    case "not":
      return { kind: "not", operand: translate(predicate.operand, side, moment) };
    case "cohort":
      return { kind: "cohort", name: nameOn(side, predicate.name) };
    case "all":
    case "sample":
      return predicate;
    default: {
      if (moment === undefined || (predicate.field !== "step" && predicate.field !== "epoch"))
        return predicate;
      const holds = compilePredicate(predicate, noCohort)({}, { ...moment, loss: NaN, entropy: NaN });
      return holds ? { kind: "all" } : { kind: "not", operand: { kind: "all" } };
    }
  }
}

function noCohort(): never {
  throw new Error("a comparison names no cohort");
}
