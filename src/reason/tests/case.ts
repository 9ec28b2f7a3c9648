import {
  DYNAMIC_FIELDS,
  type Cohort,
  type Policy,
  type PolicyTest,
  type Predicate,
} from "../../check/policy.ts";
import type { Clock } from "../clock.ts";
import type { ExampleRecord } from "../example.ts";
import { compilePredicate } from "../predicate.ts";
import { createSearch, type RunValues, type SearchResult } from "../search.ts";

/** The examples that a test speaks about: those that agree with its `given { … }`, at its moment. */
export interface TestCase {
  /** What the test says about the example; optional fields that it leaves out are absent. */
  readonly given: ExampleRecord;
  readonly moment: Clock;
  /** Looks for one of these examples for which a predicate holds; exact, as `Search` is. */
  readonly find: (predicate: Predicate) => FoundInCase;
}

export type FoundInCase =
  | { readonly kind: "found"; readonly witness: Witness }
  | Extract<SearchResult, { kind: "none" | "undecided" }>;

/** One of the examples that a test speaks about. */
export interface Witness {
  /** Complete, in the order of the schema. */
  readonly example: ExampleRecord;
  /** Its loss and entropy in nats, where the answer depends on them. */
  readonly run: RunValues;
  readonly moment: Clock;
}

/** The blocks of a test describe one example; what `at` leaves out of the time is 0. */
export function readCase(
  policy: Pick<Policy, "example" | "cohorts">,
  test: Pick<PolicyTest, "given" | "at">,
): TestCase {
  const blocks = test.given.flatMap((step) => (step.kind === "example" ? [step.fields] : []));
  const given: ExampleRecord = Object.assign({}, ...blocks);
  const moment: Clock = { step: 0, epoch: 0, examples: 0, ...test.at };
  const settle = settleWith(policy, given, moment);
  const cohorts = new Map(
    policy.cohorts.map((cohort): [string, Pick<Cohort, "predicate">] => [
      cohort.name,
      { predicate: settle(cohort.predicate) },
    ]),
  );
  const fields = new Map(policy.example.fields.map((field) => [field.name, field]));
  const search = createSearch({ fields, cohorts });
  const find = (predicate: Predicate): FoundInCase => {
    const goal = settle(predicate);
    // An example that shows it whatever the run measures says more than one that needs a certain loss.
    const certain = search.find(goal, { tries: "declared" });
    const result = certain.kind === "found" ? certain : search.find(goal, { tries: "declared and dynamic" });
    if (result.kind !== "found") return result;
    const found: ExampleRecord = { ...result.example, ...given };
    const ordered = policy.example.fields.filter(({ name }) => Object.hasOwn(found, name));
    const example = Object.fromEntries(ordered.map(({ name }) => [name, found[name]]));
    return { kind: "found", witness: { example, run: result.run, moment } };
  };
  return { given, moment, find };
}

/** Decides the parts of a predicate that the test has settled, so that what is left is about its open fields alone. */
function settleWith(
  { example }: Pick<Policy, "example">,
  given: ExampleRecord,
  { step, epoch }: Clock,
): (predicate: Predicate) => Predicate {
  const open = new Set(
    example.fields
      .filter(({ name, optional }) => !optional && !Object.hasOwn(given, name))
      .map(({ name }) => name),
  );
  const isOpen = (field: string): boolean =>
    open.has(field) ||
    (field !== "step" && field !== "epoch" && DYNAMIC_FIELDS.some((name) => name === field));
  const settle = (predicate: Predicate): Predicate => {
    switch (predicate.kind) {
      case "and":
      case "or":
        return { kind: predicate.kind, operands: predicate.operands.map(settle) };
      case "not":
        return { kind: "not", operand: settle(predicate.operand) };
      case "cohort":
      case "all":
        return predicate;
      default: {
        if (isOpen(predicate.kind === "sample" ? "id" : predicate.field)) return predicate;
        const holds = compilePredicate(predicate, noCohort)(given, { step, epoch, loss: 0, entropy: 0 });
        return holds ? ALL : { kind: "not", operand: ALL };
      }
    }
  };
  return settle;
}

const ALL: Predicate = { kind: "all" };

function noCohort(): never {
  throw new Error("a predicate on one field names no cohort");
}
