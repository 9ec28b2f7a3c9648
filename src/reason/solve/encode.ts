import type { Field } from "../../check/policy.ts";
import { coneOf, isDynamic, type Circuit, type Wire } from "./circuit.ts";
import { domainOf, type Comparison, type Domain } from "./domains.ts";
import { satisfy, type Literal, type Problem } from "./satisfy.ts";

/** The examples for which a wire is true, as the models of clauses. */
export interface Encoding {
  readonly problem: Problem;
  /** In the order in which fields are decided: what only the run knows comes last. */
  readonly domains: ReadonlyMap<string, Domain>;
  readonly comparisonsOf: (field: string) => readonly Comparison[];
  /**
   * Whether the wire is true whatever the fields are that are not listed (Kleene 1952, section 64: the strong
   * three-valued logic), by what the model says of those that are.
   */
  readonly isDecidedBy: (
    fields: { readonly has: (field: string) => boolean },
    holds: (variable: number) => boolean,
  ) => boolean;
}

/** `undecided` where the values of some field cannot be listed with reasonable effort. */
export function encode(
  wire: Wire,
  circuit: Circuit,
  fields: ReadonlyMap<string, Field>,
): Encoding | "none" | "undecided" {
  const cone = coneOf(wire, circuit);
  const numbers = new Map(cone.map((own, index) => [own, index + 1]));
  const literalOf = (input: Wire): Literal => Math.sign(input) * (numbers.get(Math.abs(input)) ?? 0);
  const clauses: (readonly Literal[])[] = [[literalOf(wire)]];
  const comparisons = new Map<string, Comparison[]>();
  for (const own of cone) {
    const gate = circuit.gateOf(own);
    const variable = literalOf(own);
    if (gate.kind === "and") {
      const inputs = gate.inputs.map(literalOf);
      clauses.push([variable, ...inputs.map((input) => -input)]);
      for (const input of inputs) clauses.push([-variable, input]);
    } else {
      const known = comparisons.get(gate.field);
      if (known === undefined) comparisons.set(gate.field, [{ leaf: gate.leaf, variable }]);
      else known.push({ leaf: gate.leaf, variable });
    }
  }
  let variables = cone.length;
  // Many a claim is proved by how its cohorts are made, whatever their comparisons are about.
  if (satisfy({ variables, clauses, exclusive: [], decisions: [] }).kind === "none") return "none";
  const newVariable = (): number => (variables += 1);
  const names = [...comparisons.keys()];
  const domains = new Map<string, Domain>();
  for (const name of [...names.filter((field) => !isDynamic(field)), ...names.filter(isDynamic)]) {
    const field = isDynamic(name) ? undefined : fields.get(name);
    const domain = domainOf(name, field, comparisons.get(name) ?? [], newVariable);
    if (domain === undefined) return "undecided";
    domains.set(name, domain);
    for (const clause of domain.clauses) clauses.push(clause);
  }
  const own = [...domains.values()];
  const upward = cone.toSorted((left, right) => left - right);
  return {
    problem: {
      variables,
      clauses,
      exclusive: own.flatMap(({ exclusive }) => exclusive),
      decisions: own.flatMap(({ decisions }) => decisions),
    },
    domains,
    comparisonsOf: (field) => comparisons.get(field) ?? [],
    isDecidedBy: (listed, holds) => {
      // 1 and -1 for what is decided, 0 for what is not.
      const values = new Int8Array(cone.length + 1);
      const valueOf = (input: Wire): number => Math.sign(input) * (values[Math.abs(literalOf(input))] ?? 0);
      for (const number of upward) {
        const gate = circuit.gateOf(number);
        const variable = literalOf(number);
        if (gate.kind === "and") {
          const inputs = gate.inputs.map(valueOf);
          values[variable] = inputs.includes(-1) ? -1 : inputs.includes(0) ? 0 : 1;
        } else values[variable] = !listed.has(gate.field) ? 0 : holds(variable) ? 1 : -1;
      }
      return valueOf(wire) > 0;
    },
  };
}
