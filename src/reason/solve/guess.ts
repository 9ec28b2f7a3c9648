import type { Field } from "../../check/policy.ts";
import { runValuesOf, valuesOf, type Leaf } from "../candidates.ts";
import type { FieldValue } from "../example.ts";
import { compileLeaf } from "../predicate.ts";
import { ALWAYS, isDynamic, NEVER, type Circuit, type Wire } from "./circuit.ts";

/** What a predicate on one field is wished to say. */
interface Wish {
  readonly leaf: Leaf;
  readonly holds: boolean;
}

/**
 * Values under which a wire is likely true, for the fields that it takes: what must be is followed up, of alternatives
 * the first that can be is chosen, and no choice is taken back. Most wires are true of many examples, and so much is
 * enough to find one. Undefined where it leads nowhere, which says nothing about the wire.
 */
export function guess(
  wire: Wire,
  circuit: Circuit,
  fields: ReadonlyMap<string, Field>,
): ReadonlyMap<string, FieldValue> | undefined {
  const values = new Map<string, FieldValue>();
  const wishes = new Map<string, readonly Wish[]>();
  const wanted = new Set<Wire>();
  const open: Wire[] = [wire];
  const alternatives: (readonly Wire[])[] = [];

  /** False where the field cannot be as these wishes have it. */
  const wish = (input: Wire): boolean => {
    const gate = circuit.gateOf(input);
    if (gate.kind === "and") return true;
    const own = [...(wishes.get(gate.field) ?? []), { leaf: gate.leaf, holds: input > 0 }];
    const value = valueFor(gate.field, fields.get(gate.field), own);
    if (value === NOTHING) return false;
    wishes.set(gate.field, own);
    values.set(gate.field, value);
    return true;
  };
  for (;;) {
    const top = open.pop();
    if (top !== undefined) {
      if (top === ALWAYS || wanted.has(top)) continue;
      if (top === NEVER || wanted.has(-top)) return undefined;
      const gate = circuit.gateOf(top);
      if (!wish(top)) return undefined;
      wanted.add(top);
      if (gate.kind === "and" && top > 0) open.push(...gate.inputs.toReversed());
      if (gate.kind === "and" && top < 0) alternatives.push(gate.inputs.map((input) => -input));
      continue;
    }
    const choice = alternatives.pop();
    if (choice === undefined) return values;
    if (choice.some((input) => wanted.has(input))) continue;
    const chosen = choice.find((input) => !wanted.has(-input) && wish(input));
    if (chosen === undefined) return undefined;
    open.push(chosen);
  }
}

const NOTHING = Symbol("no value");

function valueFor(
  name: string,
  field: Field | undefined,
  wishes: readonly Wish[],
): FieldValue | typeof NOTHING {
  const leaves = wishes.map(({ leaf }) => leaf);
  const tests = wishes.map(({ leaf, holds }) => ({ test: compileLeaf(leaf), holds }));
  const fits = (value: FieldValue): boolean => tests.every(({ test, holds }) => test(value) === holds);
  const present = isDynamic(name)
    ? runValuesOf(name, leaves)
    : field?.type.kind === "set"
      ? [elementsOf(wishes)]
      : field && valuesOf(field, leaves);
  const value = present?.find(fits);
  if (value !== undefined) return value;
  return field?.optional === true && fits(undefined) ? undefined : NOTHING;
}

function elementsOf(wishes: readonly Wish[]): FieldValue {
  return wishes.flatMap(({ leaf, holds }) => (holds && leaf.kind === "contains" ? [leaf.value] : []));
}
