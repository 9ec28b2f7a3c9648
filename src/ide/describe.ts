/** Things of a policy in words, as Markdown: what hover says and completions explain. */
import type { PolicySymbol, RulesetSymbol } from "../bind/symbols.ts";
import { showRange } from "../check/ranges.ts";
import type { Field } from "../check/policy.ts";
import { showType } from "../check/types.ts";
import { sayCount, sayMany } from "../lower/words.ts";
import { countBandParameters, countParameters } from "../model/count.ts";
import type { LayerExtent } from "../model/network.ts";
import type { Span } from "../source/span.ts";
import type { Draft, DraftBands } from "./draft.ts";

/** What a name stands for, as a line of Gov. */
export function signatureOf(symbol: PolicySymbol | RulesetSymbol, draft: Draft): string {
  const { declaration } = symbol;
  const text = textOf(declaration.span, draft);
  if (declaration.kind !== "RulesetDeclaration") return shorten(text);
  return shorten(text.slice(0, text.indexOf(")") + 1));
}

/** The text of a span on one line. */
export function textOf(span: Span, { compilation }: Draft): string {
  const text = compilation.files.get(span.file)?.source.text ?? "";
  return text
    .slice(span.start, span.end)
    .replace(/\/\/[^\n]*/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** `label: int in 0..9` */
export function signatureOfField({ name, type, optional, range }: Field): string {
  const limits = range === undefined ? "" : ` in ${showRange(range)}`;
  return `${name}: ${showType(type)}${optional ? "?" : ""}${limits}`;
}

export function fence(code: string): string {
  return `\`\`\`gov\n${code}\n\`\`\``;
}

const MOST_LAYERS = 12;

/** The layers that a band holds, with the numbers that it trains of each. */
export function describeExtent(extent: readonly LayerExtent[], { network }: DraftBands): string {
  if (extent.length === 0) return `Holds no parameter of ${network.origin}.`;
  const lines = extent.slice(0, MOST_LAYERS).map(({ layer: name, units }) => {
    const layer = network.layers.find((candidate) => candidate.name === name);
    const part =
      units === "whole"
        ? ""
        : ` units ${units.map(({ low, high }) => `${low}..${high}`).join(", ")} of ${layer?.units ?? "?"}`;
    const count = layer && countParameters(layer, units);
    return `- \`${name}\`${part}${count === undefined ? "" : `: ${sayMany(count, "parameter")}`}`;
  });
  const more = extent.length - lines.length;
  return [
    `${summarizeExtent(extent, { network })} of ${network.origin}:`,
    "",
    ...lines,
    ...(more > 0 ? [`- and ${sayMany(more, "more layer", "more layers")}`] : []),
  ].join("\n");
}

/** `3 layers, 12,544 parameters` */
export function summarizeExtent(
  extent: readonly LayerExtent[],
  { network }: Pick<DraftBands, "network">,
): string {
  const count = countBandParameters(extent, network);
  const layers = sayMany(extent.length, "layer");
  return count === undefined ? layers : `${layers}, ${sayCount(count)} parameters`;
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 297)}…` : text;
}
