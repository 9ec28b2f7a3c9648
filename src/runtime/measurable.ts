/** What a forward and backward pass has to show for the bounds of a plan to be judged. */
import type { Bound, Metric } from "../check/policy.ts";
import { bandOf, type TfjsPlan } from "../lower/tfjs/plan.ts";
import { diagnose } from "../source/diagnostic.ts";
import { GovernanceError } from "./error.ts";
import type { Pass } from "./pass.ts";

/** The layers whose outputs a bound is judged by, or steers. */
export function observedLayers(plan: TfjsPlan, { metric, arms }: Bound): readonly string[] {
  const outputOf = (band: string): readonly string[] => {
    const layer = bandOf(plan, band).output?.layer;
    return layer === undefined ? [] : [layer];
  };
  const steered = arms.flatMap(({ ladder }) =>
    ladder.flatMap(({ action }) => (action.kind === "steer" ? outputOf(action.band) : [])),
  );
  if (metric.kind === "dead_units")
    return [...bandOf(plan, metric.band).extent.map(({ layer }) => layer), ...steered];
  const isRepresentation = metric.kind === "entropy" && metric.of === "representation";
  return isRepresentation ? [...outputOf(metric.band), ...steered] : steered;
}

/** The bands of which a metric needs what single examples teach. */
export function capturedBands(metric: Metric): readonly string[] {
  if (metric.kind === "influence") return [metric.band];
  return metric.kind === "entropy" && metric.of === "gradient" ? [metric.band] : [];
}

/**
 * A bound that could never be judged would be passed over in silence.
 * @throws GovernanceError where the model does not show what a bound is about.
 */
export function refuseUnmeasured(plan: TfjsPlan, pass: Pass): void {
  for (const bound of plan.bounds) {
    const { metric, span } = bound;
    const needsLosses = metric.kind === "loss_gap" || (metric.kind === "loss" && metric.cohort !== "all");
    if (needsLosses && pass.losses === undefined)
      throw new GovernanceError([
        diagnose("GOV4007", span, "the model's loss is one number for the batch, not one for each example", {
          help: "let the loss have the shape [B], one value for each example; Strata takes the mean",
        }),
      ]);
    for (const layer of observedLayers(plan, bound))
      if (pass.activation(layer) === undefined)
        throw new GovernanceError([
          diagnose("GOV4010", span, `the forward pass does not show the output of layer \`${layer}\``, {
            help: `call \`observe("${layer}", activation)\` in the network's \`loss\``,
          }),
        ]);
  }
}
