import type { Clock } from "../clock.ts";
import { coneOf, isDynamic, ALWAYS, NEVER, type Circuit, type Gate, type Wire } from "./circuit.ts";
import { compileLeaf } from "../predicate.ts";

export interface Settlement {
  /** Whether what only the run knows may take any value; otherwise nothing is known of it, and nothing is true of it. */
  readonly tries: "declared" | "declared and dynamic";
  /** When it is asked: what `step` and `epoch` are is then known. */
  readonly moment?: Clock;
}

/** What is left of a wire where the time, or all that only the run knows, is out of question. */
export function settle(wire: Wire, circuit: Circuit, settlement: Settlement): Wire {
  if (wire === ALWAYS || wire === NEVER || !circuit.gateOf(wire).isDynamic) return wire;
  // By wire, for its negation is no negation here: neither `loss > 1` nor `not loss > 1` is known to be true.
  const settled = new Map<Wire, Wire>();
  const settledOf = (input: Wire): Wire => settled.get(input) ?? input;
  for (const own of coneOf(wire, circuit).toSorted((left, right) => left - right)) {
    const gate = circuit.gateOf(own);
    if (!gate.isDynamic) continue;
    if (gate.kind === "and") {
      settled.set(own, circuit.both(gate.inputs.map(settledOf)));
      settled.set(-own, -circuit.both(gate.inputs.map((input) => -settledOf(-input))));
    } else {
      const holds = settleLeaf(gate, settlement);
      if (holds === "open") continue;
      settled.set(own, holds === "true" ? ALWAYS : NEVER);
      settled.set(-own, holds === "false" ? ALWAYS : NEVER);
    }
  }
  return settledOf(wire);
}

/** `open` is what is left to the search, and `unknown` what cannot be relied on either way. */
function settleLeaf(
  { leaf, field }: Extract<Gate, { kind: "leaf" }>,
  { tries, moment }: Settlement,
): "true" | "false" | "unknown" | "open" {
  if (moment !== undefined && (field === "step" || field === "epoch"))
    return compileLeaf(leaf)(moment[field]) ? "true" : "false";
  return tries === "declared" && isDynamic(field) ? "unknown" : "open";
}
