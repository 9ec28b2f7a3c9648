import type { Bound } from "../../check/policy.ts";
import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Name } from "../../syntax/ast.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";

/** Traces of bands on which every influence is 0 (GOV6003), and of ones that no line of the policy governs (GOV6004). */
export const findIdleTraces: ReviewRule = (context) =>
  tracedBands(context).flatMap(({ name, band }): readonly Diagnostic[] => {
    const cells = context.cells.filter((cell) => cell.has(band));
    if (cells.length > 0 && cells.every((cell) => context.isStarved(cell)))
      return [
        diagnose("GOV6003", name.span, `no example trains \`${name.text}\`: every influence on it is 0`, {
          help: "trace a band that learns",
        }),
      ];
    const governed = governedBands(context);
    // A policy that governs nothing is there to trace.
    if (governed.size === 0 || cells.some((cell) => [...governed].some((own) => cell.has(own)))) return [];
    return [
      diagnose("GOV6004", name.span, `no line of the policy governs \`${name.text}\``, {
        label: "what is traced here would be the same without the policy's rules for it",
        help: "check that it is the band that was meant",
      }),
    ];
  });

/** The bands in the policy's `trace` clauses, as written and as meant. */
function tracedBands({
  policy,
  bound,
}: ReviewContext): readonly { readonly name: Name; readonly band: string }[] {
  return bound.entry.file.declarations
    .flatMap((declaration) => (declaration.kind === "ProvenanceDeclaration" ? declaration.clauses : []))
    .flatMap((clause) => {
      if (clause.kind !== "TraceClause") return [];
      const meant = policy.provenance.trace.find(({ span }) => span === clause.span)?.bands;
      return clause.bands.flatMap((name, index) => {
        const band = meant?.[index];
        return band === undefined ? [] : [{ name, band }];
      });
    });
}

/** Every band that a rule, a claim or a bound is about; the default is about all of them. */
function governedBands({ policy }: ReviewContext): ReadonlySet<string> {
  const { rules, detaches, claims, bounds, defaultWeight } = policy;
  return new Set([
    ...[...rules, ...detaches, ...claims].map(({ band }) => band),
    ...bounds.flatMap(bandsOf),
    ...(defaultWeight.weight === 1 ? [] : ["all"]),
  ]);
}

function bandsOf({ metric, arms }: Bound): readonly string[] {
  const actions = arms.flatMap(({ ladder }) => ladder.map(({ action }) => action));
  return [metric, ...actions].flatMap((part) => ("band" in part ? [part.band] : []));
}
