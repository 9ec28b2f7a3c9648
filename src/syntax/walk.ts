import type {
  Action, Argument, BandExpression, BoundArm, BoundStep, ComparisonLimit, Declaration, Duration, EntityType,
  EntropyUnit, FieldDeclaration, GivenField, Header, Import, ImportedName, LayerStub, LiteralSet, Metric, Name,
  PolicyFile, Predicate, ProfileEntry, ProvenanceClause, Range, RangeLimit, RouteDeclaration, RulesetParameter,
  TestStep, TypeExpression, UnitRange, Value, Weight, Window,
} from "./ast.ts"; // prettier-ignore

export type Node =
  | PolicyFile | Header | Import | ImportedName | Name | Declaration | LayerStub | FieldDeclaration | TypeExpression
  | Value | Weight | Range | Duration | Window | BandExpression | UnitRange | Predicate | ProfileEntry
  | RouteDeclaration["route"] | Metric | RangeLimit | ComparisonLimit | EntropyUnit | BoundArm | BoundStep | Action
  | ProvenanceClause | RulesetParameter | EntityType | Argument | TestStep | GivenField | LiteralSet; // prettier-ignore

export type NodeKind = Node["kind"];
type NodeOf<Kind extends NodeKind> = Extract<Node, { kind: Kind }>;

/** A node's children in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
  return partsOf(node).filter((child) => child !== undefined);
}

function partsOf(node: Node): readonly (Node | undefined)[] {
  // The table has an entry for each kind that takes the node of that kind.
  const parts = CHILDREN[node.kind] as (node: Node) => readonly (Node | undefined)[];
  return parts(node);
}

/** Visits a node and everything below it, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of partsOf(node)) if (child !== undefined) walk(child, visit);
}

/** Whether two trees say the same: all properties but the ignored ones are compared, at every depth. */
export function sameSyntax(left: unknown, right: unknown, ignored: readonly string[] = ["span"]): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null)
    return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const properties = (node: object): readonly [string, unknown][] =>
    Object.entries(node).filter(([key]) => !ignored.includes(key));
  const others = new Map(properties(right));
  const own = properties(left);
  return (
    own.length === others.size &&
    own.every(([key, value]) => others.has(key) && sameSyntax(value, others.get(key), ignored))
  );
}

const none = (): readonly [] => [];

