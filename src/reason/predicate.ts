import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Policy, Predicate, Scalar } from "../check/policy.ts";
import type { ComparisonOperator } from "../syntax/ast.ts";
import { inRange } from "../check/ranges.ts";
import type { Leaf } from "./candidates.ts";
import type { ExampleRecord, FieldValue } from "./example.ts";
import { compileGlob } from "../source/glob.ts";

/** What the runtime supplies about an example or the moment; loss and entropy in nats. */
export interface DynamicValues {
  readonly loss: number;
  readonly entropy: number;
  readonly epoch: number;
  readonly step: number;
}

export type CohortTest = (example: ExampleRecord, dynamic: DynamicValues) => boolean;

/** Every cohort of a policy as a function, `all` among them. */
export function compileCohorts(policy: Pick<Policy, "cohorts">): ReadonlyMap<string, CohortTest> {
  const tests = new Map<string, CohortTest>([["all", (): boolean => true]]);
  // Looked up when called, so that cohorts may be declared in any order; the check has ruled out cycles.
  const lookUp = (name: string): CohortTest => {
    const test = tests.get(name);
    if (test === undefined) throw new Error(`there is no cohort ${name}`);
    return test;
  };
  for (const cohort of policy.cohorts) tests.set(cohort.name, compilePredicate(cohort.predicate, lookUp));
  return tests;
}

/** The cohorts that a predicate names, without those that they name in turn. */
export function namedCohorts(predicate: Predicate): readonly string[] {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.operands.flatMap(namedCohorts);
    case "not":
      return namedCohorts(predicate.operand);
    case "cohort":
      return [predicate.name];
    default:
      return [];
  }
}

export function compilePredicate(predicate: Predicate, lookUp: (cohort: string) => CohortTest): CohortTest {
  switch (predicate.kind) {
    case "and": {
      const tests = predicate.operands.map((operand) => compilePredicate(operand, lookUp));
      return (example, dynamic) => tests.every((test) => test(example, dynamic));
    }
    case "or": {
      const tests = predicate.operands.map((operand) => compilePredicate(operand, lookUp));
      return (example, dynamic) => tests.some((test) => test(example, dynamic));
    }
    case "not": {
      const test = compilePredicate(predicate.operand, lookUp);
      return (example, dynamic) => !test(example, dynamic);
    }
    case "cohort": {
      const { name } = predicate;
      return (example, dynamic) => lookUp(name)(example, dynamic);
    }
    case "all":
      return () => true;
    default: {
      const test = compileLeaf(predicate);
      const field = fieldOf(predicate);
      return (example, dynamic) => test(readField(field, example, dynamic));
    }
  }
}

/** The field that a predicate on one field reads. */
export function fieldOf(leaf: Leaf): string {
  return leaf.kind === "sample" ? "id" : leaf.field;
}

/**
 * A predicate on one field as a test of its value. False for an absent field: the check asks for a `has` before it,
 * and what follows does not matter then.
 */
export function compileLeaf(leaf: Leaf): (value: FieldValue) => boolean {
  switch (leaf.kind) {
    case "compare": {
      const { value: wanted } = leaf;
      const compare = COMPARISONS[leaf.operator];
      return (value) => value !== undefined && !isList(value) && compare(value, wanted);
    }
    case "in_range": {
      const { range } = leaf;
      return (value) => value !== undefined && !isList(value) && inRange(value, range);
    }
    case "in_set": {
      const values = new Set<FieldValue>(leaf.values);
      return (value) => values.has(value);
    }
    case "contains": {
      const { value: wanted } = leaf;
      return (value) => isList(value) && value.includes(wanted);
    }
    case "matches": {
      const matches = compileGlob(leaf.glob);
      return (value) => typeof value === "string" && matches(value);
    }
    case "has":
      return (value) => value !== undefined;
    case "sample": {
      const { seed, share } = leaf;
      return (value) => sampleFraction(seed, String(value ?? "")) < share;
    }
  }
}

/** The first 52 bits of SHA-256 of `${seed}:${id}` as a fraction in [0, 1). */
export function sampleFraction(seed: number, id: string): number {
  const digits = bytesToHex(sha256(utf8ToBytes(`${seed}:${id}`))).slice(0, 13);
  return Number.parseInt(digits, 16) / 2 ** 52;
}

const COMPARISONS: Readonly<Record<ComparisonOperator, (left: Scalar, right: Scalar) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

function isList(value: FieldValue): value is readonly Scalar[] {
  return Array.isArray(value);
}

function readField(field: string, example: ExampleRecord, dynamic: DynamicValues): FieldValue {
  if (field === "loss" || field === "entropy" || field === "epoch" || field === "step") return dynamic[field];
  return (Object.hasOwn(example, field) ? example[field] : undefined) ?? undefined;
}
