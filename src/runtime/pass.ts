import * as tf from "@tensorflow/tfjs";
import { bandOf, type TfjsPlan } from "../lower/tfjs/plan.ts";
import type { Steering } from "../reason/bounds/effects.ts";
import { windowHolds } from "../reason/windows.ts";
import { diagnose } from "../source/diagnostic.ts";
import type { SegmentWeightTable } from "./assertions.ts";
import type { BandPart } from "./bands.ts";
import { batchTensors, type Batch } from "./batch.ts";
import { capturedGradient } from "./captured-gradient.ts";
import { GovernanceError } from "./error.ts";
import type { Mechanisms } from "./mechanisms.ts";
import { exampleBatchDots, exampleDots, exampleSquaredNorms, type GramOf } from "./influence.ts";
import type { ForwardPass, GovernedModel } from "./network/governed-model.ts";
import type { ExampleReadings } from "./supplied-values.ts";
import { bandActivation } from "./metrics.ts";
import { steeringTerm } from "./steer.ts";
import { AttributionError } from "./tape/attribution-error.ts";
import type { CapturedVariable } from "./tape/capture.ts";
import type { DetachMask } from "./tape/detach.ts";
import { maskOf } from "./tape/masks.ts";
import type { GovernedGradients, GovernedVariable } from "./tape/gradients.ts";
import type { Clock } from "../reason/clock.ts";

/** One forward and one backward pass, and what can be asked about it until it is disposed. */
export interface Pass {
  /** What the step lowers, weight penalties included. */
  readonly loss: number;
  /** The mean loss of the batch's examples, without them. */
  readonly meanLoss: () => number;
  /** w(i, θ) and the cohorts' members, as decided between the two passes. */
  readonly weights: SegmentWeightTable;
  readonly members: (cohort: string) => Uint8Array;
  /** `[B]`, where the loss tells examples apart. */
  readonly losses: Float32Array | undefined;
  /** Operations that let examples see each other, as batch norm does. */
  readonly couplings: readonly string[];
  /** Output of an observed layer; of one that is used more than once, the last. */
  readonly activation: (layer: string) => tf.Tensor | undefined;
  /** All outputs of an observed layer, in the order of its uses. */
  readonly activations: (layer: string) => readonly tf.Tensor[];
  /** Governed, in the order of the plan's parameters. */
  readonly gradients: () => readonly (tf.Tensor | null)[];
  /** Puts others in their place; whoever replaces a tensor has disposed it. */
  readonly replaceGradients: (
    replace: (gradients: readonly (tf.Tensor | null)[]) => readonly (tf.Tensor | null)[],
  ) => void;
  /** Σ_parts w(i, part)² ‖∂ℓ_i/∂θ_part‖², `[B]`; undefined where a part was not captured. */
  readonly energies: (parts: readonly BandPart[]) => Float32Array | undefined;
  /** ⟨∂ℓ_i/∂θ_part, ∂ℓ/∂θ_part⟩, `[B]`, both before any routing; for captured parameters. */
  readonly dots: (part: BandPart) => Float32Array;
  /** ⟨∂ℓ_i/∂θ_part, v_part⟩, `[B]`, with v in the shape of the whole parameter; for captured parameters. */
  readonly dotsAlong: (part: BandPart, vector: tf.Tensor) => Float32Array;
  readonly dispose: () => void;
}

export interface PassRequest {
  readonly governedGradients: Mechanisms["governedGradients"];
  readonly plan: TfjsPlan;
  readonly governed: readonly GovernedVariable[];
  readonly model: GovernedModel;
  readonly batch: Batch;
  /** Called between the forward and the backward pass: who is a member may depend on what the forward pass found. */
  readonly decide: (readings: ExampleReadings) => RoutingDecision;
  /** Terms that join the loss. */
  readonly steers: readonly Steering[];
  readonly clock: Clock;
  /** Layers whose outputs are asked for. */
  readonly observed: ReadonlySet<string>;
  /** Parameters of which single examples' gradients are asked for. */
  readonly captured: readonly number[];
  /** Parameters of which they are welcome. Those where they cannot be had are added to the set, and not asked for again. */
  readonly sampled: readonly number[];
  readonly unmeasurable: Set<number>;
}

