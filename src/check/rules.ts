/** Routes, detaches, claims and applied rulesets, written out as flat rules. */
import type { RulesetSymbol } from "../bind/symbols.ts";
import type { Span } from "../source/span.ts";
import type {
  ApplyDeclaration,
  Argument,
  Declaration,
  Name,
  ProfileDeclaration,
  RouteDeclaration,
  RulesetDeclaration,
  RulesetParameter,
  Rule,
  Value,
} from "../syntax/ast.ts";
import { readBound } from "./bounds.ts";
import {
  appliedAt,
  entityOf,
  TOP_LEVEL,
  type ArgumentValue,
  type CheckContext,
  type Environment,
} from "./context.ts";
import type { Bound, Claim, DetachRule, RouteRule } from "./policy.ts";
import { isScalarType, typeOf } from "./types.ts";
import { readScalar, readWeight, readWindow } from "./values.ts";

export interface FlatRules {
  readonly rules: RouteRule[];
  readonly detaches: DetachRule[];
  readonly bounds: Bound[];
  readonly claims: Claim[];
  /** Every `apply` that was written out, those inside rulesets too. */
  readonly applied: Span[];
}

export function createFlatRules(): FlatRules {
  return { rules: [], detaches: [], bounds: [], claims: [], applied: [] };
}

export function isRule(declaration: Declaration): declaration is Rule {
  return [
    "RouteDeclaration",
    "DetachDeclaration",
    "BoundDeclaration",
    "ClaimDeclaration",
    "ApplyDeclaration",
  ].includes(declaration.kind);
}

/** Adds what a rule comes to; inside a ruleset, with the arguments of the `apply` in place. */
export function readRule(node: Rule, flat: FlatRules, context: CheckContext, environment: Environment): void {
  switch (node.kind) {
    case "RouteDeclaration":
      return readRoute(node, flat, context, environment);
    case "DetachDeclaration": {
      const cohort = entityOf(node.cohort, context, environment);
      const window = readWindow(node.window, context, environment);
      for (const name of distinct(node.bands, context)) {
        const band = entityOf(name, context, environment);
        if (cohort !== undefined && band !== undefined)
          flat.detaches.push({ cohort, band, window, span: node.span, via: environment.via });
      }
      return;
    }
    case "ClaimDeclaration": {
      const cohort = entityOf(node.cohort, context, environment);
      for (const name of distinct(node.bands, context)) {
        const band = entityOf(name, context, environment);
        if (cohort !== undefined && band !== undefined)
          flat.claims.push({ claim: node.claim, cohort, band, span: node.span, via: environment.via });
      }
      return;
    }
    case "BoundDeclaration": {
      const bound = readBound(node, context, environment);
      if (bound !== undefined) flat.bounds.push(bound);
      return;
    }
    case "ApplyDeclaration":
      return readApply(node, flat, context, environment);
  }
}

function readRoute(
  node: RouteDeclaration,
  flat: FlatRules,
  context: CheckContext,
  environment: Environment,
): void {
  const { route } = node;
  if (route.kind === "RouteDefault") {
    if (environment.via.length > 0)
      context.report(
        "GOV1011",
        node.span,
        "`route default` is the policy's own, and cannot stand in a ruleset",
      );
    return;
  }
  const cohort = entityOf(route.cohort, context, environment);
  const window = readWindow(route.window, context, environment);
  if (route.kind === "RouteToBands") {
    const weight = readWeight(route.weight, context, environment)?.value;
    for (const name of distinct(route.bands, context)) {
      const band = entityOf(name, context, environment);
      if (cohort !== undefined && band !== undefined && weight !== undefined) {
        flat.rules.push({ cohort, band, weight, window, span: node.span, via: environment.via });
      }
    }
    return;
  }
  const profile = profileOf(route.profile, context, environment);
  if (profile?.kind === "any profile") {
    const { band, weight } = profile;
    if (cohort !== undefined)
      flat.rules.push({ cohort, band, weight, window, span: node.span, via: environment.via });
    return;
  }
  for (const entry of profile?.entries ?? []) {
    // The profile's own names belong to the file that declares it, not to the ruleset that uses it.
    const band = entityOf(entry.band, context, environment);
    const weight = readWeight(entry.weight, context, environment)?.value;
    if (cohort !== undefined && band !== undefined && weight !== undefined) {
      flat.rules.push({
        cohort,
        band,
        weight,
        window,
        span: node.span,
        via: [...environment.via, entry.span],
      });
    }
  }
}

function profileOf(
  name: Name,
  context: CheckContext,
  environment: Environment,
): ProfileDeclaration | Extract<ArgumentValue, { kind: "any profile" }> | undefined {
  const definition = context.bound.definitionOf(name);
  const argument = definition?.kind === "parameter" ? environment.arguments.get(definition) : undefined;
  if (argument?.kind === "any profile") return argument;
  const symbol = argument?.kind === "entity" ? argument.symbol : definition;
  return symbol?.kind === "profile" ? symbol.declaration : undefined;
}

/** The names of a list, each once. */
export function distinct(names: readonly Name[], context: CheckContext): readonly Name[] {
  return names.filter((name, index) => {
    const earlier = names.findIndex((other) => other.text === name.text);
    if (earlier === index) return true;
    context.report("GOV5003", name.span, `\`${name.text}\` stands twice in this list`, {
      help: "remove one of the two",
    });
    return false;
  });
}

