/**
 * Gradients under a policy, from one forward and one backward pass whatever the number of cohorts. Routing: at each
 * node where a governed variable meets the examples, the variable's own gradient is taken from an error whose rows
 * are multiplied by the examples' weights, and every other input gets the error untouched; this is exact, since the
 * gradient of a row of the result is all that an example teaches there. Detach: gradient routing (Cloud et al. 2024).
 */
import * as tf from "@tensorflow/tfjs";
import type { PlanParameter } from "../../lower/tfjs/plan.ts";
import { AttributionError } from "./attribution-error.ts";
import { attribute, type AttributedTape } from "./attribution.ts";
import type { CapturedEntry, CapturedVariable } from "./capture.ts";
import { planCapture } from "./capture-entry.ts";
import { planDetaches, type DetachMask } from "./detach.ts";
import { createPlanBook, type PlanBook } from "./edges.ts";
import { differentiate, type Rewrite, type TapeNode } from "./engine.ts";
import { equalMasks, maskOf, taughtUnits, type SegmentWeight, type VariableMask } from "./masks.ts";
import { rewriteNode } from "./rewrite.ts";
import { planRoutes } from "./route.ts";
import { createWorkshop } from "./workshop.ts";

export interface GovernedVariable {
  readonly variable: tf.Variable;
  readonly plan: PlanParameter;
}

/** For each governed variable, for each of its segments: one weight for each example, or one for all. */
export interface SegmentWeights {
  readonly weights: readonly (readonly SegmentWeight[])[];
}

export interface GradientRequest {
  /** The forward pass and the loss of the batch, in its own reduction. */
  readonly loss: () => tf.Scalar;
  readonly variables: readonly GovernedVariable[];
  /** Data comes in here: axis 0 of each tensor counts the examples. */
  readonly batch: readonly tf.Tensor[];
  readonly batchSize: number;
  /** Asked after the forward pass and before the backward pass: dynamic cohorts read the losses of the examples. */
  readonly weights: () => SegmentWeights;
  /** Asked after `weights`. */
  readonly detaches?: () => readonly DetachMask[];
  /** Indices of the variables of which to keep what single examples teach. */
  readonly capture?: readonly number[];
  /** Of those of which it is welcome: passed over where it cannot be kept. */
  readonly welcome?: readonly number[];
}

export interface GovernedGradients {
  readonly loss: tf.Scalar;
  /** In the order and the shapes of the variables; null where no example may teach any of the variable. */
  readonly gradients: readonly (tf.Tensor | null)[];
  /** In the order of the variables; null where none was asked for or could be kept. The tensors are the caller's to dispose. */
  readonly captured: readonly (CapturedVariable | null)[];
  /** Operations that let examples see each other (batch norm): what lies before them is told apart only by rows. */
  readonly couplings: readonly string[];
  /** Indices of the variables whose gradients hold more than what examples teach, as that of a weight penalty. */
  readonly penalised: ReadonlySet<number>;
}

/**
 * The gradients of the loss with respect to the governed variables, routed and detached. All tensors returned are the
 * caller's; those captured survive a tidy.
 *
 * @throws AttributionError where a variable's gradient cannot be told apart by example.
 */
export function governedGradients(request: GradientRequest): GovernedGradients {
  const { variables, batchSize } = request;
  for (const tensor of request.batch)
    if (tensor.shape[0] !== batchSize)
      throw new RangeError(
        `a batch tensor of shape [${tensor.shape}] does not count ${batchSize} examples on axis 0`,
      );
  const held: tf.Tensor[] = [];
  const captured = new Map<number, CapturedEntry[]>(
    [...(request.capture ?? []), ...(request.welcome ?? [])].map((variable) => [variable, []]),
  );
  const workshop = createWorkshop(held, captured);
  const pass: PassFindings = { masks: [], couplings: [], penalised: new Set(), connected: new Set() };
  try {
    const { loss, gradients } = differentiate({
      loss: request.loss,
      variables: variables.map(({ variable }) => variable),
      rewrite: (tape, value) => {
        pass.masks = internMasks(variables, request.weights(), batchSize);
        const detaches = request.detaches?.() ?? [];
        const { attributed, book } = planWelcoming(
          { request, tape, loss: value, masks: pass.masks, detaches },
          captured,
        );
        pass.couplings = attributed.couplings;
        pass.penalised = attributed.penalised;
        pass.connected = new Set(tape.flatMap(({ inputs }) => Object.values(inputs).map(({ id }) => id)));
        return new Map(
          [...book.plans()].map((plan): [number, Rewrite] => [plan.node.id, rewriteNode(plan, workshop)]),
        );
      },
    });
    return {
      loss,
      gradients: variables.map((governed, index) =>
        settleGradient(gradients[index] ?? null, {
          ...governed,
          mask: pass.masks[index] ?? UNTOUCHED,
          isConnected: pass.connected.has(governed.variable.id),
          isPenalised: pass.penalised.has(index),
          batchSize,
        }),
      ),
      captured: variables.map(({ plan }, index) => {
        const entries = captured.get(index);
        return entries === undefined
          ? null
          : { batchSize, shape: plan.shape, unitAxis: plan.unitAxis, entries };
      }),
      couplings: pass.couplings,
      penalised: pass.penalised,
    };
  } catch (error) {
    tf.dispose([...captured.values()] as unknown as tf.TensorContainer);
    throw error;
  } finally {
    tf.dispose(held);
  }
}

/** What is learnt of the computation between the passes. */
interface PassFindings {
  masks: readonly VariableMask[];
  couplings: readonly string[];
  penalised: ReadonlySet<number>;
  /** Tensors on which the loss depends, by id. */
  connected: ReadonlySet<number>;
}

