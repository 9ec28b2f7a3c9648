import type {
  Action as ActionNode,
  BoundArm as BoundArmNode,
  BoundDeclaration,
  Duration as DurationNode,
  Metric as MetricNode,
  Value,
} from "../syntax/ast.ts";
import { entityOf, type CheckContext, type Environment } from "./context.ts";
import type { Action, Bound, BoundArm, BoundStep, Duration, Metric } from "./policy.ts";
import { readNumber, readPositiveDuration, readRange, readWeight, showKnown } from "./values.ts";

/** A bound with its ladders; undefined after a report, or while a ruleset's arguments are not known. */
export function readBound(
  node: BoundDeclaration,
  context: CheckContext,
  environment: Environment,
): Bound | undefined {
  const metric = readMetric(node.metric, context, environment, node.unit?.name);
  if (node.unit !== undefined && node.metric.kind !== "EntropyMetric") {
    context.report(
      "GOV3014",
      node.unit.span,
      `\`${node.unit.name}\` is a unit of entropy, and this bound is on another metric`,
    );
  }
  const range = readLimit(node, context, environment);
  checkAttainable(node, range, context);
  const over = node.over === undefined ? STEP : readPositiveDuration(node.over, context, environment)?.value;
  checkSides(node, context);
  const arms = node.arms.map((arm) => readArm(arm, context, environment));
  if (
    metric === undefined ||
    range === undefined ||
    over === undefined ||
    !arms.every((arm) => arm !== undefined)
  )
    return undefined;
  return { metric, range, over, arms, span: node.span, via: environment.via };
}

const STEP: Duration = { count: 1, unit: "steps" };

export function readMetric(
  node: MetricNode,
  context: CheckContext,
  environment: Environment,
  unit: "nats" | "bits" | "normalized" = "normalized",
): Metric | undefined {
  switch (node.kind) {
    case "EntropyMetric": {
      const band = entityOf(node.band, context, environment);
      return band === undefined
        ? undefined
        : { kind: "entropy", band, of: node.of ?? "representation", unit };
    }
    case "BandMetric": {
      const band = entityOf(node.band, context, environment);
      return band === undefined ? undefined : { kind: node.metric, band };
    }
    case "InfluenceMetric": {
      const cohort = entityOf(node.cohort, context, environment);
      const band = entityOf(node.band, context, environment);
      return cohort === undefined || band === undefined ? undefined : { kind: "influence", cohort, band };
    }
    case "LossMetric": {
      const cohort = entityOf(node.cohort, context, environment);
      return cohort === undefined ? undefined : { kind: "loss", cohort };
    }
    case "LossGapMetric": {
      const left = entityOf(node.left, context, environment);
      const right = entityOf(node.right, context, environment);
      return left === undefined || right === undefined ? undefined : { kind: "loss_gap", left, right };
    }
  }
}

function readLimit(
  node: BoundDeclaration,
  context: CheckContext,
  environment: Environment,
): Bound["range"] | undefined {
  const { limit } = node;
  if (limit.kind === "RangeLimit") {
    const range = readRange(limit.range, { kind: "float" }, context, environment)?.value;
    return range && { low: Number(range.low), high: Number(range.high), excludesHigh: range.excludesHigh };
  }
  const value = readNumber(limit.value, context, environment)?.value;
  if (value === undefined) return undefined;
  return limit.operator === "<=" ? { high: value, excludesHigh: false } : { low: value, excludesHigh: false };
}

/** Metrics that are shares, or never negative, are held against what they can be at all. */
function checkAttainable(
  node: BoundDeclaration,
  range: Bound["range"] | undefined,
  context: CheckContext,
): void {
  if (range === undefined || node.metric.kind === "LossGapMetric" || node.metric.kind === "LossMetric")
    return;
  const isShare =
    (node.metric.kind === "EntropyMetric" && (node.unit === undefined || node.unit.name === "normalized")) ||
    node.metric.kind === "InfluenceMetric" ||
    (node.metric.kind === "BandMetric" && node.metric.metric === "dead_units");
  const { low, high } = range;
  const isOutside =
    (low !== undefined && (low < 0 || (isShare && low > 1))) ||
    (high !== undefined && (high < 0 || (isShare && high > 1)));
  if (!isOutside) return;
  const isEntropy = node.metric.kind === "EntropyMetric";
  context.report(
    "GOV3002",
    node.limit.span,
    isShare
      ? `${nameMetric(node)} lies in 0..1, and the bound reaches outside`
      : `${nameMetric(node)} is never below 0, and the bound is`,
    {
      help:
        isEntropy && isShare
          ? "write `nats` or `bits` after the range when it is not the normalized entropy"
          : undefined,
    },
  );
}

