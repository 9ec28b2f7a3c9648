import type { FieldValue } from "../example.ts";
import { compileLeaf } from "../predicate.ts";
import { ALWAYS, isDynamic, NEVER, type Circuit, type Wire } from "./circuit.ts";

/** Examples that were found so far: many a question about another predicate is answered by one of them. */
export interface Witnesses {
  /** Adds an example that the schema admits, with a value for every field that it demands. */
  readonly add: (example: ReadonlyMap<string, FieldValue>) => void;
  /** Whether the wire is true of one of them. */
  readonly show: (wire: Wire) => boolean;
}

/** So many are kept; a newer one takes the place of the oldest. */
const MOST_KEPT = 64;

interface Witness {
  readonly example: ReadonlyMap<string, FieldValue>;
  /** Whether each gate is true of it, by its number, as far as they were looked at. */
  readonly truth: boolean[];
}

export function createWitnesses(circuit: Circuit): Witnesses {
  const kept: Witness[] = [];
  let added = 0;
  const tests: ((value: FieldValue) => boolean)[] = [];
  const isTrue = (wire: Wire, { example, truth }: Witness): boolean => {
    const own = Math.abs(wire);
    // The inputs of a gate have smaller numbers than its own.
    for (let number = truth.length; number <= own; number += 1) {
      const gate = number > ALWAYS ? circuit.gateOf(number) : undefined;
      if (gate === undefined) truth.push(true);
      else if (gate.kind === "and")
        truth.push(gate.inputs.every((input) => truth[Math.abs(input)] === input > 0));
      else {
        const test = (tests[number] ??= compileLeaf(gate.leaf));
        truth.push(test(example.get(gate.field) ?? (isDynamic(gate.field) ? 0 : undefined)));
      }
    }
    return truth[own] === wire > 0;
  };
  return {
    add: (example) => {
      kept[added % MOST_KEPT] = { example, truth: [] };
      added += 1;
    },
    show: (wire) => {
      if (wire === ALWAYS || wire === NEVER) return wire === ALWAYS && kept.length > 0;
      return kept.some((witness) => isTrue(wire, witness));
    },
  };
}