function readApply(
  node: ApplyDeclaration,
  flat: FlatRules,
  context: CheckContext,
  environment: Environment,
): void {
  const ruleset = context.bound.definitionOf(node.ruleset);
  if (ruleset?.kind !== "ruleset") return;
  const { declaration } = ruleset;
  // INVARIANT: the binder has refused rulesets that reach themselves; a cycle would not end here.
  if (environment.via.some((span) => span === node.span)) return;
  const matched = matchArguments(node, declaration.parameters, context);
  if (matched === undefined) return;
  const values = new Map<RulesetSymbol, ArgumentValue>();
  let complete = true;
  for (const parameter of declaration.parameters) {
    const given = matched.get(parameter) ?? parameter.defaultValue;
    const symbol = context.bound.parameterSymbols.get(parameter);
    if (given === undefined) {
      context.report(
        "GOV3010",
        node.span,
        `\`${declaration.name.text}\` needs an argument for \`${parameter.name.text}\``,
        {
          related: [{ span: parameter.span, text: "declared here" }],
        },
      );
      complete = false;
      continue;
    }
    const value = readArgument(given, parameter, context, environment);
    if (value === undefined) complete = false;
    else if (symbol !== undefined) values.set(symbol, value);
  }
  // Rulesets that apply each other several times over come to numbers without end.
  if (!complete || flat.applied.length > MOST_APPLIED) return;
  flat.applied.push(node.span);
  const inner: Environment = { arguments: values, via: [...environment.via, node.span] };
  const inside = appliedAt(node.span, context);
  for (const rule of declaration.rules) readRule(rule, flat, inside, inner);
  if (environment.via.length === 0 && flat.applied.length > MOST_APPLIED)
    context.report(
      "GOV3019",
      node.span,
      `with this, rulesets are applied more than ${MOST_APPLIED} times, counting those that rulesets apply themselves`,
      { help: "a rule that is in force twice says no more than once: apply it once" },
    );
}

const MOST_APPLIED = 5000;

/**
 * What a ruleset says wrong whoever applies it, and its defaults, used or not.
 *
 * @param aside Takes what its rules come to, which nobody needs, together with that of other rulesets.
 */
export function checkRuleset(declaration: RulesetDeclaration, aside: FlatRules, context: CheckContext): void {
  for (const parameter of declaration.parameters) {
    if (parameter.type.kind !== "EntityType" && !isScalarType(parameter.type, "a parameter", context.report))
      continue;
    if (parameter.defaultValue !== undefined)
      readArgument(parameter.defaultValue, parameter, context, TOP_LEVEL);
  }
  for (const rule of declaration.rules)
    readRule(rule, aside, context, { ...TOP_LEVEL, via: [declaration.span] });
}

function matchArguments(
  node: ApplyDeclaration,
  parameters: readonly RulesetParameter[],
  context: CheckContext,
): ReadonlyMap<RulesetParameter, Value> | undefined {
  const matched = new Map<RulesetParameter, Value>();
  let position = 0;
  let fits = true;
  const reject = (argument: Argument, message: string): void => {
    context.report("GOV3010", argument.span, message, {
      help:
        parameters.length === 0
          ? undefined
          : `it takes ${parameters.map((parameter) => `\`${parameter.name.text}\``).join(", ")}`,
    });
    fits = false;
  };
  for (const argument of node.arguments) {
    const { name } = argument;
    const parameter =
      name === undefined
        ? parameters[position++]
        : parameters.find((candidate) => candidate.name.text === name.text);
    if (parameter === undefined)
      reject(
        argument,
        name === undefined
          ? `\`${node.ruleset.text}\` takes no ${parameters.length === 0 ? "arguments" : `more than ${parameters.length} ${parameters.length === 1 ? "argument" : "arguments"}`}`
          : `\`${node.ruleset.text}\` has no parameter \`${name.text}\``,
      );
    else if (matched.has(parameter)) reject(argument, `\`${parameter.name.text}\` is given twice`);
    else matched.set(parameter, argument.value);
  }
  return fits ? matched : undefined;
}

export function readArgument(
  value: Value,
  parameter: RulesetParameter,
  context: CheckContext,
  environment: Environment,
): ArgumentValue | undefined {
  const { type } = parameter;
  // No value is one; it has been said of the ruleset.
  if (type.kind === "SetType") return undefined;
  if (type.kind !== "EntityType") {
    const read = readScalar(value, typeOf(type), context, environment);
    return read?.value === undefined ? undefined : { kind: "value", value: read.value };
  }
  const wrong = (found: string, help?: string): undefined => {
    context.report(
      "GOV3010",
      value.span,
      `\`${parameter.name.text}\` is a ${type.entity}, and ${found} is given`,
      { related: [{ span: parameter.span, text: "declared here" }], help },
    );
    return undefined;
  };
  if (value.kind !== "Reference") return wrong("a literal", `write the name of a ${type.entity}`);
  const definition = context.bound.definitionOf(value.name);
  if (definition === undefined) return undefined;
  if (definition.kind === "all")
    return type.entity === "band" || type.entity === "cohort"
      ? { kind: "entity", name: "all", symbol: undefined }
      : wrong("`all`");
  if (definition.kind === "parameter") {
    const passed = environment.arguments.get(definition);
    const own = definition.declaration.type;
    if (own.kind !== "EntityType" || own.entity !== type.entity)
      return wrong(own.kind === "EntityType" ? `a ${own.entity}` : "a value");
    return passed;
  }
  if (definition.kind !== type.entity) return wrong(`the ${definition.kind} \`${value.name.text}\``);
  return { kind: "entity", name: context.entityName(definition), symbol: definition };
}
