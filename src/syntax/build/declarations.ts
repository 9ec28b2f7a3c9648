import type {
  BandCstNode,
  BehaviorCstNode,
  ClauseCstNode,
  CohortCstNode,
  DeclarationCstNode,
  ExampleCstNode,
  FieldCstNode,
  HeaderCstNode,
  ImportCstNode,
  LayerStubCstNode,
  ModelCstNode,
  ParamCstNode,
  ProfileCstNode,
  ProvenanceCstNode,
} from "../../../grammar/cst.gen.ts";
import { joinSpans } from "../../source/span.ts";
import type {
  AttestClause,
  BandDeclaration,
  BehaviorDeclaration,
  CohortDeclaration,
  Declaration,
  ExampleDeclaration,
  FieldDeclaration,
  Header,
  Import,
  LayerStub,
  ModelDeclaration,
  ParamDeclaration,
  ProfileDeclaration,
  ProvenanceClause,
  ProvenanceDeclaration,
  RequireClause,
} from "../ast.ts";
import { buildBandExpression } from "./bands.ts";
import { buildBound } from "./bounds.ts";
import {
  buildName,
  buildNames,
  documentationOf,
  first,
  spanOf,
  wordOf,
  type TreeContext,
} from "./context.ts";
import { buildPredicate } from "./predicates.ts";
import { buildApply, buildBands, buildClaim, buildDetach, buildRoute, buildRuleset } from "./rules.ts";
import { buildTest } from "./tests.ts";
import {
  buildCount,
  buildDuration,
  buildLiteral,
  buildPlainNumber,
  buildRange,
  buildString,
  buildType,
  buildWeight,
} from "./values.ts";

export function buildHeader(context: TreeContext, node: HeaderCstNode): Header {
  const { role, name, title, version } = node.children;
  return {
    kind: "Header",
    span: spanOf(context, node),
    role: wordOf<Header["role"]>(role),
    name: buildName(context, name),
    ...(title && { title: buildString(context, title) }),
    ...(version && { version: buildString(context, version) }),
  };
}

export function buildImport(context: TreeContext, node: ImportCstNode): Import {
  const { importedName, path } = node.children;
  return {
    kind: "Import",
    span: spanOf(context, node),
    names: importedName.map((each) => ({
      kind: "ImportedName",
      span: spanOf(context, each),
      name: buildName(context, each.children.name),
      ...(each.children.alias && { alias: buildName(context, each.children.alias) }),
    })),
    path: buildString(context, path),
  };
}

export function buildDeclaration(context: TreeContext, { children }: DeclarationCstNode): Declaration {
  if (children.param) return buildParam(context, first(children.param));
  if (children.model) return buildModel(context, first(children.model));
  if (children.example) return buildExample(context, first(children.example));
  if (children.band) return buildBand(context, first(children.band));
  if (children.cohort) return buildCohort(context, first(children.cohort));
  if (children.profile) return buildProfile(context, first(children.profile));
  if (children.behavior) return buildBehavior(context, first(children.behavior));
  if (children.route) return buildRoute(context, first(children.route));
  if (children.detach) return buildDetach(context, first(children.detach));
  if (children.bound) return buildBound(context, first(children.bound));
  if (children.provenance) return buildProvenance(context, first(children.provenance));
  if (children.claim) return buildClaim(context, first(children.claim));
  if (children.ruleset) return buildRuleset(context, first(children.ruleset));
  if (children.apply) return buildApply(context, first(children.apply));
  return buildTest(context, first(children.test));
}

function buildParam(context: TreeContext, node: ParamCstNode): ParamDeclaration {
  const { name, type, literal, range } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "ParamDeclaration",
    span,
    ...documentationOf(context, span),
    name: buildName(context, name),
    type: buildType(context, first(type)),
    value: buildLiteral(context, first(literal)),
    ...(range && { range: buildRange(context, first(range)) }),
  };
}

function buildModel(context: TreeContext, node: ModelCstNode): ModelDeclaration {
  const { path, layerStub } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "ModelDeclaration",
    span,
    ...documentationOf(context, span),
    ...(path && { path: buildString(context, path) }),
    layers: (layerStub ?? []).map((layer) => buildLayerStub(context, layer)),
  };
}