interface Planning {
  readonly request: GradientRequest;
  readonly tape: readonly TapeNode[];
  readonly loss: tf.Scalar;
  readonly masks: readonly VariableMask[];
  readonly detaches: readonly DetachMask[];
}

interface BackwardPlan {
  readonly attributed: AttributedTape;
  readonly book: PlanBook;
}

/**
 * Lets go of what is merely welcome, and plans anew, as long as it stands in the way. Only the plan: a second forward
 * pass would draw other dropouts, and count the batch twice in the statistics of a batch norm.
 */
function planWelcoming(planning: Planning, captured: Map<number, CapturedEntry[]>): BackwardPlan {
  try {
    return planAll(planning, captured);
  } catch (error) {
    if (!(error instanceof AttributionError)) throw error;
    const { variables, capture = [] } = planning.request;
    const index = variables.findIndex(({ plan }) => plan.name === error.variable);
    if (capture.includes(index) || !captured.delete(index)) throw error;
    return planWelcoming(planning, captured);
  }
}

function planAll(planning: Planning, captured: ReadonlyMap<number, readonly CapturedEntry[]>): BackwardPlan {
  const { request, tape, masks, detaches } = planning;
  const { variables } = request;
  const attributed = attributeTape(planning, captured);
  const book = createPlanBook();
  const isBlocked = (index: number): boolean => masks[index]?.kind === "blocked";
  const dropped = new Set(
    variables.flatMap(({ variable }, index) =>
      isBlocked(index) && !captured.has(index) ? [variable.id] : [],
    ),
  );
  for (const node of tape)
    for (const [input, tensor] of Object.entries(node.inputs))
      if (dropped.has(tensor.id)) book.drop(node, input);
  const routed = variables.map(({ plan }, index) => ({
    name: plan.name,
    mask: masks[index] ?? { kind: "blocked" as const },
    isSegmented: plan.segments.length > 1,
    isStrict: isRuled(plan),
  }));
  planRoutes(attributed, routed, book);
  planDetaches({ tape, attributed, names: variables.map(({ plan }) => plan.name), masks: detaches, book });
  const { attributions } = attributed;
  const producers = new Map(tape.flatMap((node) => node.outputs.map(({ id }) => [id, node] as const)));
  for (const entry of attributed.entries)
    for (const [input, { variables: layouts }] of entry.parameters) {
      const captures = [...layouts].flatMap(([variable, layout]) => {
        const own = variables[variable];
        if (own === undefined || !captured.has(variable)) return [];
        const { name } = own.plan;
        return [
          {
            variable,
            capture: planCapture(
              { entry, input, layout, name, variable: own.variable, producers, attributions },
              request.capture?.includes(variable) === true ? "any" : "cheap",
            ),
          },
        ];
      });
      if (captures.length === 0) continue;
      const isWholeBlocked = [...layouts.keys()].every(isBlocked);
      book.update(entry.node, input, (edge) => ({
        ...edge,
        captures,
        ...(isWholeBlocked ? { isBlocked: true } : {}),
      }));
    }
  return { attributed, book };
}

function attributeTape(
  { request, tape, loss, masks, detaches }: Planning,
  captured: ReadonlyMap<number, unknown>,
): AttributedTape {
  const detached = new Set(detaches.flatMap(({ extent }) => extent.map(({ variable }) => variable)));
  return attribute({
    tape,
    loss,
    batch: request.batch,
    variables: request.variables.map(({ variable, plan }, index) => ({
      tensor: variable,
      name: plan.name,
      unitAxis: plan.unitAxis,
      isStrict:
        isRuled(plan) ||
        detached.has(index) ||
        captured.has(index) ||
        !equalMasks(masks[index] ?? UNTOUCHED, UNTOUCHED),
    })),
  });
}

const UNTOUCHED: VariableMask = { kind: "uniform", factor: 1 };

/** A variable with rules must be attributable from the first step on, whoever happens to be in the batch. */
function isRuled(plan: PlanParameter): boolean {
  return plan.segments.some(({ rules }) => rules.length > 0);
}

/** Equal masks become one object, so that what is computed for one serves all. */
function internMasks(
  variables: readonly GovernedVariable[],
  { weights }: SegmentWeights,
  batchSize: number,
): readonly VariableMask[] {
  const known: VariableMask[] = [];
  return variables.map(({ plan }, index) => {
    const mask = maskOf(plan, weights[index] ?? [], batchSize);
    const found = known.find((other) => equalMasks(other, mask));
    if (found === undefined) known.push(mask);
    return found ?? mask;
  });
}

interface Settling extends GovernedVariable {
  readonly mask: VariableMask;
  /** Whether the loss depends on the variable. */
  readonly isConnected: boolean;
  readonly isPenalised: boolean;
  readonly batchSize: number;
}

/**
 * A variable that no example may teach has no gradient, whatever was needed to capture what they would, and a unit that
 * none may teach has none of a penalty either. What some may teach has one, of zeros when all signals to it are cut.
 */
function settleGradient(
  gradient: tf.Tensor | null,
  { variable, plan, mask, isConnected, isPenalised, batchSize }: Settling,
): tf.Tensor | null {
  if (mask.kind === "blocked") {
    gradient?.dispose();
    return null;
  }
  if (gradient === null) return isConnected ? tf.zeros(variable.shape) : null;
  const taught = isPenalised ? taughtUnits(mask, batchSize) : undefined;
  if (taught === undefined) return gradient;
  const shape = variable.shape.map((length, axis) => (axis === plan.unitAxis ? length : 1));
  const settled = tf.tidy(() => tf.mul(gradient, tf.tensor(taught, shape)));
  gradient.dispose();
  return settled;
}
