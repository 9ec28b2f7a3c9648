import { ALWAYS, coneOf, isDynamic, NEVER, type Circuit, type Wire } from "./circuit.ts";
import { testOf, type FieldValue } from "./domains.ts";

/** Examples that were found so far: many a question about another predicate is answered by one of them. */
export interface Witnesses {
  /** Adds an example that the schema admits, with a value for every field that it demands. */
  readonly add: (example: ReadonlyMap<string, FieldValue>) => void;
  /** Whether the wire is true of one of them. */
  readonly show: (wire: Wire) => boolean;
}

/** More than these are not kept. */
const MOST_KEPT = 512;

export function createWitnesses(circuit: Circuit): Witnesses {
  const examples: ReadonlyMap<string, FieldValue>[] = [];
  const tests = new Map<Wire, (value: FieldValue) => boolean>();
  // By gate: the examples of which it is true, as the bits of a number, and how many had been looked at.
  const known = new Map<Wire, { readonly members: bigint; readonly count: number }>();
  const membersOf = (input: Wire): bigint => {
    const own = known.get(Math.abs(input))?.members ?? 0n;
    return input > 0 ? own : everyOf(examples.length) ^ own;
  };
  const lookAt = (own: Wire): bigint => {
    const gate = circuit.gateOf(own);
    if (gate.kind === "and")
      return gate.inputs.reduce((members, input) => members & membersOf(input), everyOf(examples.length));
    const test = tests.get(own) ?? testOf(gate.leaf, gate.field);
    tests.set(own, test);
    const earlier = known.get(own) ?? { members: 0n, count: 0 };
    return examples
      .slice(earlier.count)
      .map((example) => example.get(gate.field) ?? (isDynamic(gate.field) ? 0 : undefined))
      .reduce<bigint>(
        (members, value, index) => (test(value) ? members | (1n << BigInt(earlier.count + index)) : members),
        earlier.members,
      );
  };
  return {
    add: (example) => {
      if (examples.length < MOST_KEPT) examples.push(example);
    },
    show: (wire) => {
      if (wire === ALWAYS || wire === NEVER) return wire === ALWAYS && examples.length > 0;
      const outdated = coneOf(wire, circuit, (own) => known.get(own)?.count !== examples.length);
      for (const own of outdated.toSorted((left, right) => left - right))
        known.set(own, { members: lookAt(own), count: examples.length });
      return membersOf(wire) !== 0n;
    },
  };
}

function everyOf(count: number): bigint {
  return (1n << BigInt(count)) - 1n;
}
