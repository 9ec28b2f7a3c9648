/** What a text leaves unsaid, to be shown between its words. */
import type { Span } from "../source/span.ts";
import type { BoundDeclaration } from "../syntax/ast.ts";
import { walk, type Node } from "../syntax/walk.ts";
import { summarizeExtent } from "./describe.ts";
import type { Draft } from "./draft.ts";
import type { Offsets } from "./layout.ts";

export interface InlayHint {
  readonly offset: number;
  readonly text: string;
  readonly kind: "type" | "parameter";
  /** Said when one points at it. */
  readonly tooltip?: string;
}

/** Hints within a range: what bands hold, which cells cohorts make, defaults that are in force, names of arguments. */
export function inlayHints(draft: Draft, range: Offsets): readonly InlayHint[] {
  const hints: InlayHint[] = [];
  for (const declaration of draft.parsed.file.declarations) {
    if (declaration.span.end < range.start || declaration.span.start > range.end) continue;
    walk(declaration, (node) => hints.push(...hintsOf(node, draft)));
  }
  return hints.filter(({ offset }) => range.start <= offset && offset <= range.end);
}

function hintsOf(node: Node, draft: Draft): readonly InlayHint[] {
  const after = ({ end }: Span, text: string, tooltip?: string): InlayHint => ({
    offset: end,
    text,
    kind: "type",
    ...(tooltip !== undefined && { tooltip }),
  });
  switch (node.kind) {
    case "BandDeclaration": {
      const bands = draft.bands();
      const extent = bands?.extents.get(node.name.text);
      return bands && extent ? [after(node.name.span, `: ${summarizeExtent(extent, bands)}`)] : [];
    }
    case "UnitRange": {
      const units = unitsAround(node, draft);
      return units === undefined ? [] : [after(node.span, `of ${units}`)];
    }
    case "CohortDeclaration": {
      const cohort = draft.compilation.draft.cohorts.find(({ name }) => name === node.name.text);
      const count = draft.compilation.draft.rules.filter((rule) => rule.cohort === node.name.text).length;
      const said = [
        ...(cohort?.dynamic === true ? ["dynamic"] : []),
        ...(count === 0 ? [] : [`${count} routes`]),
      ];
      return said.length === 0
        ? []
        : [
            after(
              node.name.span,
              `: ${said.join(", ").replace(/^1 routes|, 1 routes/, (text) => text.slice(0, -1))}`,
            ),
          ];
    }
    case "BoundDeclaration":
      return boundHints(node, after);
    case "RequireClause":
      return node.otherwise === undefined ? [after(node.span, "else reject", "the default")] : [];
    case "SamplePredicate":
      return node.seed === undefined ? [after(node.span, "seed 0", "the default")] : [];
    case "ApplyDeclaration":
      return argumentHints(node, draft);
    default:
      return [];
  }
}

function boundHints(
  { metric, limit, unit, over }: BoundDeclaration,
  after: (span: Span, text: string, tooltip?: string) => InlayHint,
): readonly InlayHint[] {
  const isEntropy = metric.kind === "EntropyMetric";
  const last = over ?? unit ?? limit;
  return [
    ...(isEntropy && metric.of === undefined
      ? [{ ...after(metric.band.span, ", representation", "the default") }]
      : []),
    ...(isEntropy && unit === undefined ? [after(limit.span, "normalized", "the default unit")] : []),
    ...(over === undefined ? [after(last.span, "over 1 step", "the default")] : []),
  ];
}

function argumentHints(
  node: Extract<Node, { kind: "ApplyDeclaration" }>,
  { compilation, parsed }: Draft,
): readonly InlayHint[] {
  const ruleset = compilation.bound.definitionOf(node.ruleset);
  if (ruleset?.kind !== "ruleset") return [];
  const { parameters } = ruleset.declaration;
  const given = node.arguments.map(({ name }, index) => name?.text ?? parameters[index]?.name.text);
  const names = node.arguments.flatMap(({ name, span }, index): readonly InlayHint[] => {
    const parameter = parameters[index];
    return name !== undefined || parameter === undefined
      ? []
      : [{ offset: span.start, text: `${parameter.name.text}:`, kind: "parameter" }];
  });
  const left = parameters.filter(
    ({ name, defaultValue }) => defaultValue !== undefined && !given.includes(name.text),
  );
  const source = compilation.files.get(ruleset.file)?.source.text ?? parsed.source.text;
  const said = left.map(
    ({ name, defaultValue }) =>
      `${name.text}: ${source.slice(defaultValue?.span.start, defaultValue?.span.end)}`,
  );
  if (said.length === 0) return names;
  const comma = node.arguments.length === 0 ? "" : ", ";
  return [
    ...names,
    {
      offset: node.span.end - 1,
      text: `${comma}${said.join(", ")}`,
      kind: "type",
      tooltip: "defaults of the ruleset",
    },
  ];
}

/** How many units the layers have that a slice is cut from; undefined where they differ. */
function unitsAround(node: Extract<Node, { kind: "UnitRange" }>, draft: Draft): number | undefined {
  const band = draft.parsed.file.declarations.find(
    ({ span }) => span.start <= node.span.start && node.span.end <= span.end,
  );
  const bands = draft.bands();
  if (band?.kind !== "BandDeclaration" || bands === undefined) return undefined;
  const layers = (bands.extents.get(band.name.text) ?? []).map(({ layer }) => layer);
  const counts = new Set(
    bands.network.layers.flatMap(({ name, units }) =>
      layers.includes(name) && units !== undefined ? [units] : [],
    ),
  );
  return counts.size === 1 ? [...counts][0] : undefined;
}
