/** Whether a band holds a parameter, read off its expression. */
import type { BandDeclaration, BandExpression } from "../../src/syntax/ast.ts";
import { liesIn, meetsGlob, numberOf, type Scope } from "./names.ts";

/** One unit of a layer with trainable parameters. */
export interface Place {
  readonly layer: string;
  /** Class in snake case. */
  readonly kind: string;
  /** Among the layers with trainable parameters, from 0. */
  readonly index: number;
  /** How many layers have trainable parameters. */
  readonly layers: number;
  readonly unit: number;
}

export interface BandQuestion {
  readonly place: Place;
  readonly bands: readonly BandDeclaration[];
  readonly scope: Scope;
}

export function isInBand(name: string, question: BandQuestion): boolean {
  const declared = question.bands.find((band) => band.name.text === name);
  if (declared !== undefined) return holds(declared.expression, question);
  if (name === "all") return true;
  throw new Error(`no band \`${name}\``);
}

function holds(expression: BandExpression, question: BandQuestion): boolean {
  const { place, bands, scope } = question;
  const { layer, kind, index, layers, unit } = place;
  switch (expression.kind) {
    case "BandOperation": {
      const left = holds(expression.left, question);
      const right = holds(expression.right, question);
      if (expression.operator === "|") return left || right;
      return expression.operator === "&" ? left && right : left && !right;
    }
    case "BandGroup":
      return holds(expression.inner, question);
    case "BandReference":
      return isInBand(expression.name.text, question);
    case "LayersByName":
      return (
        expression.globs.some((glob) => meetsGlob(glob.value, layer)) &&
        (expression.units === undefined || liesIn(unit, expression.units, scope))
      );
    case "LayersByPosition":
      return liesIn(index, expression, scope);
    case "LayersByDepth": {
      // The k-th of n layers lies at k / (n - 1); half-open, but a range that ends at 100% is closed.
      const high = numberOf(expression.high, scope);
      const depth = index / (layers - 1);
      return liesIn(depth, { ...expression, excludesHigh: high !== 1 || expression.excludesHigh }, scope);
    }
    case "LayersFromEnd": {
      const count = numberOf(expression.count, scope);
      return expression.end === "first" ? index < count : index >= layers - count;
    }
    case "LayersByKind":
      return kind === expression.layerKind.text;
    case "RestOfLayers":
      return bands
        .filter((band) => !mentionsRest(band.expression, bands))
        .every((band) => !holds(band.expression, question));
  }
}

/** A band that mentions `rest`, itself or through a band that it names, does not count as "other". */
function mentionsRest(expression: BandExpression, bands: readonly BandDeclaration[]): boolean {
  switch (expression.kind) {
    case "RestOfLayers":
      return true;
    case "BandOperation":
      return mentionsRest(expression.left, bands) || mentionsRest(expression.right, bands);
    case "BandGroup":
      return mentionsRest(expression.inner, bands);
    case "BandReference":
      return bands.some(
        (band) => band.name.text === expression.name.text && mentionsRest(band.expression, bands),
      );
    default:
      return false;
  }
}
