/**
 * The fields of an example as variables of a problem of satisfiability: one for every value that the predicates at hand
 * can tell apart, one for every element that a set may have, one for every stretch of what `sample` draws.
 */
import type { Field, Scalar } from "../../check/policy.ts";
import { ascending, mentionedValues, runValuesOf, valuesOf, type Leaf } from "../candidates.ts";
import type { FieldValue } from "../example.ts";
import { compileLeaf, sampleFraction } from "../predicate.ts";
import type { Literal } from "./satisfy.ts";

/** A predicate on one field with the variable that says whether it holds. */
export interface Comparison {
  readonly leaf: Leaf;
  readonly variable: number;
}

export interface SampleComparison extends Comparison {
  readonly leaf: Extract<Leaf, { kind: "sample" }>;
}

export function isSample(comparison: Comparison): comparison is SampleComparison {
  return comparison.leaf.kind === "sample";
}

/** What ties the comparisons of a field to each other, and how its value is read off a model. */
export interface Domain {
  readonly clauses: readonly (readonly Literal[])[];
  readonly exclusive: readonly (readonly number[])[];
  /** In the order in which values are preferred. */
  readonly decisions: readonly Literal[];
  readonly read: (holds: (variable: number) => boolean) => FieldValue;
}

/** Undefined where the values of the field cannot be listed with reasonable effort. */
export function domainOf(
  name: string,
  field: Field | undefined,
  comparisons: readonly Comparison[],
  newVariable: () => number,
): Domain | undefined {
  if (field?.type.kind === "set") return setDomain(field, field.type.element, comparisons, newVariable);
  const leaves = comparisons.map(({ leaf }) => leaf);
  const present = field === undefined ? runValuesOf(name, leaves) : valuesOf(field, leaves);
  if (present === undefined) return undefined;
  const samples = comparisons.filter((comparison) => isSample(comparison));
  const others = comparisons.filter((comparison) => !isSample(comparison));
  // Ids that are written out have draws of their own.
  const written = new Set<FieldValue>(samples.length === 0 ? [] : mentionedValues(leaves));
  const candidates = field?.optional === true ? [...present, undefined] : present;
  const values = listDomain(candidates, others, written, newVariable);
  return samples.length === 0 ? values : withSamples(values, samples, written, newVariable);
}

interface ListDomain extends Domain {
  readonly values: readonly { readonly value: FieldValue; readonly variable: number }[];
}

/** A variable per value; of values on which the same comparisons hold, the first and those that stay apart. */
function listDomain(
  candidates: readonly FieldValue[],
  comparisons: readonly Comparison[],
  apart: ReadonlySet<FieldValue>,
  newVariable: () => number,
): ListDomain {
  const tests = comparisons.map(({ leaf, variable }) => ({ variable, holds: compileLeaf(leaf) }));
  const classes = new Map<string, { value: FieldValue; met: readonly boolean[] }>();
  for (const value of candidates) {
    const met = tests.map(({ holds }) => holds(value));
    const key = apart.has(value) ? JSON.stringify(value) : met.join();
    if (!classes.has(key)) classes.set(key, { value, met });
  }
  const values = [...classes.values()].map((own) => ({ ...own, variable: newVariable() }));
  const variables = values.map(({ variable }) => variable);
  return {
    values,
    clauses: [
      variables,
      ...tests.flatMap((test, index) => {
        const inside = values.filter(({ met }) => met[index] === true).map(({ variable }) => variable);
        const outside = values.filter(({ met }) => met[index] !== true).map(({ variable }) => variable);
        return [
          ...inside.map((value) => [-value, test.variable]),
          ...outside.map((value) => [-value, -test.variable]),
          // Not needed, but what is left of the values decides the comparison sooner.
          [-test.variable, ...inside],
          [test.variable, ...outside],
        ];
      }),
    ],
    exclusive: [variables],
    decisions: variables,
    read: (holds) => values.find(({ variable }) => holds(variable))?.value,
  };
}

/** Every element is there or not, whatever the others. */
function setDomain(
  field: Field,
  element: Extract<Field["type"], { kind: "set" }>["element"],
  comparisons: readonly Comparison[],
  newVariable: () => number,
): Domain {
  const isPresent = newVariable();
  const elements: { readonly value: Scalar; readonly variable: number }[] = [];
  const clauses: (readonly Literal[])[] = field.optional ? [] : [[isPresent]];
  for (const { leaf, variable } of comparisons) {
    if (leaf.kind === "has") clauses.push([-variable, isPresent], [variable, -isPresent]);
    else if (leaf.kind === "contains" && isElement(leaf.value, element)) {
      elements.push({ value: leaf.value, variable });
      clauses.push([-variable, isPresent]);
    } else clauses.push([-variable]);
  }
  return {
    clauses,
    exclusive: [],
    decisions: [isPresent, ...elements.toReversed().map(({ variable }) => -variable)],
    read: (holds) =>
      holds(isPresent)
        ? elements.flatMap(({ value, variable }) => (holds(variable) ? [value] : []))
        : undefined,
  };
}

/** Another policy's predicate, with which this schema is held together, may ask for what no set here holds. */
function isElement(value: Scalar, type: Field["type"]): boolean {
  return type.kind !== "enum" || type.values.some((admissible) => admissible === value);
}

/** What is drawn for an id: anything, by seed, but for the ids that are written out. */
function withSamples(
  ids: ListDomain,
  samples: readonly SampleComparison[],
  written: ReadonlySet<FieldValue>,
  newVariable: () => number,
): Domain {
  const clauses = [...ids.clauses];
  const exclusive = [...ids.exclusive];
  const decisions = [...ids.decisions];
  for (const seed of new Set(samples.map(({ leaf }) => leaf.seed))) {
    const own = samples.filter(({ leaf }) => leaf.seed === seed);
    const imply = (condition: Literal, fraction: number): void => {
      for (const { leaf, variable } of own)
        clauses.push([-condition, fraction < leaf.share ? variable : -variable]);
    };
    const starts = ascending([0, ...own.map(({ leaf }) => leaf.share)]).filter((share) => share < 1);
    const stretches = starts.map((start) => ({ start, variable: newVariable() }));
    for (const { start, variable } of stretches) imply(variable, start);
    for (const { value, variable } of ids.values)
      if (written.has(value)) imply(variable, sampleFraction(seed, String(value)));
    const variables = stretches.map(({ variable }) => variable);
    clauses.push(variables);
    exclusive.push(variables);
    decisions.push(...variables);
  }
  return { clauses, exclusive, decisions, read: ids.read };
}
