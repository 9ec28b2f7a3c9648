import { DYNAMIC_FIELDS, type Predicate } from "../../check/policy.ts";
import { fieldOf, namedCohorts } from "../predicate.ts";
import type { Leaf } from "../candidates.ts";

/** A part of a circuit, or, negative, its negation. */
export type Wire = number;

export const ALWAYS: Wire = 1;
export const NEVER: Wire = -1;

export type Gate = (
  | { readonly kind: "leaf"; readonly leaf: Leaf; readonly field: string }
  | { readonly kind: "and"; readonly inputs: readonly Wire[] }
) & {
  /** Whether it depends on what only the run knows. */
  readonly isDynamic: boolean;
};

/**
 * Predicates as gates: the same part is there once, whoever uses it, and negation costs nothing. What is always or
 * never true already by its form is not built.
 *
 * INVARIANT: which gates a predicate comes to depends on the predicate alone; their numbers depend on what was there
 * before.
 */
export interface Circuit {
  readonly leaf: (leaf: Leaf) => Wire;
  readonly both: (inputs: readonly Wire[]) => Wire;
  /** The gate of a wire, whatever its sign; there is none for `ALWAYS` and `NEVER`. */
  readonly gateOf: (wire: Wire) => Gate;
  /** How many gates there are. */
  readonly size: () => number;
}

export function createCircuit(): Circuit {
  const gates: Gate[] = [];
  const known = new Map<string, Wire>();
  const add = (key: string, gate: Gate): Wire => {
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    gates.push(gate);
    // The first number means `always`.
    const wire = gates.length + 1;
    known.set(key, wire);
    return wire;
  };
  const gateOf = (wire: Wire): Gate => {
    const gate = gates[Math.abs(wire) - 2];
    if (gate === undefined) throw new Error(`there is no gate ${wire}`);
    return gate;
  };
  const both = (inputs: readonly Wire[]): Wire => {
    const distinct = new Set(inputs);
    distinct.delete(ALWAYS);
    for (const input of distinct) if (input === NEVER || distinct.has(-input)) return NEVER;
    const [first, second] = distinct;
    if (first === undefined) return ALWAYS;
    if (second === undefined) return first;
    const own = [...distinct];
    return add(own.join(), {
      kind: "and",
      inputs: own,
      isDynamic: own.some((input) => gateOf(input).isDynamic),
    });
  };
  return {
    leaf: (leaf) => {
      const field = fieldOf(leaf);
      return add(JSON.stringify(leaf), { kind: "leaf", leaf, field, isDynamic: isDynamic(field) });
    },
    both,
    gateOf,
    size: () => gates.length,
  };
}

/** The wire of a predicate, for one definition of the cohorts that it may name. */
export function createWiring(
  circuit: Circuit,
  definitionOf: (cohort: string) => Predicate,
): (predicate: Predicate) => Wire {
  const leaves = new Map<Leaf, Wire>();
  const cohorts = new Map<string, Wire>();
  const build = (predicate: Predicate): Wire => {
    switch (predicate.kind) {
      case "and":
        return circuit.both(predicate.operands.map(build));
      case "or":
        return -circuit.both(predicate.operands.map((operand) => -build(operand)));
      case "not":
        return -build(predicate.operand);
      case "all":
        return ALWAYS;
      case "cohort":
        return wireOfCohort(predicate.name);
      default:
        return wireOfLeaf(predicate);
    }
  };
  const wireOfLeaf = (leaf: Leaf): Wire => {
    const wire = leaves.get(leaf) ?? circuit.leaf(leaf);
    leaves.set(leaf, wire);
    return wire;
  };
  const wireOfCohort = (name: string): Wire => {
    const earlier = cohorts.get(name);
    if (earlier !== undefined) return earlier;
    // Those that it is made of come first, so that a long chain of them is no deep recursion.
    const open = [name];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const definition = definitionOf(top);
      const missing = namedCohorts(definition).filter((part) => !cohorts.has(part));
      if (missing.length > 0) open.push(...missing);
      else {
        if (!cohorts.has(top)) cohorts.set(top, build(definition));
        open.pop();
      }
    }
    return cohorts.get(name) ?? NEVER;
  };
  return build;
}

/**
 * The gates that a wire depends on, its own first, each once and in the order of the predicate; a gate's number is
 * greater than those of its inputs.
 *
 * @param isAsked Gates for which this is false are left out, with what only they depend on.
 */
export function coneOf(
  wire: Wire,
  { gateOf }: Circuit,
  isAsked: (gate: Wire) => boolean = () => true,
): readonly Wire[] {
  const found = new Set<Wire>();
  const open = [wire];
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const own = Math.abs(top);
    if (own === ALWAYS || found.has(own) || !isAsked(own)) continue;
    found.add(own);
    const gate = gateOf(own);
    if (gate.kind === "and") for (const input of gate.inputs.toReversed()) open.push(input);
  }
  return [...found];
}

/** Whether a field is one that the runtime supplies. */
export function isDynamic(field: string): boolean {
  return DYNAMIC_FIELDS.some((name) => name === field);
}