export interface RoutingDecision {
  readonly weights: SegmentWeightTable;
  readonly members: (cohort: string) => Uint8Array;
}

/** @throws GovernanceError (GOV4007) where the gradient of a governed parameter cannot be told apart by example. */
export function runPass(request: PassRequest): Pass {
  try {
    return attemptPass(request);
  } catch (error) {
    throw error instanceof AttributionError ? explain(request.plan, error) : error;
  }
}

function attemptPass(request: PassRequest): Pass {
  const { plan, governed, model, batch, captured, sampled, unmeasurable } = request;
  const size = batch.examples.length;
  const welcome = sampled.filter((index) => !unmeasurable.has(index));
  const kept = new Map<string, tf.Tensor[]>();
  const activations = (layer: string): readonly tf.Tensor[] => kept.get(layer) ?? [];
  const activation = (layer: string): tf.Tensor | undefined => activations(layer).at(-1);
  const losses: tf.Tensor[] = [];
  const unsteered: tf.Tensor[] = [];
  const lossesByExample = once(() => {
    const [own] = losses;
    return own?.rank === 1 ? Float32Array.from(own.dataSync()) : undefined;
  });
  const forward: { entropies: ForwardPass["entropies"] } = { entropies: () => undefined };
  const decide = once(() =>
    request.decide({ loss: lossesByExample, entropy: () => readEntropies(forward.entropies(), size) }),
  );
  const result = releasing(
    () => [...[...kept.values()].flat(), ...losses, ...unsteered],
    () =>
      request.governedGradients({
        loss: () => {
          const pass = model.forward(batch, request.observed, (layer, output) => {
            kept.set(layer, [...activations(layer), tf.keep(output.clone())]);
          });
          losses.push(tf.keep(pass.losses));
          forward.entropies = pass.entropies;
          if (request.steers.length === 0) return pass.total;
          // The steering is no part of what is reported as the loss.
          unsteered.push(tf.keep(pass.total.clone()));
          return steer(pass.total, request, activation);
        },
        variables: governed,
        batch: batchTensors(batch),
        batchSize: size,
        weights: () => ({ weights: decide().weights }),
        detaches: () => detachMasks(request, decide().members),
        capture: captured,
        welcome,
      }),
  );
  for (const index of welcome) if (!result.captured[index]) unmeasurable.add(index);
  const { weights, members } = decide();
  let gradients = result.gradients;
  const vectors = new Map<number, tf.Tensor>();
  const dots = new Map<string, Float32Array>();
  const vectorOf = (parameter: number, captured: CapturedVariable): tf.Tensor => {
    const own = plan.parameters[parameter];
    const governed = gradients === result.gradients ? gradients[parameter] : undefined;
    // Nothing but the examples may be in a gradient that is completed to theirs.
    const routed =
      own === undefined || !governed || result.penalised.has(parameter)
        ? undefined
        : { gradient: governed, mask: maskOf(own, weights[parameter] ?? [], size) };
    const vector = vectors.get(parameter) ?? tf.keep(capturedGradient(captured, routed));
    vectors.set(parameter, vector);
    return vector;
  };
  const grams = new Map<tf.Tensor["dataId"], tf.Tensor2D>();
  const gramOf: GramOf = (inputs) => {
    const gram = grams.get(inputs.dataId) ?? tf.keep(tf.matMul(inputs, inputs, false, true));
    grams.set(inputs.dataId, gram);
    return gram;
  };
  return {
    loss: readScalar(unsteered[0] ?? result.loss),
    meanLoss: () => tf.tidy(() => (losses[0] === undefined ? Number.NaN : readScalar(tf.mean(losses[0])))),
    weights,
    members,
    losses: lossesByExample(),
    couplings: result.couplings,
    activation,
    activations,
    gradients: () => gradients,
    replaceGradients: (replace) => {
      gradients = replace(gradients);
    },
    energies: (parts) => {
      const sums = new Float32Array(size);
      for (const part of parts) {
        const own = result.captured[part.parameter];
        if (!own) return undefined;
        const norms = tf.tidy(() => exampleSquaredNorms(own, part.units).dataSync());
        const weight = weights[part.parameter]?.[part.segment] ?? 0;
        for (let row = 0; row < size; row += 1) {
          const factor = typeof weight === "number" ? weight : (weight[row] ?? 0);
          sums[row] = (sums[row] ?? 0) + factor * factor * (norms[row] ?? 0);
        }
      }
      return sums;
    },
    dots: (part) => {
      const key = `${part.parameter}/${part.segment}`;
      const known = dots.get(key);
      if (known !== undefined) return known;
      const captured = capturedOf(result, part);
      const vector = (): tf.Tensor => vectorOf(part.parameter, captured);
      const own = tf.tidy(() =>
        Float32Array.from(exampleBatchDots(captured, vector, part.units, gramOf).dataSync()),
      );
      dots.set(key, own);
      return own;
    },
    dotsAlong: (part, vector) =>
      tf.tidy(() => Float32Array.from(exampleDots(capturedOf(result, part), vector, part.units).dataSync())),
    dispose: () => {
      tf.dispose([
        result.loss,
        ...gradients,
        ...losses,
        ...unsteered,
        ...[...kept.values()].flat(),
        ...vectors.values(),
        ...grams.values(),
      ] as tf.TensorContainer);
      tf.dispose(result.captured as unknown as tf.TensorContainer);
    },
  };
}

