/** What has been found out about the examples that a schema admits: it stays true whatever becomes of the cohorts. */
import type { Field } from "../../check/policy.ts";
import { mentionedValues, valuesOf } from "../candidates.ts";
import type { FieldValue } from "../example.ts";
import { compileLeaf } from "../predicate.ts";
import { ALWAYS, createCircuit, NEVER, type Circuit, type Wire } from "./circuit.ts";
import { isSample, type Comparison } from "./domains.ts";
import { encode, type Encoding } from "./encode.ts";
import { guess } from "./guess.ts";
import { findId } from "./ids.ts";
import { satisfy, type Literal } from "./satisfy.ts";
import { createWitnesses } from "./witnesses.ts";

export interface Findings {
  readonly fields: ReadonlyMap<string, Field>;
  /** The predicates that were asked about. */
  readonly circuit: Circuit;
  /** A value for every field that an example must have, as far as there is one. */
  readonly usual: Values;
  /** An example for which a wire is true, where there is one; the same one whatever was asked before. */
  readonly answerTo: (wire: Wire) => Answer;
  /** Whether an example is at hand, or easily guessed, for which a wire is true. */
  readonly isShown: (wire: Wire) => boolean;
}

export type Values = ReadonlyMap<string, FieldValue>;

export type Answer =
  { readonly kind: "found"; readonly values: Values } | { readonly kind: "none" | "undecided" };

export function createFindings(fields: ReadonlyMap<string, Field>): Findings {
  const circuit = createCircuit();
  const usual = new Map([...fields.values()].map((field) => [field.name, usualValue(field)]));
  const isWhole = [...fields.values()].every(
    ({ name, optional }) => optional || usual.get(name) !== undefined,
  );
  const witnesses = createWitnesses(circuit);
  if (isWhole) witnesses.add(usual);
  const answers = new Map<Wire, Answer>();
  const guessed = new Set<Wire>();
  return {
    fields,
    circuit,
    usual,
    answerTo: (wire) => {
      const known = answers.get(wire);
      if (known !== undefined) return known;
      const answer = solve(wire, circuit, fields);
      answers.set(wire, answer);
      if (answer.kind === "found" && isWhole) witnesses.add(new Map([...usual, ...answer.values]));
      return answer;
    },
    isShown: (wire) => {
      if (witnesses.show(wire)) return true;
      if (!isWhole || guessed.has(wire) || wire === NEVER) return false;
      guessed.add(wire);
      const values = guess(wire, circuit, fields);
      if (values === undefined) return false;
      witnesses.add(new Map([...usual, ...values]));
      return witnesses.show(wire);
    },
  };
}

/** Beyond so many predicates, most are of texts that are long gone. */
const MOST_GATES = 20_000;

/** What was found out before, where it is about the same fields; otherwise nothing yet. */
export function renewFindings(fields: ReadonlyMap<string, Field>, earlier: Findings | undefined): Findings {
  const isKept =
    earlier !== undefined &&
    earlier.circuit.size() <= MOST_GATES &&
    meaningOf(earlier.fields) === meaningOf(fields);
  return isKept ? earlier : createFindings(fields);
}

function meaningOf(fields: ReadonlyMap<string, Field>): string {
  return JSON.stringify([...fields.values()].map(({ span: _, ...meaning }) => meaning));
}

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
