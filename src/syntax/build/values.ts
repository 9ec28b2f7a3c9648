import type { IToken } from "chevrotain";
import type {
  CountCstNode,
  DurationCstNode,
  LiteralCstNode,
  NumberCstNode,
  PercentageCstNode,
  QuantityCstNode,
  RangeCstNode,
  ScalarCstNode,
  TypeCstNode,
  ValueCstNode,
  WeightCstNode,
  WindowCstNode,
} from "../../../grammar/cst.gen.ts";
import { fractionOf } from "../../source/percent.ts";
import type {
  BooleanLiteral,
  Duration,
  Literal,
  NumberLiteral,
  PercentLiteral,
  PrimitiveTypeName,
  Range,
  Reference,
  StringLiteral,
  TimeUnit,
  TypeExpression,
  Value,
  Weight,
  Window,
} from "../ast.ts";
import { readString } from "../string-text.ts";
import { buildReference, first, spanOf, tokenSpan, wordOf, type TreeContext } from "./context.ts";

export function buildString(context: TreeContext, tokens: readonly IToken[] | undefined): StringLiteral {
  const token = first(tokens);
  return { kind: "StringLiteral", span: tokenSpan(context, token), value: readString(token.image).value };
}

export function buildPlainNumber(context: TreeContext, tokens: readonly IToken[] | undefined): NumberLiteral {
  const token = first(tokens);
  return { kind: "NumberLiteral", span: tokenSpan(context, token), ...readNumber(token.image) };
}

export function buildNumber(context: TreeContext, { children, ...node }: NumberCstNode): NumberLiteral {
  const sign = children.Minus ? "-" : "";
  return {
    kind: "NumberLiteral",
    span: spanOf(context, { children, ...node }),
    ...readNumber(`${sign}${first(children.NumberLiteral).image}`),
  };
}

export function buildPercent(context: TreeContext, tokens: readonly IToken[] | undefined): PercentLiteral {
  const token = first(tokens);
  const raw = token.image.replace(/\s/g, "");
  const plain = raw.slice(0, -1).replaceAll("_", "");
  return {
    kind: "PercentLiteral",
    span: tokenSpan(context, token),
    value: known(plain, fractionOf(plain)),
    raw,
  };
}

export function buildLiteral(context: TreeContext, { children }: LiteralCstNode): Literal {
  if (children.StringLiteral) return buildString(context, children.StringLiteral);
  if (children.number) return buildNumber(context, first(children.number));
  if (children.PercentLiteral) return buildPercent(context, children.PercentLiteral);
  return buildBoolean(context, first(children.True ?? children.False));
}

function buildBoolean(context: TreeContext, token: IToken): BooleanLiteral {
  return { kind: "BooleanLiteral", span: tokenSpan(context, token), value: token.image === "true" };
}

export function buildValue(context: TreeContext, { children }: ValueCstNode): Value {
  return children.literal
    ? buildLiteral(context, first(children.literal))
    : buildReference(context, children.reference);
}

export function buildQuantity(
  context: TreeContext,
  { children }: QuantityCstNode,
): NumberLiteral | PercentLiteral | Reference {
  if (children.number) return buildNumber(context, first(children.number));
  if (children.PercentLiteral) return buildPercent(context, children.PercentLiteral);
  return buildReference(context, children.reference);
}

export function buildScalar(context: TreeContext, { children }: ScalarCstNode): NumberLiteral | Reference {
  return children.number
    ? buildNumber(context, first(children.number))
    : buildReference(context, children.reference);
}

export function buildCount(context: TreeContext, { children }: CountCstNode): NumberLiteral | Reference {
  return children.NumberLiteral
    ? buildPlainNumber(context, children.NumberLiteral)
    : buildReference(context, children.reference);
}

export function buildPercentage(
  context: TreeContext,
  { children }: PercentageCstNode,
): PercentLiteral | Reference {
  return children.PercentLiteral
    ? buildPercent(context, children.PercentLiteral)
    : buildReference(context, children.reference);
}

export function buildRange(context: TreeContext, node: RangeCstNode): Range {
  const { low, high, RangeOperator } = node.children;
  return {
    kind: "Range",
    span: spanOf(context, node),
    low: buildValue(context, first(low)),
    high: buildValue(context, first(high)),
    excludesHigh: excludesHigh(RangeOperator),
  };
}

export function excludesHigh(operator: readonly IToken[] | undefined): boolean {
  return first(operator).image === "..<";
}

export function buildWeight(context: TreeContext, { children }: WeightCstNode): Weight {
  if (children.keyword) {
    const span = tokenSpan(context, first(children.keyword));
    return { kind: "KeywordWeight", span, keyword: wordOf<"block" | "full">(children.keyword) };
  }
  if (children.NumberLiteral) return buildPlainNumber(context, children.NumberLiteral);
  if (children.PercentLiteral) return buildPercent(context, children.PercentLiteral);
  return buildReference(context, children.reference);
}

export function buildDuration(context: TreeContext, node: DurationCstNode): Duration {
  const { children } = node;
  const unit =
    children.unit?.[0] && TIME_UNITS[wordOf<TimeUnit | "step" | "epoch" | "example">(children.unit)];
  return {
    kind: "Duration",
    span: spanOf(context, node),
    count: children.NumberLiteral
      ? buildPlainNumber(context, children.NumberLiteral)
      : buildReference(context, children.reference),
    ...(unit && { unit }),
  };
}

const TIME_UNITS = {
  step: "steps",
  steps: "steps",
  epoch: "epochs",
  epochs: "epochs",
  example: "examples",
  examples: "examples",
} as const satisfies Record<string, TimeUnit>;

export function buildWindow(
  context: TreeContext,
  nodes: readonly WindowCstNode[] | undefined,
): { window?: Window } {
  const node = nodes?.[0];
  if (node === undefined) return {};
  const { from, until } = node.children;
  for (const [word, durations] of [
    ["from", from],
    ["until", until],
  ] as const) {
    const second = durations?.[1];
    if (second === undefined) continue;
    const help = "a window has one `from` and one `until`: `from 100 steps until 500 steps`";
    context.report("GOV1004", spanOf(context, second), `\`${word}\` is given twice`, help);
  }
  return {
    window: {
      kind: "Window",
      span: spanOf(context, node),
      ...(from && { from: buildDuration(context, first(from)) }),
      ...(until && { until: buildDuration(context, first(until)) }),
    },
  };
}

export function buildType(context: TreeContext, node: TypeCstNode): TypeExpression {
  const { children } = node;
  const common = { span: spanOf(context, node), optional: children.Question !== undefined };
  if (children.enumType) {
    const { value } = first(children.enumType).children;
    return { kind: "EnumType", ...common, values: value.map((token) => buildString(context, [token])) };
  }
  if (children.setType) {
    const { type } = first(children.setType).children;
    return { kind: "SetType", ...common, element: buildType(context, first(type)) };
  }
  return { kind: "PrimitiveType", ...common, name: wordOf<PrimitiveTypeName>(children.TypeName) };
}

// A malformed number has been reported; its longest sound part stands in for it, so that one slip stays one.
function readNumber(written: string): Pick<NumberLiteral, "value" | "raw" | "integer"> {
  const plain = written.replaceAll("_", "");
  return {
    value: known(plain, Number(plain)),
    raw: written,
    integer: /^-?\d+$/.test(plain),
  };
}

/** What a malformed number, which has been reported, comes to. */
function known(plain: string, value: number): number {
  return Number.isNaN(value) ? Number.parseFloat(plain) || 0 : value;
}
