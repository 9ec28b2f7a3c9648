/** Looks at a step by another road than the one that it is made on: weights, gradients, and what must not move. */
import type * as tf from "@tensorflow/tfjs";
import type { Policy } from "../../check/policy.ts";
import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { Clock } from "../../reason/clock.ts";
import type { Batch } from "../batch.ts";
import type { SuppliedValues } from "../members.ts";
import type { GovernedModel } from "../network/governed-model.ts";
import type { Pass } from "../pass.ts";
import { cutsInForce } from "./cuts.ts";
import type { Discrepancy } from "./discrepancy.ts";
import { compareWeights, createExpectation } from "./expected-weights.ts";
import { compareGradients, type Compared } from "./gradients.ts";
import { watchStill, type Watch } from "./still.ts";

export interface SecondRoadOptions {
  readonly plan: TfjsPlan;
  readonly policy: Policy;
  readonly model: GovernedModel;
  readonly optimizer: tf.Optimizer;
  /** In the order of the plan's parameters. */
  readonly variables: readonly tf.Variable[];
  /** Every how many steps, the first among them; 0 for never. */
  readonly every: number;
  /** Told in each step that is looked at why its gradients could not be compared, or undefined where they were. */
  readonly onCompared?: (reason: string | undefined) => void;
}

export interface PassedStep {
  readonly pass: Pass;
  readonly batch: Batch;
  readonly clock: Clock;
  readonly supplied: SuppliedValues;
  /** Whether bounds intervene: then the weights are theirs, and what they add to the loss is no example's. */
  readonly interventions: "none" | "weights" | "loss";
}

export interface SecondRoad {
  readonly isDue: (clock: Clock) => boolean;
  /** Between the pass and the update. */
  readonly compare: (step: PassedStep) => readonly Discrepancy[];
  readonly watch: (pass: Pass) => Watch;
}

export function createSecondRoad(options: SecondRoadOptions): SecondRoad {
  const { plan, policy, model, optimizer, variables, every, onCompared } = options;
  const expect = createExpectation(plan, policy);
  return {
    isDue: ({ step }) => every > 0 && step % every === 0,
    compare: (step) => {
      const { pass, batch, clock, supplied, interventions } = step;
      const { examples } = batch;
      const weights =
        interventions === "none"
          ? compareWeights(plan, pass.weights, expect({ clock, examples, supplied }))
          : [];
      const compared = compareStep(step);
      onCompared?.(compared.kind === "incomparable" ? compared.reason : undefined);
      return [...weights, ...(compared.kind === "compared" ? compared.discrepancies : [])];
    },
    watch: ({ weights }) => watchStill({ plan, model, optimizer, variables, weights }),
  };

  function compareStep({ pass, batch, clock, interventions }: PassedStep): Compared {
    const stop = (reason: string): Compared => ({ kind: "incomparable", reason });
    const [coupling] = pass.couplings;
    if (coupling !== undefined) return stop(`\`${coupling}\` lets examples see each other`);
    if (interventions === "loss") return stop("a bound steers, by a part of the loss that is no example's");
    const found = cutsInForce(plan, model.network, pass.members, clock);
    if (found.kind === "untold") return stop(found.reason);
    const { cuts } = found;
    if (model.unrepeatable !== undefined) return stop(model.unrepeatable);
    const { weights, loss } = pass;
    return compareGradients({
      plan,
      model,
      variables,
      batch,
      weights,
      cuts,
      gradients: pass.gradients(),
      loss,
    });
  }
}
