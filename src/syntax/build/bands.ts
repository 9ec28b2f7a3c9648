import type {
  BandExpressionCstNode,
  BandTermCstNode,
  LayersCstNode,
  UnitsCstNode,
} from "../../../grammar/cst.gen.ts";
import { joinSpans } from "../../source/span.ts";
import type { BandExpression, BandOperation, UnitRange } from "../ast.ts";
import { buildName, first, spanOf, wordOf, type TreeContext } from "./context.ts";
import { buildCount, buildPercentage, buildString, excludesHigh } from "./values.ts";

export function buildBandExpression(
  context: TreeContext,
  { children }: BandExpressionCstNode,
): BandExpression {
  const [head, ...terms] = children.bandTerm.map((term) => buildBandTerm(context, term));
  const others = terms.slice(0, MOST_OPERATORS);
  const surplus = terms[MOST_OPERATORS];
  if (surplus !== undefined) {
    const message = `the band joins ${terms.length + 1} selectors: ${MOST_OPERATORS + 1} are the most`;
    context.report("GOV1013", surplus.span, message, "give parts of it names of their own");
  }
  return others.reduce<BandExpression>(
    (left, right, index): BandOperation => ({
      kind: "BandOperation",
      span: joinSpans(left.span, right.span),
      operator: wordOf<BandOperation["operator"]>(children.BandOperator?.slice(index)),
      left,
      right,
    }),
    first(head && [head]),
  );
}

/** Each operator is a level of the tree. */
const MOST_OPERATORS = 500;

function buildBandTerm(context: TreeContext, node: BandTermCstNode): BandExpression {
  const { children } = node;
  const span = spanOf(context, node);
  if (children.layers) return buildLayers(context, first(children.layers));
  if (children.depth) {
    const { low, high, RangeOperator } = first(children.depth).children;
    return {
      kind: "LayersByDepth",
      span,
      low: buildPercentage(context, first(low)),
      high: buildPercentage(context, first(high)),
      excludesHigh: excludesHigh(RangeOperator),
    };
  }
  if (children.layersFromEnd) {
    const { end, count } = first(children.layersFromEnd).children;
    return {
      kind: "LayersFromEnd",
      span,
      end: wordOf<"first" | "last">(end),
      count: buildCount(context, first(count)),
    };
  }
  if (children.layersByKind) {
    const { layerKind } = first(children.layersByKind).children;
    return { kind: "LayersByKind", span, layerKind: buildName(context, layerKind) };
  }
  if (children.RestKeyword) return { kind: "RestOfLayers", span };
  if (children.bandExpression) {
    return { kind: "BandGroup", span, inner: buildBandExpression(context, first(children.bandExpression)) };
  }
  return { kind: "BandReference", span, name: buildName(context, children.band) };
}

function buildLayers(context: TreeContext, node: LayersCstNode): BandExpression {
  const { glob, units, low, high, RangeOperator } = node.children;
  const span = spanOf(context, node);
  if (glob) {
    return {
      kind: "LayersByName",
      span,
      globs: glob.map((token) => buildString(context, [token])),
      ...(units && { units: buildUnits(context, first(units)) }),
    };
  }
  return {
    kind: "LayersByPosition",
    span,
    low: buildCount(context, first(low)),
    high: buildCount(context, first(high)),
    excludesHigh: excludesHigh(RangeOperator),
  };
}

function buildUnits(context: TreeContext, node: UnitsCstNode): UnitRange {
  const { low, high, RangeOperator } = node.children;
  return {
    kind: "UnitRange",
    span: spanOf(context, node),
    low: buildCount(context, first(low)),
    high: buildCount(context, first(high)),
    excludesHigh: excludesHigh(RangeOperator),
  };
}