const CHILDREN: { readonly [Kind in NodeKind]: (node: NodeOf<Kind>) => readonly (Node | undefined)[] } = {
  PolicyFile: ({ header, imports, declarations }) => [header, ...imports, ...declarations],
  Header: ({ name, title, version }) => [name, title, version],
  Import: ({ names, path }) => [...names, path],
  ImportedName: ({ name, alias }) => [name, alias],
  Name: none,

  StringLiteral: none,
  NumberLiteral: none,
  PercentLiteral: none,
  BooleanLiteral: none,
  Reference: ({ name }) => [name],
  KeywordWeight: none,
  Range: ({ low, high }) => [low, high],
  Duration: ({ count }) => [count],
  // `until` may be written first.
  Window: ({ from, until }) =>
    from && until && until.span.start < from.span.start ? [until, from] : [from, until],
  PrimitiveType: none,
  EnumType: ({ values }) => values,
  SetType: ({ element }) => [element],

  ParamDeclaration: ({ name, type, value, range }) => [name, type, value, range],
  ModelDeclaration: ({ path, layers }) => [path, ...layers],
  LayerStub: ({ name, layerKind, units }) => [name, layerKind, units],
  ExampleDeclaration: ({ fields }) => fields,
  FieldDeclaration: ({ name, type, range }) => [name, type, range],

  BandDeclaration: ({ name, expression }) => [name, expression],
  BandOperation: ({ left, right }) => [left, right],
  LayersByName: ({ globs, units }) => [...globs, units],
  UnitRange: ({ low, high }) => [low, high],
  LayersByPosition: ({ low, high }) => [low, high],
  LayersByDepth: ({ low, high }) => [low, high],
  LayersFromEnd: ({ count }) => [count],
  LayersByKind: ({ layerKind }) => [layerKind],
  RestOfLayers: none,
  BandReference: ({ name }) => [name],
  BandGroup: ({ inner }) => [inner],

  CohortDeclaration: ({ name, predicate }) => [name, predicate],
  LogicalPredicate: ({ operands }) => operands,
  NotPredicate: ({ operand }) => [operand],
  GroupPredicate: ({ inner }) => [inner],
  ComparisonPredicate: ({ field, value }) => [field, value],
  InRangePredicate: ({ field, range }) => [field, range],
  InSetPredicate: ({ field, values }) => [field, ...values],
  MembershipPredicate: ({ value, field }) => [value, field],
  MatchesPredicate: ({ field, pattern }) => [field, pattern],
  HasPredicate: ({ field }) => [field],
  SamplePredicate: ({ share, seed }) => [share, seed],
  CohortReference: ({ name }) => [name],

  ProfileDeclaration: ({ name, entries }) => [name, ...entries],
  ProfileEntry: ({ band, weight }) => [band, weight],
  BehaviorDeclaration: ({ name, probe }) => [name, probe],

  RouteDeclaration: ({ route }) => [route],
  RouteDefault: ({ weight }) => [weight],
  RouteToBands: ({ cohort, bands, weight, window }) => [cohort, ...bands, weight, window],
  RouteThroughProfile: ({ cohort, profile, window }) => [cohort, profile, window],
  DetachDeclaration: ({ cohort, bands, window }) => [cohort, ...bands, window],
  ClaimDeclaration: ({ cohort, bands }) => [cohort, ...bands],

  BoundDeclaration: ({ metric, limit, unit, over, arms }) => [metric, limit, unit, over, ...arms],
  RangeLimit: ({ range }) => [range],
  ComparisonLimit: ({ value }) => [value],
  EntropyUnit: none,
  EntropyMetric: ({ band }) => [band],
  BandMetric: ({ band }) => [band],
  InfluenceMetric: ({ cohort, band }) => [cohort, band],
  LossMetric: ({ cohort }) => [cohort],
  LossGapMetric: ({ left, right }) => [left, right],
  BoundArm: ({ ladder }) => ladder,
  BoundStep: ({ action, after }) => [action, after],
  SimpleAction: none,
  FreezeAction: (node) => [node.band, node.for],
  ScaleAction: (node) => [node.band, node.to, node.for],
  ClipAction: (node) => [node.band, node.at, node.for],
  BlockAction: (node) => [node.cohort, node.band, node.for],
  SteerAction: (node) => [node.band, node.toward, node.strength, node.for],

  ProvenanceDeclaration: ({ clauses }) => clauses,
  RequireClause: ({ fields }) => fields,
  VerifyClause: none,
  TraceClause: ({ bands, behaviors, every, top }) => [...bands, ...behaviors, every, top],
  RetainClause: ({ duration }) => (duration === "forever" ? [] : [duration]),
  AttestClause: none,

  RulesetDeclaration: ({ name, parameters, rules }) => [name, ...parameters, ...rules],
  RulesetParameter: ({ name, type, defaultValue }) => [name, type, defaultValue],
  EntityType: none,
  ApplyDeclaration: ({ ruleset, arguments: given }) => [ruleset, ...given],
  Argument: ({ name, value }) => [name, value],

  TestDeclaration: ({ title, steps }) => [title, ...steps],
  GivenExample: ({ fields }) => fields,
  GivenField: ({ name, value }) => [name, value],
  LiteralSet: ({ values }) => values,
  GivenMetric: (node) => [node.metric, node.value, node.for],
  AtMoment: ({ index }) => [index],
  ExpectWeight: ({ band, weight }) => [band, weight],
  ExpectCohort: ({ cohort }) => [cohort],
  ExpectAction: ({ action }) => [action],
};

/** Every kind of node there is. */
export const NODE_KINDS = Object.keys(CHILDREN) as readonly NodeKind[]; // The table is total.
