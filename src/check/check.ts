/**
 * Types, units, ranges, and the meaning that comes of them: params set, rulesets applied, profiles written out. Rules
 * of imported modules are checked, but only what `apply` brings in becomes part of the policy.
 */
import type { BoundPolicy } from "../bind/bind.ts";
import type { PolicySymbol } from "../bind/symbols.ts";
import { hasErrors, type Diagnostic } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import { spanAt } from "../source/text.ts";
import type { Declaration } from "../syntax/ast.ts";
import { readBand } from "./bands.ts";
import { createReport, TOP_LEVEL, type CheckContext } from "./context.ts";
import { findDynamicCohorts } from "./dynamic.ts";
import { readExports, type Exports } from "./exports.ts";
import { nameEntities } from "./names.ts";
import { readParams } from "./params.ts";
import type { Band, Behavior, CheckedPolicy, Cohort, DeclaredModel, Policy } from "./policy.ts";
import { readPredicate } from "./predicates.ts";
import { checkProfiles } from "./profiles.ts";
import { readProvenance } from "./provenance.ts";
import { checkRuleset, createFlatRules, isRule, readRule } from "./rules.ts";
import { readSchema } from "./schema.ts";
import { checkOnce } from "./once.ts";
import { readTest } from "./tests.ts";
import { readCount, readWeight } from "./values.ts";

export interface CheckOptions {
  /** Values of params as texts, by name. */
  readonly params: ReadonlyMap<string, string>;
}

/**
 * The meaning of a bound policy, checked when neither it nor what it imports has an error; the draft is what could be
 * understood all the same.
 */
export function check(
  bound: BoundPolicy,
  options: CheckOptions,
): {
  readonly policy?: CheckedPolicy;
  readonly draft: Policy;
  readonly exports: Exports;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { report, diagnostics } = createReport();
  const symbols = symbolsOf(bound);
  const place = placeOf(bound);
  const naming = { bound, report, entityName: nameEntities(bound) };
  const { values, params } = readParams(
    symbols.filter((symbol) => symbol.kind === "param"),
    options.params,
    place,
    naming,
  );
  const context: CheckContext = {
    ...naming,
    params: values,
    ...readSchema(bound, { ...naming, params: values }),
  };

  for (const parsed of bound.files.values()) checkOnce(parsed, report);
  checkProfiles(symbols, context);
  // INVARIANT: nothing in a policy, nor in a draft, is defined in terms of itself.
  const defined = symbols.filter((symbol) => !bound.cyclic.has(symbol));
  const bands = defined.flatMap((symbol) => (symbol.kind === "band" ? readBandSymbol(symbol, context) : []));
  const cohorts = findDynamicCohorts(
    defined.flatMap((symbol) => (symbol.kind === "cohort" ? readCohortSymbol(symbol, context) : [])),
  );
  const behaviors = symbols.flatMap((symbol): readonly Behavior[] =>
    symbol.kind === "behavior"
      ? [
          {
            name: context.entityName(symbol),
            probe: symbol.declaration.probe.value,
            span: symbol.declaration.span,
          },
        ]
      : [],
  );
  const declarations = bound.entry.file.declarations;
  // First by themselves, so that what is wrong with a ruleset is not laid on whoever applies it.
  const aside = createFlatRules();
  for (const symbol of symbols)
    if (symbol.kind === "ruleset") checkRuleset(symbol.declaration, aside, context);
  const flat = createFlatRules();
  for (const [path, parsed] of bound.files) {
    // A module's own rules are checked for themselves and then left.
    const own = path === bound.entry.source.file ? flat : createFlatRules();
    for (const declaration of parsed.file.declarations)
      if (isRule(declaration)) readRule(declaration, own, context, TOP_LEVEL);
  }
  const header = bound.entry.file.header;
  const policy: Policy = {
    name: header?.name.text ?? nameFromPath(bound.entry.source.file),
    ...(header?.title && { title: header.title.value }),
    ...(header?.version && { version: header.version.value }),
    params,
    model: readModel(declarations, context),
    example: { fields: [...context.schema.values()] },
    bands,
    cohorts,
    behaviors,
    defaultWeight: readDefault(declarations, context),
    ...{ rules: flat.rules, detaches: flat.detaches, bounds: flat.bounds, claims: flat.claims },
    provenance: readProvenance(declarations, context),
    tests: declarations.flatMap((declaration) =>
      declaration.kind === "TestDeclaration" ? [readTest(declaration, context)] : [],
    ),
  };
  const unread = [...bound.files.values()].some((parsed) => hasErrors(parsed.diagnostics));
  // The one place where a policy becomes a checked one.
  const found = { draft: policy, exports: readExports(context), diagnostics };
  return hasErrors(diagnostics) || unread ? found : { ...found, policy: policy as CheckedPolicy };
}

