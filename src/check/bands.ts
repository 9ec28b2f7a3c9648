import type { BandExpression } from "../syntax/ast.ts";
import { entityOf, TOP_LEVEL, type CheckContext } from "./context.ts";
import type { BandSelector, InclusiveRange } from "./policy.ts";
import { readCount, readNumber, showValue } from "./values.ts";

const OPERATIONS = { "|": "union", "&": "intersection", "-": "difference" } as const;

/** The selector of a band; undefined after a report. */
export function readBand(node: BandExpression, context: CheckContext): BandSelector | undefined {
  const { span } = node;
  switch (node.kind) {
    case "BandOperation": {
      const left = readBand(node.left, context);
      const right = readBand(node.right, context);
      return left && right && { kind: OPERATIONS[node.operator], left, right };
    }
    case "BandGroup":
      return readBand(node.inner, context);
    case "LayersByName": {
      const empty = node.globs.find((glob) => glob.value === "");
      if (empty !== undefined) {
        context.report("GOV3017", empty.span, "an empty glob matches no layer", {
          help: '`"**"` matches every layer',
        });
        return undefined;
      }
      const globs = node.globs.map((glob) => glob.value);
      if (node.units === undefined) return { kind: "names", globs, span };
      const units = readInclusive(node.units, context);
      return units && { kind: "names", globs, units, span };
    }
    case "LayersByPosition": {
      const range = readInclusive(node, context);
      return range && { kind: "positions", ...range, span };
    }
    case "LayersByDepth": {
      const low = readNumber(node.low, context, TOP_LEVEL)?.value;
      const high = readNumber(node.high, context, TOP_LEVEL)?.value;
      if (low === undefined || high === undefined) return undefined;
      const outside = !isShare(low) ? node.low : !isShare(high) ? node.high : undefined;
      if (outside !== undefined) {
        context.report(
          "GOV3002",
          outside.span,
          `${showValue(outside)} is no depth: it lies outside 0%..100%`,
        );
        return undefined;
      }
      // Of the half-open ranges only this one may be closed.
      const excludesEnd = node.excludesHigh && high === 1;
      if (low > high || (low === high && (low !== 1 || excludesEnd))) {
        context.report("GOV3003", span, "no layer lies in this range of depth", {
          help: "the range is half-open: its end does not belong to it",
        });
        return undefined;
      }
      return { kind: "depth", low, high, ...(excludesEnd && { excludesHigh: true }), span };
    }
    case "LayersFromEnd": {
      const count = readCount(node.count, context, TOP_LEVEL)?.value;
      if (count === undefined) return undefined;
      if (count === 0) {
        context.report("GOV3002", node.count.span, "0 layers are no band", { help: "write at least 1" });
        return undefined;
      }
      return { kind: "end", end: node.end, count, span };
    }
    case "LayersByKind":
      return { kind: "layer_kind", layerKind: node.layerKind.text, span };
    case "RestOfLayers":
      return { kind: "rest", span };
    case "BandReference": {
      const name = entityOf(node.name, context, TOP_LEVEL);
      return name === undefined
        ? undefined
        : name === "all"
          ? { kind: "all", span }
          : { kind: "band", name, span };
    }
  }
}

type CountedRange =
  | Extract<BandExpression, { kind: "LayersByPosition" }>
  | NonNullable<Extract<BandExpression, { kind: "LayersByName" }>["units"]>;

/** `0..15`, or `0..<16`, as whole numbers with both ends inside. */
function readInclusive(node: CountedRange, context: CheckContext): InclusiveRange | undefined {
  const low = readCount(node.low, context, TOP_LEVEL)?.value;
  const end = readCount(node.high, context, TOP_LEVEL)?.value;
  if (low === undefined || end === undefined) return undefined;
  const high = node.excludesHigh ? end - 1 : end;
  if (low <= high) return { low, high };
  context.report("GOV3003", node.span, "nothing lies in this range: it ends before it begins");
  return undefined;
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
