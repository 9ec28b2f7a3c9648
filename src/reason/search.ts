import type { Cohort, DynamicField, Field, Predicate } from "../check/policy.ts";
import { mentionedValues, valuesOf } from "./candidates.ts";
import type { Clock } from "./clock.ts";
import type { ExampleRecord, FieldValue } from "./example.ts";
import { compileLeaf } from "./predicate.ts";
import { ALWAYS, createCircuit, isDynamic, NEVER, type Circuit, type Wire } from "./solve/circuit.ts";
import { isSample, type Comparison } from "./solve/domains.ts";
import { guess } from "./solve/guess.ts";
import { encode, type Encoding } from "./solve/encode.ts";
import { createWitnesses } from "./solve/witnesses.ts";
import { findId } from "./solve/ids.ts";
import { satisfy, type Literal } from "./solve/satisfy.ts";
import { settle } from "./solve/settle.ts";

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

export interface SearchOptions {
  /** Whether values of what only the run knows are tried, too; otherwise an answer must not depend on them. */
  readonly tries: "declared" | "declared and dynamic";
  /** When the example is met: what `step` and `epoch` are is then known. */
  readonly moment?: Clock;
}

/** A search among the examples that a schema admits. */
export interface Search {
  /**
   * Looks for an example for which a predicate holds. The answer is exact: the example is the first one in the order of
   * the predicate's fields and of their values, `none` is proved, and what takes too long is undecided.
   */
  readonly find: (goal: Predicate, options: SearchOptions) => SearchResult;
  /** Whether there is one, which is often known from examples that were found before. */
  readonly decide: (goal: Predicate, options: SearchOptions) => SearchResult["kind"];
}

export interface Searched {
  readonly cohorts: ReadonlyMap<string, Pick<Cohort, "predicate">>;
  readonly fields: ReadonlyMap<string, Field>;
}

/** What is asked twice is looked for once. */
export function createSearch({ cohorts, fields }: Searched): Search {
  const circuit = createCircuit((name) => {
    const cohort = cohorts.get(name);
    if (cohort === undefined) throw new Error(`there is no cohort ${name}`);
    return cohort.predicate;
  });
  const usual = new Map([...fields.values()].map((field) => [field.name, usualValue(field)]));
  const isWhole = [...fields.values()].every(
    ({ name, optional }) => optional || usual.get(name) !== undefined,
  );
  const witnesses = createWitnesses(circuit);
  if (isWhole) witnesses.add(usual);
  const answers = new Map<Wire, Answer>();
  const answerTo = (wire: Wire): Answer => {
    const known = answers.get(wire);
    if (known !== undefined) return known;
    const answer = solve(wire, circuit, fields);
    answers.set(wire, answer);
    if (answer.kind === "found" && isWhole) witnesses.add(new Map([...usual, ...answer.values]));
    return answer;
  };
  const guessed = new Set<Wire>();
  const isShown = (wire: Wire): boolean => {
    if (witnesses.show(wire)) return true;
    if (!isWhole || guessed.has(wire) || wire === NEVER) return false;
    guessed.add(wire);
    const values = guess(wire, circuit, fields);
    if (values === undefined) return false;
    witnesses.add(new Map([...usual, ...values]));
    return witnesses.show(wire);
  };
  return {
    find: (goal, options) => {
      const answer = answerTo(settle(circuit.wireOf(goal), circuit, options));
      if (answer.kind !== "found") return answer;
      const { step, epoch } = options.moment ?? {};
      const known = { ...(step !== undefined && { step }), ...(epoch !== undefined && { epoch }) };
      return {
        kind: "found",
        example: exampleOf(answer.values, usual),
        run: { ...known, ...runOf(answer.values) },
      };
    },
    decide: (goal, options) => {
      const wire = settle(circuit.wireOf(goal), circuit, options);
      return isShown(wire) ? "found" : answerTo(wire).kind;
    },
  };
}

type Values = ReadonlyMap<string, FieldValue>;

type Answer = { readonly kind: "found"; readonly values: Values } | { readonly kind: "none" | "undecided" };

/** Ids that were drawn as wanted, and could not be found, are waited for so often. */
const MOST_MISSING_IDS = 16;

function solve(wire: Wire, circuit: Circuit, fields: ReadonlyMap<string, Field>): Answer {
  if (wire === ALWAYS) return { kind: "found", values: new Map() };
  if (wire === NEVER) return { kind: "none" };
  const encoding = encode(wire, circuit, fields);
  if (typeof encoding === "string") return { kind: encoding };
  const excluded: (readonly Literal[])[] = [];
  while (excluded.length < MOST_MISSING_IDS) {
    const { problem } = encoding;
    const answer = satisfy({ ...problem, clauses: [...problem.clauses, ...excluded] });
    if (answer.kind === "none" && excluded.length === 0) return answer;
    if (answer.kind !== "model") break;
    const holds = (variable: number): boolean => answer.values[variable] === true;
    const values = decidingValues(encoding, holds);
    const id = values.has("id") ? drawId(values.get("id"), encoding.comparisonsOf("id"), holds) : undefined;
    if (id?.kind !== "missing")
      return { kind: "found", values: id === undefined ? values : new Map([...values, ["id", id.value]]) };
    // No example to show, but no proof that there is none either.
    excluded.push(
      encoding.comparisonsOf("id").map(({ variable }) => (holds(variable) ? -variable : variable)),
    );
  }
  return { kind: "undecided" };
}

/** The values of the model, field by field, until they decide the goal whatever the other fields are. */
function decidingValues(encoding: Encoding, holds: (variable: number) => boolean): Values {
  const values = new Map<string, FieldValue>();
  for (const [name, domain] of encoding.domains) {
    values.set(name, domain.read(holds));
    if (encoding.isDecidedBy(values, holds)) break;
  }
  return values;
}

type DrawnId = { readonly kind: "found"; readonly value: FieldValue } | { readonly kind: "missing" };

/** An id that is in the samples in which the model has it; undefined where it is in none of interest. */
function drawId(
  value: FieldValue,
  comparisons: readonly Comparison[],
  holds: (variable: number) => boolean,
): DrawnId | undefined {
  const samples = comparisons.filter(isSample);
  const written = mentionedValues(comparisons.map(({ leaf }) => leaf));
  if (samples.length === 0 || typeof value !== "string" || written.includes(value)) return undefined;
  const others = comparisons.filter((comparison) => !isSample(comparison));
  const tests = others.map(({ leaf, variable }) => ({ test: compileLeaf(leaf), expected: holds(variable) }));
  const found = findId(
    value,
    (text) => tests.every(({ test, expected }) => test(text) === expected),
    samples.map(({ leaf, variable }) => ({ ...leaf, inside: holds(variable) })),
  );
  return found === undefined ? { kind: "missing" } : { kind: "found", value: found };
}

function usualValue(field: Field): FieldValue {
  return field.optional ? undefined : valuesOf(field, [])?.[0];
}

function runOf(values: Values): RunValues {
  return Object.fromEntries(
    [...values].filter(([name, value]) => isDynamic(name) && typeof value === "number"),
  );
}

function exampleOf(values: Values, usual: Values): ExampleRecord {
  const chosen = [...values].filter(([name]) => !isDynamic(name));
  const others = [...usual].filter(([name]) => !values.has(name));
  return Object.fromEntries([...chosen, ...others].filter(([, value]) => value !== undefined));
}