/** Every symbol that some file declares, the policy's own first, in the order of the text. */
function symbolsOf(bound: BoundPolicy): readonly PolicySymbol[] {
  const symbols = new Set<PolicySymbol>();
  for (const [path] of bound.files) {
    const own = [...(bound.scopes.get(path)?.values() ?? [])].filter((symbol) => symbol.file === path);
    for (const symbol of own) symbols.add(symbol);
  }
  return [...symbols];
}

function readBandSymbol(
  symbol: Extract<PolicySymbol, { kind: "band" }>,
  context: CheckContext,
): readonly Band[] {
  const { declaration } = symbol;
  const selector = readBand(declaration.expression, context);
  const documentation =
    declaration.documentation === undefined ? {} : { documentation: declaration.documentation };
  return selector === undefined
    ? []
    : [{ name: context.entityName(symbol), ...documentation, selector, span: declaration.span }];
}

function readCohortSymbol(
  symbol: Extract<PolicySymbol, { kind: "cohort" }>,
  context: CheckContext,
): readonly Omit<Cohort, "dynamic">[] {
  const { declaration } = symbol;
  const predicate = readPredicate(declaration.predicate, context, TOP_LEVEL);
  const documentation =
    declaration.documentation === undefined ? {} : { documentation: declaration.documentation };
  return predicate === undefined
    ? []
    : [{ name: context.entityName(symbol), ...documentation, predicate, span: declaration.span }];
}

function readModel(declarations: readonly Declaration[], context: CheckContext): DeclaredModel {
  const declaration = declarations.find((candidate) => candidate.kind === "ModelDeclaration");
  if (declaration === undefined) return { layers: [] };
  const layers = declaration.layers.map((stub, index) => {
    const earlier = declaration.layers.slice(0, index).find((other) => other.name.value === stub.name.value);
    if (earlier !== undefined) {
      context.report("GOV2002", stub.name.span, `the layer \`${stub.name.value}\` is declared twice`, {
        related: [{ span: earlier.span, text: "first declared here" }],
      });
    }
    const units = stub.units && readCount(stub.units, context, TOP_LEVEL)?.value;
    if (units === 0 && stub.units !== undefined)
      context.report("GOV3002", stub.units.span, "a layer has at least 1 unit", {
        help: "leave `units` out where the number is not known",
      });
    return {
      name: stub.name.value,
      ...(stub.layerKind && { kind: stub.layerKind.text }),
      ...(units !== undefined && { units }),
      span: stub.span,
    };
  });
  return { ...(declaration.path && { path: declaration.path.value }), layers, span: declaration.span };
}

function readDefault(declarations: readonly Declaration[], context: CheckContext): Policy["defaultWeight"] {
  for (const declaration of declarations) {
    if (declaration.kind !== "RouteDeclaration" || declaration.route.kind !== "RouteDefault") continue;
    const weight = readWeight(declaration.route.weight, context, TOP_LEVEL)?.value;
    return weight === undefined ? { weight: 1 } : { weight, span: declaration.span };
  }
  return { weight: 1 };
}

function placeOf(bound: BoundPolicy): Span {
  return bound.entry.file.header?.span ?? spanAt(bound.entry.source, 0, 0);
}

function nameFromPath(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.gov$/, "");
}
