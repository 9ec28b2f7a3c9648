import type {
  ApplyCstNode,
  ArgumentCstNode,
  BandsCstNode,
  ClaimCstNode,
  DetachCstNode,
  ParameterCstNode,
  RouteCstNode,
  RuleCstNode,
  RulesetCstNode,
} from "../../../grammar/cst.gen.ts";
import { joinSpans } from "../../source/span.ts";
import type {
  ApplyDeclaration,
  Argument,
  ClaimDeclaration,
  DetachDeclaration,
  EntityType,
  Name,
  RouteDeclaration,
  Rule,
  RulesetDeclaration,
  RulesetParameter,
} from "../ast.ts";
import { buildBound } from "./bounds.ts";
import {
  buildName,
  buildNames,
  documentationOf,
  first,
  spanOf,
  tokenSpan,
  wordOf,
  type TreeContext,
} from "./context.ts";
import { buildType, buildValue, buildWeight, buildWindow } from "./values.ts";

export function buildRoute(context: TreeContext, node: RouteCstNode): RouteDeclaration {
  const span = spanOf(context, node);
  return {
    kind: "RouteDeclaration",
    span,
    ...documentationOf(context, span),
    route: buildRouteKind(context, node),
  };
}

function buildRouteKind(context: TreeContext, node: RouteCstNode): RouteDeclaration["route"] {
  const { DefaultKeyword, weight, cohort, toBands, throughProfile, window } = node.children;
  const whole = spanOf(context, node);
  if (DefaultKeyword) {
    const value = buildWeight(context, first(weight));
    const span = joinSpans(tokenSpan(context, first(DefaultKeyword)), value.span);
    return { kind: "RouteDefault", span, weight: value };
  }
  const who = buildName(context, cohort);
  const span = joinSpans(who.span, { ...whole, start: who.span.start });
  if (toBands) {
    const { bands, weight: value } = first(toBands).children;
    return {
      kind: "RouteToBands",
      span,
      cohort: who,
      bands: buildBands(context, bands),
      weight: buildWeight(context, first(value)),
      ...buildWindow(context, window),
    };
  }
  const { profile } = first(throughProfile).children;
  return {
    kind: "RouteThroughProfile",
    span,
    cohort: who,
    profile: buildName(context, profile),
    ...buildWindow(context, window),
  };
}

export function buildBands(
  context: TreeContext,
  nodes: readonly BandsCstNode[] | undefined,
): readonly Name[] {
  return buildNames(context, first(nodes).children.band);
}

export function buildDetach(context: TreeContext, node: DetachCstNode): DetachDeclaration {
  const { cohort, bands, window } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "DetachDeclaration",
    span,
    ...documentationOf(context, span),
    cohort: buildName(context, cohort),
    bands: buildBands(context, bands),
    ...buildWindow(context, window),
  };
}

export function buildClaim(context: TreeContext, node: ClaimCstNode): ClaimDeclaration {
  const { claim, cohort, bands } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "ClaimDeclaration",
    span,
    ...documentationOf(context, span),
    claim: wordOf<ClaimDeclaration["claim"]>(claim),
    cohort: buildName(context, cohort),
    bands: buildBands(context, bands),
  };
}

export function buildRuleset(context: TreeContext, node: RulesetCstNode): RulesetDeclaration {
  const { name, parameter, rule } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "RulesetDeclaration",
    span,
    ...documentationOf(context, span),
    name: buildName(context, name),
    parameters: (parameter ?? []).map((each) => buildParameter(context, each)),
    rules: (rule ?? []).map((each) => buildRule(context, each)),
  };
}

function buildParameter(context: TreeContext, node: ParameterCstNode): RulesetParameter {
  const { name, type, EntityName, defaultValue } = node.children;
  return {
    kind: "RulesetParameter",
    span: spanOf(context, node),
    name: buildName(context, name),
    type: type
      ? buildType(context, first(type))
      : {
          kind: "EntityType",
          span: tokenSpan(context, first(EntityName)),
          entity: wordOf<EntityType["entity"]>(EntityName),
        },
    ...(defaultValue && { defaultValue: buildValue(context, first(defaultValue)) }),
  };
}

function buildRule(context: TreeContext, { children }: RuleCstNode): Rule {
  if (children.route) return buildRoute(context, first(children.route));
  if (children.detach) return buildDetach(context, first(children.detach));
  if (children.bound) return buildBound(context, first(children.bound));
  if (children.claim) return buildClaim(context, first(children.claim));
  return buildApply(context, first(children.apply));
}

export function buildApply(context: TreeContext, node: ApplyCstNode): ApplyDeclaration {
  const { ruleset, argument } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "ApplyDeclaration",
    span,
    ...documentationOf(context, span),
    ruleset: buildName(context, ruleset),
    arguments: (argument ?? []).map((each) => buildArgument(context, each)),
  };
}

function buildArgument(context: TreeContext, node: ArgumentCstNode): Argument {
  const { name, value } = node.children;
  return {
    kind: "Argument",
    span: spanOf(context, node),
    ...(name && { name: buildName(context, name) }),
    value: buildValue(context, first(value)),
  };
}
