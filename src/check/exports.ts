/** What a module offers to those who import it: its names, and rules that nobody has applied yet. */
import type { Declaration, ProfileDeclaration, RulesetDeclaration, RulesetParameter } from "../syntax/ast.ts";
import { usesIn } from "../bind/references.ts";
import type { PolicySymbol, RulesetSymbol } from "../bind/symbols.ts";
import { hasErrors } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import {
  createReport,
  entityOf,
  TOP_LEVEL,
  type ArgumentValue,
  type CheckContext,
  type Environment,
} from "./context.ts";
import type { FieldType } from "./policy.ts";
import { createFlatRules, readArgument, readRule, type FlatRules } from "./rules.ts";
import { typeOf } from "./types.ts";
import { readWeight } from "./values.ts";

export interface Exports {
  /** Of all that the file itself declares; empty where it is no module. */
  readonly names: ReadonlySet<string>;
  readonly rules: readonly ExportedRules[];
  /** Of each name whose meaning hangs on a param, which importers may set: what it is made of, the params left out. */
  readonly open: ReadonlyMap<string, readonly Declaration[]>;
}

/** A ruleset, or a profile, which is one without parameters about every example. */
export interface ExportedRules {
  readonly kind: "ruleset" | "profile";
  readonly name: string;
  readonly span: Span;
  readonly parameters: readonly ExportedParameter[];
  /**
   * Its rules with arguments in place, by the names of the parameters; undefined where the policy that gives such
   * arguments does not check. `via` begins inside of it.
   */
  readonly writeOut: (given: ReadonlyMap<string, ArgumentValue>) => FlatRules | undefined;
}

export interface ExportedParameter {
  readonly name: string;
  readonly type: FieldType | EntityKind;
  readonly defaultValue?: ArgumentValue;
}

export interface EntityKind {
  readonly kind: "band" | "cohort" | "profile" | "behavior";
}

export function readExports(context: CheckContext): Exports {
  const { bound } = context;
  const { source, file } = bound.entry;
  if (file.header?.role !== "module") return { names: new Set(), rules: [], open: new Map() };
  const own = [...(bound.scopes.get(source.file) ?? [])].filter(([, symbol]) => symbol.file === source.file);
  return {
    names: new Set(own.map(([name]) => name)),
    rules: own.flatMap(([, symbol]): readonly ExportedRules[] => {
      if (symbol.kind === "ruleset") return [exportRuleset(symbol.declaration, context)];
      return symbol.kind === "profile" ? [exportProfile(symbol.declaration, context)] : [];
    }),
    open: new Map(
      own.flatMap(([name, symbol]) => {
        const parts = partsOf(symbol, context);
        const closed = parts.filter(({ kind }) => kind !== "ParamDeclaration");
        return symbol.kind === "param" || closed.length === parts.length ? [] : [[name, closed] as const];
      }),
    ),
  };
}

/** Its declaration and all that this names, directly or not. */
function partsOf(symbol: PolicySymbol, { bound }: CheckContext): readonly Declaration[] {
  const found = new Set<PolicySymbol>([symbol]);
  // A set is gone through in the order in which it grows.
  for (const { declaration } of found)
    for (const { name } of usesIn(declaration)) {
      const used = bound.definitionOf(name);
      if (used !== undefined && used.kind !== "all" && used.kind !== "parameter") found.add(used);
    }
  return [...found].map(({ declaration }) => declaration);
}

function exportRuleset(declaration: RulesetDeclaration, context: CheckContext): ExportedRules {
  const { name, span, parameters, rules } = declaration;
  return {
    ...{ kind: "ruleset", name: name.text, span },
    parameters: parameters.map((parameter) => exportParameter(parameter, context)),
    writeOut: (given) => {
      const { report, diagnostics } = createReport();
      const values = parameters.flatMap((parameter): readonly (readonly [RulesetSymbol, ArgumentValue])[] => {
        const symbol = context.bound.parameterSymbols.get(parameter);
        const value = given.get(parameter.name.text);
        return symbol === undefined || value === undefined ? [] : [[symbol, value]];
      });
      // Stands for the `apply`, by which rules know that they are not the policy's own.
      const environment: Environment = { arguments: new Map(values), via: [span] };
      const flat = createFlatRules();
      for (const rule of rules) readRule(rule, flat, { ...context, report }, environment);
      return hasErrors(diagnostics) ? undefined : insideOf(flat);
    },
  };
}

function exportParameter(declaration: RulesetParameter, context: CheckContext): ExportedParameter {
  const { name, type, defaultValue } = declaration;
  const parameter = {
    name: name.text,
    type: type.kind === "EntityType" ? { kind: type.entity } : typeOf(type),
  };
  if (defaultValue === undefined) return parameter;
  const silent = { ...context, report: createReport().report };
  const value = readArgument(defaultValue, declaration, silent, TOP_LEVEL);
  return value === undefined ? parameter : { ...parameter, defaultValue: value };
}

function insideOf(flat: FlatRules): FlatRules {
  const inside = <Part extends { readonly via: readonly Span[] }>(part: Part): Part => ({
    ...part,
    via: part.via.slice(1),
  });
  return {
    rules: flat.rules.map(inside),
    detaches: flat.detaches.map(inside),
    bounds: flat.bounds.map(inside),
    claims: flat.claims.map(inside),
    applied: flat.applied,
  };
}

function exportProfile({ name, span, entries }: ProfileDeclaration, context: CheckContext): ExportedRules {
  return {
    ...{ kind: "profile", name: name.text, span, parameters: [] },
    writeOut: () => ({
      ...createFlatRules(),
      rules: entries.flatMap((entry) => {
        const band = entityOf(entry.band, context, TOP_LEVEL);
        const weight = readWeight(entry.weight, context, TOP_LEVEL)?.value;
        if (band === undefined || weight === undefined) return [];
        return [{ cohort: "all", band, weight, window: {}, span: entry.span, via: [] }];
      }),
    }),
  };
}
