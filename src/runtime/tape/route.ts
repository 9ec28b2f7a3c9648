import { AttributionError } from "./attribution-error.ts";
import type { AttributedTape, Entry, ParameterAttribution, VariableLayout } from "./attribution.ts";
import { agree, findAxisRule } from "./axes.ts";
import { WHOLE_FLOW, type EdgePlan, type PlanBook } from "./edges.ts";
import { equalMasks, type VariableMask } from "./masks.ts";
import type { Overlay, Place } from "./place.ts";
import { readProduct } from "./products.ts";

export interface RoutedVariable {
  readonly name: string;
  readonly mask: VariableMask;
  /** Whether bands cut it by units, so that its units must be found wherever it enters. */
  readonly isSegmented: boolean;
  readonly isStrict: boolean;
}

/** Plans the mask of every variable at every node where it meets the examples. */
export function planRoutes(tape: AttributedTape, variables: readonly RoutedVariable[], book: PlanBook): void {
  for (const entry of tape.entries) {
    const known: Overlay[] = [];
    for (const [input, parameter] of entry.parameters) {
      const route = routeOf(entry, parameter, variables);
      if (route === undefined) continue;
      const plan = planEdge(entry, input, route, tape, known);
      book.update(entry.node, input, (edge) => ({ ...edge, ...plan }));
    }
  }
}

interface Route {
  readonly variable: RoutedVariable;
  readonly layout: VariableLayout;
  readonly mask: Exclude<VariableMask, { readonly kind: "blocked" }>;
}

/** The one mask of all variables in an input; undefined where there is nothing to do. */
function routeOf(
  { node }: Entry,
  parameter: ParameterAttribution,
  variables: readonly RoutedVariable[],
): Route | undefined {
  const routes = [...parameter.variables].flatMap(([index, layout]): readonly Route[] => {
    const variable = variables[index];
    return variable === undefined || variable.mask.kind === "blocked"
      ? []
      : [{ variable, layout, mask: variable.mask }];
  });
  for (const { variable, layout } of routes)
    if (variable.isStrict && variable.isSegmented) requireUnits(node.kernelName, variable, layout);
  const [first] = routes;
  if (first === undefined) return undefined;
  const isPerUnit = first.mask.kind === "units" || first.mask.kind === "table";
  const differing = routes.find(
    ({ mask, layout }) =>
      !equalMasks(mask, first.mask) || (isPerUnit && !agree(layout.units, first.layout.units)),
  );
  if (differing !== undefined)
    throw new AttributionError({
      variable: differing.variable.name,
      kernel: node.kernelName,
      reason: `the variable is combined with \`${first.variable.name}\`, which has other weights, before it meets an example`,
      remedy: "give variables that are combined with one another the same weights",
    });
  return first.mask.kind === "uniform" && first.mask.factor === 1 ? undefined : first;
}

function planEdge(
  entry: Entry,
  input: string,
  { variable, layout, mask }: Route,
  tape: AttributedTape,
  known: Overlay[],
): EdgePlan {
  const { node, examples } = entry;
  const onError = (units: Place | undefined, values: Float32Array): EdgePlan => ({
    flows: [{ error: [intern({ values, examples, units }, known)], gradient: [] }],
  });
  if (mask.kind === "uniform") return { flows: [WHOLE_FLOW], factor: mask.factor };
  if (mask.kind === "examples") return onError(undefined, mask.weights);
  const units = requireUnits(node.kernelName, variable, layout);
  if (mask.kind === "units") {
    // One factor for each unit is laid over the gradient as one for each example would be.
    const overlay = { values: mask.factors, examples: units, units: undefined };
    return { flows: [{ error: [], gradient: [overlay] }] };
  }
  const moved = findAxisRule(node.kernelName)?.(node, input, units);
  if (moved !== undefined && moved.axis !== examples.axis) return onError(moved, mask.weights);
  const operand = operandOverlay(entry, input, units, mask.weights, tape);
  return operand === undefined ? refuseUnits(node.kernelName, variable) : { flows: [WHOLE_FLOW], operand };
}

/** Where a product sums over the units of θ, they are counted on the other operand. */
function operandOverlay(
  { node }: Entry,
  input: string,
  units: Place,
  values: Float32Array,
  { attributions }: AttributedTape,
): Overlay | undefined {
  const operands = readProduct(node);
  if (operands === undefined || input === operands.bias) return undefined;
  const isRight = input === operands.right;
  const other = node.inputs[isRight ? operands.left : operands.right];
  const attribution = other === undefined ? undefined : attributions.get(other.id);
  if (other === undefined || attribution?.kind !== "examples") return undefined;
  const isLastSummed = isRight ? !operands.transposeLeft : operands.transposeRight;
  const axis = other.rank - (isLastSummed ? 1 : 2);
  if (axis === attribution.place.axis) return undefined;
  return { values, examples: attribution.place, units: { ...units, axis } };
}

function requireUnits(kernelName: string, variable: RoutedVariable, { units }: VariableLayout): Place {
  return units ?? refuseUnits(kernelName, variable);
}

function refuseUnits(kernel: string, variable: RoutedVariable): never {
  throw new AttributionError({
    variable: variable.name,
    kernel,
    reason: "the units of the variable cannot be found in the result of this operation",
    remedy: "let the bands hold the layer whole, without `units`",
  });
}

function intern(overlay: Overlay, known: Overlay[]): Overlay {
  const found = known.find(
    (other) =>
      other.values === overlay.values &&
      agree(other.examples, overlay.examples) &&
      agree(other.units, overlay.units),
  );
  if (found === undefined) known.push(overlay);
  return found ?? overlay;
}
