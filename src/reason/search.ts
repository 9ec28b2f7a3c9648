import {
  DYNAMIC_FIELDS,
  type Cohort,
  type DynamicField,
  type Field,
  type Predicate,
} from "../check/policy.ts";
import type { Clock } from "./clock.ts";
import type { ExampleRecord } from "./example.ts";
import { candidatesOf, dynamicCandidates, type Candidate, type Leaf } from "./candidates.ts";
import { compilePredicate } from "./predicate.ts";

/** Where an example for which a predicate holds was looked for, and what came of it. */
export type SearchResult =
  | {
      readonly kind: "found";
      /** Complete: the fields that matter first, and some value for the others. */
      readonly example: ExampleRecord;
      /** What only the run knows, where the answer depends on it. */
      readonly run: RunValues;
    }
  | { readonly kind: "none" }
  | { readonly kind: "undecided" };

/** Values that the runtime supplies; loss and entropy in nats. */
export type RunValues = Readonly<Partial<Record<DynamicField, number>>>;

export interface SearchInput {
  readonly cohorts: ReadonlyMap<string, Pick<Cohort, "predicate">>;
  readonly fields: ReadonlyMap<string, Field>;
  /** Whether values of what only the run knows are tried, too; otherwise an answer must not depend on them. */
  readonly tries: "declared" | "declared and dynamic";
  /** When the example is met: what `step` and `epoch` are is then known. */
  readonly moment?: Clock;
}

const MOST_VISITS = 200_000;

/**
 * Looks for an example that the schema admits and for which a predicate holds: field by field, through the values
 * that the predicate can tell apart, leaving a branch as soon as it is decided. The answer is exact.
 */
export function findExample(predicate: Predicate, input: SearchInput): SearchResult {
  const leaves = leavesOf(predicate, input);
  const known: Assignment = input.moment === undefined ? new Map() : timeOf(input.moment);
  const names = [...leaves.keys()].filter(
    (name) => !known.has(name) && (input.tries !== "declared" || !isDynamic(name)),
  );
  // What only the run knows comes last.
  const order = [...names.filter((name) => !isDynamic(name)), ...names.filter(isDynamic)];
  const domains = order.map((name) => {
    const own = leaves.get(name) ?? [];
    const field = input.fields.get(name);
    return isDynamic(name) || field === undefined ? dynamicCandidates(name, own) : candidatesOf(field, own);
  });
  if (domains.includes(undefined)) return { kind: "undecided" };
  let visits = 0;

  const search = (depth: number, assigned: Assignment): SearchResult => {
    visits += 1;
    if (visits > MOST_VISITS) return { kind: "undecided" };
    const holds = evaluate(predicate, assigned, input);
    if (holds === false) return { kind: "none" };
    if (holds === true) {
      // An id of which only the samples are known may not exist: no example to show, but no proof either.
      const isReal = [...assigned.values()].every(({ fractions }) => fractions === undefined);
      return isReal
        ? { kind: "found", example: exampleOf(assigned, input), run: runOf(assigned) }
        : { kind: "undecided" };
    }
    const name = order[depth];
    // All fields have values: what is still open depends on the run.
    if (name === undefined) return { kind: "none" };
    let doubt: SearchResult = { kind: "none" };
    for (const candidate of domains[depth] ?? []) {
      const result = search(depth + 1, new Map([...assigned, [name, candidate]]));
      if (result.kind === "found") return result;
      if (result.kind === "undecided") doubt = result;
      if (visits > MOST_VISITS) return doubt;
    }
    return doubt;
  };
  return search(0, known);
}

type Assignment = ReadonlyMap<string, Candidate>;

function timeOf({ step, epoch }: Clock): Assignment {
  return new Map([
    ["step", { value: step }],
    ["epoch", { value: epoch }],
  ]);
}

/** Undefined while it depends on fields without a value (Kleene 1952, §64: the strong three-valued logic). */
function evaluate(predicate: Predicate, assigned: Assignment, input: SearchInput): boolean | undefined {
  switch (predicate.kind) {
    case "and":
    case "or": {
      const decides = predicate.kind === "or";
      const values = predicate.operands.map((operand) => evaluate(operand, assigned, input));
      return values.includes(decides) ? decides : values.includes(undefined) ? undefined : !decides;
    }
    case "not": {
      const value = evaluate(predicate.operand, assigned, input);
      return value === undefined ? undefined : !value;
    }
    case "cohort":
      return evaluate(lookUp(predicate.name, input), assigned, input);
    case "all":
      return true;
    default: {
      const name = fieldOf(predicate);
      const candidate = assigned.get(name);
      if (candidate === undefined) return undefined;
      if (predicate.kind === "sample" && candidate.fractions !== undefined)
        return (candidate.fractions.get(predicate.seed) ?? 0) < predicate.share;
      return holdsFor(predicate, name, candidate.value);
    }
  }
}

function holdsFor(leaf: Leaf, name: string, value: Candidate["value"]): boolean {
  const number = typeof value === "number" ? value : Number.NaN;
  const dynamic = { loss: number, entropy: number, epoch: number, step: number };
  const noCohort = (): never => {
    throw new Error("a predicate on one field names no cohort");
  };
  return compilePredicate(leaf, noCohort)({ [name]: value }, dynamic);
}

function leavesOf(predicate: Predicate, input: SearchInput): ReadonlyMap<string, readonly Leaf[]> {
  const leaves = new Map<string, Leaf[]>();
  const visited = new Set<string>();
  const visit = (part: Predicate): void => {
    switch (part.kind) {
      case "and":
      case "or":
        part.operands.forEach(visit);
        return;
      case "not":
        visit(part.operand);
        return;
      case "cohort":
        if (!visited.has(part.name)) {
          visited.add(part.name);
          visit(lookUp(part.name, input));
        }
        return;
      case "all":
        return;
      default:
        leaves.set(fieldOf(part), [...(leaves.get(fieldOf(part)) ?? []), part]);
    }
  };
  visit(predicate);
  return leaves;
}

function lookUp(name: string, { cohorts }: SearchInput): Predicate {
  const cohort = cohorts.get(name);
  if (cohort === undefined) throw new Error(`there is no cohort ${name}`);
  return cohort.predicate;
}

function fieldOf(leaf: Leaf): string {
  return leaf.kind === "sample" ? "id" : leaf.field;
}

function isDynamic(name: string): boolean {
  return DYNAMIC_FIELDS.some((field) => field === name);
}

function runOf(assigned: Assignment): RunValues {
  return Object.fromEntries(
    [...assigned].flatMap(([name, { value }]) =>
      isDynamic(name) && typeof value === "number" ? [[name, value]] : [],
    ),
  );
}

function exampleOf(assigned: Assignment, { fields }: SearchInput): ExampleRecord {
  const chosen = [...assigned].filter(([name]) => !isDynamic(name));
  const others = [...fields.values()]
    .filter((field) => !assigned.has(field.name) && !field.optional)
    .map((field): [string, Candidate] => [field.name, candidatesOf(field, [])?.[0] ?? { value: undefined }]);
  return Object.fromEntries(
    [...chosen, ...others].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
  );
}
