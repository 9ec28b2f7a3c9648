import type { BoundPolicy } from "../bind/bind.ts";
import type { PolicySymbol, RulesetSymbol } from "../bind/symbols.ts";
import type { DiagnosticCode } from "../source/codes.ts";
import { diagnose, type Diagnostic, type DiagnosticDetails } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import type { Name } from "../syntax/ast.ts";
import type { Field, Scalar } from "./policy.ts";

/** What every part of the check works with. */
export interface CheckContext {
  readonly bound: BoundPolicy;
  /** The merged example schema by name. */
  readonly schema: ReadonlyMap<string, Field>;
  /**
   * Fields that files contradict each other about, and what may be one in text that could not be read: that has been
   * said, and what is read of them is not judged.
   */
  readonly contested: ReadonlySet<string>;
  /** Values of the policy's params. */
  readonly params: ReadonlyMap<PolicySymbol, Scalar>;
  readonly report: Report;
  /** The name by which the meaning of the policy calls a band, a cohort, … that is declared somewhere. */
  readonly entityName: (symbol: PolicySymbol) => string;
}

/** `via` are the `apply`s without which the problem would not be there, outermost first. */
export type Report = (
  code: DiagnosticCode,
  span: Span,
  message: string,
  details?: DiagnosticDetails,
  via?: readonly Span[],
) => void;

/** What a rule of a ruleset is elaborated with; empty outside of rulesets. */
export interface Environment {
  readonly arguments: ReadonlyMap<RulesetSymbol, ArgumentValue>;
  /** The `apply`s that led here, outermost first. */
  readonly via: readonly Span[];
}

export type ArgumentValue =
  | { readonly kind: "value"; readonly value: Scalar }
  | { readonly kind: "entity"; readonly name: string; readonly symbol: PolicySymbol | undefined }
  /** Stands for any profile: a rule through it is one about this band. */
  | { readonly kind: "any profile"; readonly band: string; readonly weight: number };

export const TOP_LEVEL: Environment = { arguments: new Map(), via: [] };

/**
 * Collects diagnostics; the same one at the same place is kept once. What a ruleset says wrong by itself is not said
 * again of each `apply`; what only an argument makes wrong is said with the `apply` that gave it.
 */
export function createReport(): { readonly report: Report; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  return {
    diagnostics,
    report: (code, span, message, details, via = []) => {
      const keyOf = (places: readonly Span[]): string =>
        [`${code} ${message}`, span, ...places].map(showKeyPart).join(" by ");
      // What a shorter way makes wrong already is not the fault of the longer one.
      if ([...via.keys(), via.length].some((start) => seen.has(keyOf(via.slice(start))))) return;
      seen.add(keyOf(via));
      const applied = via.toReversed().map((place) => ({ span: place, text: "applied here" }));
      const related = [...(details?.related ?? []), ...applied];
      diagnostics.push(diagnose(code, span, message, { ...details, related }));
    },
  };
}

function showKeyPart(part: string | Span): string {
  return typeof part === "string" ? part : `${part.file} ${part.start}`;
}

/** The context inside a ruleset that was applied. */
export function appliedAt(place: Span, context: CheckContext): CheckContext {
  return {
    ...context,
    report: (code, span, message, details, via = []) =>
      context.report(code, span, message, details, [place, ...via]),
  };
}

/**
 * The entity that a name stands for, by the name it has in the meaning of the policy; undefined where the name could
 * not be resolved (reported by the binder), or is a parameter of a ruleset that nobody has applied here.
 */
export function entityOf(name: Name, context: CheckContext, environment: Environment): string | undefined {
  const definition = context.bound.definitionOf(name);
  if (definition === undefined) return undefined;
  if (definition.kind === "all") return "all";
  if (definition.kind !== "parameter") return context.entityName(definition);
  const argument = environment.arguments.get(definition);
  return argument?.kind === "entity" ? argument.name : undefined;
}