function nameMetric({ metric, unit }: BoundDeclaration): string {
  switch (metric.kind) {
    case "EntropyMetric":
      return unit === undefined || unit.name === "normalized" ? "normalized entropy" : "entropy";
    case "BandMetric":
      return `\`${metric.metric}\``;
    case "InfluenceMetric":
      return "`influence`";
    case "LossMetric":
      return "`loss`";
    case "LossGapMetric":
      return "`loss_gap`";
  }
}

function checkSides(node: BoundDeclaration, context: CheckContext): void {
  const seen = new Map<BoundArmNode["side"], BoundArmNode>();
  for (const arm of node.arms) {
    const { side, span } = arm;
    const rival = seen.get(side) ?? (side === "outside" ? [...seen.values()][0] : seen.get("outside"));
    if (rival !== undefined) {
      context.report(
        "GOV3009",
        span,
        rival.side === side
          ? `there are two arms for \`${side}\``
          : `\`${side}\` and \`${rival.side}\` both claim the same breach`,
        {
          related: [{ span: rival.span, text: "the other arm" }],
          help:
            rival.side === side
              ? `put both actions in one arm: \`${side} => warn then halt after 100 steps\``
              : "`outside` stands for both sides; write `below` and `above`, or `outside` alone",
        },
      );
    }
    seen.set(side, arm);
    const { limit } = node;
    if (
      limit.kind === "ComparisonLimit" &&
      ((limit.operator === "<=" && side === "below") || (limit.operator === ">=" && side === "above"))
    ) {
      context.report("GOV3015", span, `a bound with \`${limit.operator}\` is never breached \`${side}\``, {
        help: `write \`${side === "below" ? "above" : "below"}\`, or \`outside\``,
      });
    }
  }
}

function readArm(node: BoundArmNode, context: CheckContext, environment: Environment): BoundArm | undefined {
  const ladder = node.ladder.map((step): BoundStep | undefined => {
    const action = readAction(step.action, context, environment);
    const after = step.after && readPositiveDuration(step.after, context, environment);
    if (action === undefined || (step.after !== undefined && after?.value === undefined)) return undefined;
    return { action, span: step.action.span, ...(after?.value && { after: after.value }) };
  });
  return ladder.every((step) => step !== undefined)
    ? { side: node.side, ladder, span: node.span }
    : undefined;
}

export function readAction(
  node: ActionNode,
  context: CheckContext,
  environment: Environment,
): Action | undefined {
  if (node.kind === "SimpleAction") return { kind: node.name };
  const band = entityOf(node.band, context, environment);
  const lasting = readLasting(node.for, context, environment);
  if (lasting === undefined) return undefined;
  switch (node.kind) {
    case "FreezeAction":
      return band === undefined ? undefined : { kind: "freeze", band, ...lasting };
    case "ScaleAction": {
      const to = readWeight(node.to, context, environment)?.value;
      if (to !== undefined && (node.name === "attenuate" ? to > 1 : to < 1)) {
        context.report(
          "GOV3008",
          node.to.span,
          node.name === "attenuate"
            ? "a weight above 1 does not attenuate"
            : "a weight below 1 does not amplify",
          {
            help: node.name === "attenuate" ? "`amplify` raises a weight" : "`attenuate` lowers a weight",
          },
        );
      }
      return band === undefined || to === undefined ? undefined : { kind: node.name, band, to, ...lasting };
    }
    case "ClipAction": {
      const at = readPositive(node.at, "a gradient is clipped at a norm above 0", context, environment);
      return band === undefined || at === undefined ? undefined : { kind: "clip", band, at, ...lasting };
    }
    case "BlockAction": {
      const cohort = entityOf(node.cohort, context, environment);
      return cohort === undefined || band === undefined
        ? undefined
        : { kind: "block", cohort, band, ...lasting };
    }
    case "SteerAction": {
      const toward = readNumber(node.toward, context, environment)?.value;
      const strength = readPositive(node.strength, "the strength of a pull is above 0", context, environment);
      return band === undefined || toward === undefined || strength === undefined
        ? undefined
        : { kind: "steer", band, toward, strength, ...lasting };
    }
  }
}

function readLasting(
  node: DurationNode | undefined,
  context: CheckContext,
  environment: Environment,
): { readonly for?: Duration } | undefined {
  if (node === undefined) return {};
  const duration = readPositiveDuration(node, context, environment)?.value;
  return duration && { for: duration };
}

function readPositive(
  node: Value,
  law: string,
  context: CheckContext,
  environment: Environment,
): number | undefined {
  const value = readNumber(node, context, environment)?.value;
  if (value === undefined || value > 0) return value;
  context.report("GOV3002", node.span, `${showKnown(node, value)} is not allowed here: ${law}`);
  return undefined;
}