/** The loss with a term for each steered band whose output the network shows. */
function steer(total: tf.Scalar, { plan, steers }: PassRequest, activation: Pass["activation"]): tf.Scalar {
  return steers.reduce<tf.Scalar>((sum, steering) => {
    const output = bandActivation(bandOf(plan, steering.band), { activation });
    return output === undefined ? sum : tf.add(sum, steeringTerm(output, steering));
  }, total);
}

function capturedOf(result: GovernedGradients, part: BandPart): CapturedVariable {
  const captured = result.captured[part.parameter];
  if (!captured) throw new Error(`parameter ${part.parameter} was not captured in this pass`);
  return captured;
}

function detachMasks(
  { plan, clock }: PassRequest,
  members: RoutingDecision["members"],
): readonly DetachMask[] {
  return plan.detaches.flatMap(({ rule, extent }): readonly DetachMask[] => {
    if (!windowHolds(rule.window, clock)) return [];
    const cut = members(rule.cohort);
    if (!cut.includes(1)) return [];
    const variables = plan.parameters.flatMap((parameter, variable) =>
      extent
        .filter((part) => part.layer === parameter.layer)
        .map((part) => ({ variable, units: part.units })),
    );
    return [{ extent: variables, keep: Float32Array.from(cut, (member) => 1 - member) }];
  });
}

/** @throws RangeError where there is not one number for each example. */
function readEntropies(entropies: tf.Tensor | undefined, size: number): Float32Array | undefined {
  if (entropies === undefined) return undefined;
  if (entropies.rank !== 1 || entropies.size !== size)
    throw new RangeError(
      `the predictive entropies have the shape [${entropies.shape.join(", ")}], and must have [${size}]`,
    );
  return Float32Array.from(entropies.dataSync());
}

function readScalar(scalar: tf.Tensor): number {
  return scalar.dataSync()[0] ?? Number.NaN;
}

function once<T>(compute: () => T): () => T {
  const known: T[] = [];
  return () => {
    if (known.length === 0) known.push(compute());
    return known[0] as T;
  };
}

/** What the forward pass kept is of no use after a pass that failed. */
function releasing<T>(kept: () => tf.Tensor[], pass: () => T): T {
  try {
    return pass();
  } catch (error) {
    tf.dispose(kept());
    throw error;
  }
}

/** What the tape cannot attribute, said with the line of the policy that governs the parameter. */
function explain(plan: TfjsPlan, error: AttributionError): Error {
  const parameter = plan.parameters.find((candidate) => candidate.name === error.variable);
  const rule = parameter?.segments.flatMap((segment) => segment.rules)[0];
  const span =
    (rule === undefined ? undefined : plan.rules[rule]?.span) ??
    plan.detaches[0]?.rule.span ??
    plan.provenance.trace[0]?.span ??
    plan.claims[0]?.span ??
    plan.bounds[0]?.span;
  if (span === undefined) return error;
  return new GovernanceError([diagnose(error.code, span, error.message, { help: error.remedy })]);
}
