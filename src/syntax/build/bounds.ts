import type {
  ActionCstNode,
  ArmCstNode,
  BoundCstNode,
  ComparisonLimitCstNode,
  HorizonCstNode,
  MetricCstNode,
  RangeLimitCstNode,
} from "../../../grammar/cst.gen.ts";
import type {
  Action,
  BandMetric,
  BoundArm,
  BoundDeclaration,
  BoundStep,
  ComparisonLimit,
  Duration,
  EntropyMetric,
  EntropyUnit,
  Metric,
  RangeLimit,
  ScaleAction,
  SimpleAction,
} from "../ast.ts";
import { joinSpans } from "../../source/span.ts";
import { buildName, documentationOf, first, spanOf, tokenSpan, wordOf, type TreeContext } from "./context.ts";
import { buildDuration, buildQuantity, buildRange, buildScalar, buildWeight } from "./values.ts";

export function buildBound(context: TreeContext, node: BoundCstNode): BoundDeclaration {
  const { metric, rangeLimit, comparisonLimit, unit, over, arm } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "BoundDeclaration",
    span,
    ...documentationOf(context, span),
    metric: buildMetric(context, first(metric)),
    limit: rangeLimit
      ? buildRangeLimit(context, first(rangeLimit))
      : buildComparisonLimit(context, first(comparisonLimit)),
    ...(unit && {
      unit: {
        kind: "EntropyUnit",
        span: tokenSpan(context, first(unit)),
        name: wordOf<EntropyUnit["name"]>(unit),
      },
    }),
    ...(over && { over: buildDuration(context, first(over)) }),
    arms: (arm ?? []).map((each) => buildArm(context, each)),
  };
}

function buildRangeLimit(context: TreeContext, node: RangeLimitCstNode): RangeLimit {
  return {
    kind: "RangeLimit",
    span: spanOf(context, node),
    range: buildRange(context, first(node.children.range)),
  };
}

function buildComparisonLimit(context: TreeContext, node: ComparisonLimitCstNode): ComparisonLimit {
  const { operator, quantity } = node.children;
  return {
    kind: "ComparisonLimit",
    span: spanOf(context, node),
    operator: wordOf<ComparisonLimit["operator"]>(operator),
    value: buildQuantity(context, first(quantity)),
  };
}

export function buildMetric(context: TreeContext, node: MetricCstNode): Metric {
  const { children } = node;
  const span = spanOf(context, node);
  if (children.entropy) {
    const { band, subject } = first(children.entropy).children;
    return {
      kind: "EntropyMetric",
      span,
      band: buildName(context, band),
      ...(subject && { of: wordOf<NonNullable<EntropyMetric["of"]>>(subject) }),
    };
  }
  if (children.bandMetric) {
    const { BandMetricName, band } = first(children.bandMetric).children;
    const metric = wordOf<BandMetric["metric"]>(BandMetricName);
    return { kind: "BandMetric", span, metric, band: buildName(context, band) };
  }
  if (children.influence) {
    const { cohort, band } = first(children.influence).children;
    return {
      kind: "InfluenceMetric",
      span,
      cohort: buildName(context, cohort),
      band: buildName(context, band),
    };
  }
  if (children.loss) {
    return { kind: "LossMetric", span, cohort: buildName(context, first(children.loss).children.cohort) };
  }
  const { left, right } = first(children.lossGap).children;
  return { kind: "LossGapMetric", span, left: buildName(context, left), right: buildName(context, right) };
}

function buildArm(context: TreeContext, node: ArmCstNode): BoundArm {
  const { side, action, escalation } = node.children;
  const start = buildAction(context, first(action));
  const escalations = (escalation ?? []).map((step): BoundStep => {
    const { action: next, duration } = step.children;
    const after = buildDuration(context, first(duration));
    const then = buildAction(context, first(next));
    return { kind: "BoundStep", span: joinSpans(then.span, after.span), action: then, after };
  });
  return {
    kind: "BoundArm",
    span: spanOf(context, node),
    side: wordOf<BoundArm["side"]>(side),
    ladder: [{ kind: "BoundStep", span: start.span, action: start }, ...escalations],
  };
}

export function buildAction(context: TreeContext, node: ActionCstNode): Action {
  const { children } = node;
  const span = spanOf(context, node);
  if (children.SimpleActionName) {
    return { kind: "SimpleAction", span, name: wordOf<SimpleAction["name"]>(children.SimpleActionName) };
  }
  if (children.skip) return { kind: "SimpleAction", span, name: "skip" };
  if (children.freeze) {
    const { band, horizon } = first(children.freeze).children;
    return { kind: "FreezeAction", span, band: buildName(context, band), ...buildHorizon(context, horizon) };
  }
  if (children.scale) {
    const { ScaleActionName, band, weight, horizon } = first(children.scale).children;
    return {
      kind: "ScaleAction",
      span,
      name: wordOf<ScaleAction["name"]>(ScaleActionName),
      band: buildName(context, band),
      to: buildWeight(context, first(weight)),
      ...buildHorizon(context, horizon),
    };
  }
  if (children.clip) {
    const { band, scalar, horizon } = first(children.clip).children;
    return {
      kind: "ClipAction",
      span,
      band: buildName(context, band),
      at: buildScalar(context, first(scalar)),
      ...buildHorizon(context, horizon),
    };
  }
  if (children.block) {
    const { cohort, band, horizon } = first(children.block).children;
    return {
      kind: "BlockAction",
      span,
      cohort: buildName(context, cohort),
      band: buildName(context, band),
      ...buildHorizon(context, horizon),
    };
  }
  const { band, target, strength, horizon } = first(children.steer).children;
  return {
    kind: "SteerAction",
    span,
    band: buildName(context, band),
    toward: buildScalar(context, first(target)),
    strength: buildScalar(context, first(strength)),
    ...buildHorizon(context, horizon),
  };
}

function buildHorizon(
  context: TreeContext,
  nodes: readonly HorizonCstNode[] | undefined,
): { for?: Duration } {
  const node = nodes?.[0];
  return node === undefined ? {} : { for: buildDuration(context, first(node.children.duration)) };
}
