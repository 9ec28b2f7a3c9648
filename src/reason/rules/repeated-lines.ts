import { diagnose, type Diagnostic } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import type { Declaration, ProvenanceClause } from "../../syntax/ast.ts";
import { walk } from "../../syntax/walk.ts";
import { meaningText } from "../meaning.ts";
import type { ReviewContext, ReviewRule } from "./context.ts";

/** Bounds, claims, applied rulesets and traces that come to what was said before (GOV5003). */
export const findRepeatedLines: ReviewRule = (context) => {
  const said = new Map<string, Span>();
  return linesOf(context).flatMap(({ what, node, parts }): readonly Diagnostic[] => {
    const places = parts.map((part) => said.get(`${what} ${part}`));
    for (const part of parts) if (!said.has(`${what} ${part}`)) said.set(`${what} ${part}`, node.span);
    const earlier = places.filter((place) => place !== undefined);
    if (earlier.length < parts.length || parts.length === 0 || dependsOnParam(node, context)) return [];
    const distinct = new Map(earlier.map((place) => [place.start, place]));
    return [
      diagnose("GOV5003", node.span, `this ${what} has been said before`, {
        related: [...distinct.values()].slice(0, 3).map((span) => ({ span, text: "said here" })),
        help: "remove one of the two",
      }),
    ];
  });
};

/** What is the same under one value of a param may not be under the next. */
function dependsOnParam(node: Line["node"], { bound }: ReviewContext): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.kind === "Reference" && bound.definitionOf(inner.name)?.kind === "param") found = true;
  });
  return found;
}

interface Line {
  readonly what: "bound" | "claim" | "apply" | "trace";
  readonly node: Declaration | ProvenanceClause;
  /** What it comes to, in texts that are the same where the meaning is. */
  readonly parts: readonly string[];
}

/** The lines of the policy's own file, in their order. */
function linesOf({ policy, bound }: ReviewContext): readonly Line[] {
  const { claims, bounds, rules, detaches, provenance } = policy;
  const { file } = bound.entry.source;
  const own = bySpan(
    [...claims, ...bounds].filter(({ via, span }) => via.length === 0 && span.file === file),
  );
  const traces = bySpan(provenance.trace);
  const applied = new Map<number, unknown[]>();
  for (const part of [...rules, ...detaches, ...bounds, ...claims]) {
    const [outermost] = part.via;
    if (outermost?.file !== file) continue;
    const known = applied.get(outermost.start);
    if (known === undefined) applied.set(outermost.start, [part]);
    else known.push(part);
  }
  return bound.entry.file.declarations.flatMap((node): readonly Line[] => {
    switch (node.kind) {
      case "ClaimDeclaration":
        return [{ what: "claim", node, parts: own.get(node.span.start) ?? [] }];
      case "BoundDeclaration":
        return [{ what: "bound", node, parts: own.get(node.span.start) ?? [] }];
      case "ApplyDeclaration": {
        // Taken as a whole: two rulesets may well share a rule.
        const brought = applied.get(node.span.start);
        return brought === undefined ? [] : [{ what: "apply", node, parts: [meaningText(brought)] }];
      }
      case "ProvenanceDeclaration":
        return node.clauses.flatMap((clause): readonly Line[] =>
          clause.kind === "TraceClause"
            ? [{ what: "trace", node: clause, parts: traces.get(clause.span.start) ?? [] }]
            : [],
        );
      default:
        return [];
    }
  });
}

/** What parts come to, by where the text that says them begins. */
function bySpan(parts: readonly { readonly span: Span }[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  for (const part of parts) {
    const known = found.get(part.span.start);
    if (known === undefined) found.set(part.span.start, [meaningText(part)]);
    else known.push(meaningText(part));
  }
  return found;
}