function buildLayerStub(context: TreeContext, node: LayerStubCstNode): LayerStub {
  const { name, layerKind, units } = node.children;
  return {
    kind: "LayerStub",
    span: spanOf(context, node),
    name: buildString(context, name),
    ...(layerKind && { layerKind: buildName(context, layerKind) }),
    ...(units && { units: buildPlainNumber(context, units) }),
  };
}

function buildExample(context: TreeContext, node: ExampleCstNode): ExampleDeclaration {
  const span = spanOf(context, node);
  const fields = (node.children.field ?? []).map((field) => buildField(context, field));
  return { kind: "ExampleDeclaration", span, ...documentationOf(context, span), fields };
}

function buildField(context: TreeContext, node: FieldCstNode): FieldDeclaration {
  const { children } = node;
  const name = buildName(context, children.name);
  const type = buildType(context, first(children.type));
  const range = children.range && buildRange(context, first(children.range));
  // The comma after a field belongs to the block, not to the field.
  const span = joinSpans(name.span, (range ?? type).span);
  return {
    kind: "FieldDeclaration",
    span,
    ...documentationOf(context, span),
    name,
    type,
    ...(range && { range }),
  };
}

function buildBand(context: TreeContext, node: BandCstNode): BandDeclaration {
  const { name, bandExpression } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "BandDeclaration",
    span,
    ...documentationOf(context, span),
    name: buildName(context, name),
    expression: buildBandExpression(context, first(bandExpression)),
  };
}

function buildCohort(context: TreeContext, node: CohortCstNode): CohortDeclaration {
  const { name, predicate } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "CohortDeclaration",
    span,
    ...documentationOf(context, span),
    name: buildName(context, name),
    predicate: buildPredicate(context, first(predicate)),
  };
}

function buildProfile(context: TreeContext, node: ProfileCstNode): ProfileDeclaration {
  const { name, profileEntry } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "ProfileDeclaration",
    span,
    ...documentationOf(context, span),
    name: buildName(context, name),
    entries: (profileEntry ?? []).map((entry) => {
      const band = buildName(context, entry.children.band);
      const weight = buildWeight(context, first(entry.children.weight));
      return { kind: "ProfileEntry", span: joinSpans(band.span, weight.span), band, weight };
    }),
  };
}

function buildBehavior(context: TreeContext, node: BehaviorCstNode): BehaviorDeclaration {
  const { name, probe } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "BehaviorDeclaration",
    span,
    ...documentationOf(context, span),
    name: buildName(context, name),
    probe: buildString(context, probe),
  };
}

function buildProvenance(context: TreeContext, node: ProvenanceCstNode): ProvenanceDeclaration {
  const span = spanOf(context, node);
  const clauses = (node.children.clause ?? []).map((clause) => buildClause(context, clause));
  return { kind: "ProvenanceDeclaration", span, ...documentationOf(context, span), clauses };
}

function buildClause(context: TreeContext, node: ClauseCstNode): ProvenanceClause {
  const { children } = node;
  const span = spanOf(context, node);
  if (children.require) {
    const { field, otherwise } = first(children.require).children;
    return {
      kind: "RequireClause",
      span,
      fields: buildNames(context, field),
      ...(otherwise && { otherwise: wordOf<NonNullable<RequireClause["otherwise"]>>(otherwise) }),
    };
  }
  if (children.verify) return { kind: "VerifyClause", span };
  if (children.trace) {
    const { bands, behavior, duration, count } = first(children.trace).children;
    return {
      kind: "TraceClause",
      span,
      bands: buildBands(context, bands),
      behaviors: buildNames(context, behavior),
      ...(duration && { every: buildDuration(context, first(duration)) }),
      ...(count && { top: buildCount(context, first(count)) }),
    };
  }
  if (children.retain) {
    const { duration } = first(children.retain).children;
    return {
      kind: "RetainClause",
      span,
      duration: duration ? buildDuration(context, first(duration)) : "forever",
    };
  }
  const { moment } = first(children.attest).children;
  return { kind: "AttestClause", span, moment: wordOf<AttestClause["moment"]>(moment) };
}
