/**
 * The syntax tree of a `.gov` file: what was written, nothing about what it means. Names are unresolved, windows
 * unevaluated, numbers as typed. Every node knows its span; a node that recovery could not complete is left out of
 * the tree (and reported), so consumers never meet half a node.
 */
import type { Span } from "../source/span.ts";

interface NodeBase<Kind extends string> {
  readonly kind: Kind;
  readonly span: Span;
}

/** A declaration's `///` lines, joined by line breaks, without the slashes. */
interface Documented {
  readonly documentation?: string;
}

export interface Name extends NodeBase<"Name"> {
  readonly text: string;
}

export interface PolicyFile extends NodeBase<"PolicyFile"> {
  readonly header?: Header;
  readonly imports: readonly Import[];
  readonly declarations: readonly Declaration[];
}

export interface Header extends NodeBase<"Header"> {
  readonly role: "policy" | "module";
  readonly name: Name;
  readonly title?: StringLiteral;
  readonly version?: StringLiteral;
}

export interface Import extends NodeBase<"Import"> {
  readonly names: readonly ImportedName[];
  readonly path: StringLiteral;
}

export interface ImportedName extends NodeBase<"ImportedName"> {
  readonly name: Name;
  readonly alias?: Name;
}

// ── literals, quantities, time ─────────────────────────────────────────────────────────────────────────────────

export interface StringLiteral extends NodeBase<"StringLiteral"> {
  readonly value: string;
}

export interface NumberLiteral extends NodeBase<"NumberLiteral"> {
  readonly value: number;
  /** As written, without the sign's spaces: `1_000`, `-0.5`, `1e-3`. */
  readonly raw: string;
  /** Written without point and exponent. */
  readonly integer: boolean;
}

export interface PercentLiteral extends NodeBase<"PercentLiteral"> {
  /** As a fraction: `25%` is 0.25. */
  readonly value: number;
  readonly raw: string;
}

export interface BooleanLiteral extends NodeBase<"BooleanLiteral"> {
  readonly value: boolean;
}

/** A name where a literal may stand: a param of the policy or of a ruleset. */
export interface Reference extends NodeBase<"Reference"> {
  readonly name: Name;
}

export type Literal = StringLiteral | NumberLiteral | PercentLiteral | BooleanLiteral;
export type Value = Literal | Reference;

export interface KeywordWeight extends NodeBase<"KeywordWeight"> {
  readonly keyword: "block" | "full";
}

export type Weight = KeywordWeight | NumberLiteral | PercentLiteral | Reference;

export interface Range extends NodeBase<"Range"> {
  readonly low: Value;
  readonly high: Value;
  /** `..<` */
  readonly excludesHigh: boolean;
}

export type TimeUnit = "steps" | "epochs" | "examples";

export interface Duration extends NodeBase<"Duration"> {
  readonly count: NumberLiteral | Reference;
  /** Absent only when the count is the name of a param of type `steps`. */
  readonly unit?: TimeUnit;
}

/** In force from `from` (inclusive) until `until` (exclusive), counted from the start of training. */
export interface Window extends NodeBase<"Window"> {
  readonly from?: Duration;
  readonly until?: Duration;
}

// ── types ──────────────────────────────────────────────────────────────────────────────────────────────────────

export type PrimitiveTypeName =
  | "string" | "int" | "float" | "bool" | "date" | "digest" | "fraction" | "steps"; // prettier-ignore

export interface PrimitiveType extends NodeBase<"PrimitiveType"> {
  readonly name: PrimitiveTypeName;
  readonly optional: boolean;
}

export interface EnumType extends NodeBase<"EnumType"> {
  readonly values: readonly StringLiteral[];
  readonly optional: boolean;
}

export interface SetType extends NodeBase<"SetType"> {
  readonly element: TypeExpression;
  readonly optional: boolean;
}

export type TypeExpression = PrimitiveType | EnumType | SetType;

// ── declarations ───────────────────────────────────────────────────────────────────────────────────────────────

export type Declaration =
  | ParamDeclaration
  | ModelDeclaration
  | ExampleDeclaration
  | BandDeclaration
  | CohortDeclaration
  | ProfileDeclaration
  | BehaviorDeclaration
  | RouteDeclaration
  | DetachDeclaration
  | BoundDeclaration
  | ProvenanceDeclaration
  | ClaimDeclaration
  | RulesetDeclaration
  | ApplyDeclaration
  | TestDeclaration;

export interface ParamDeclaration extends NodeBase<"ParamDeclaration">, Documented {
  readonly name: Name;
  readonly type: TypeExpression;
  readonly value: Literal;
  readonly range?: Range;
}

/** `model "model.json"` has a path; `model { layer … }` has layers. */
export interface ModelDeclaration extends NodeBase<"ModelDeclaration">, Documented {
  readonly path?: StringLiteral;
  readonly layers: readonly LayerStub[];
}

export interface LayerStub extends NodeBase<"LayerStub"> {
  readonly name: StringLiteral;
  readonly layerKind?: Name;
  readonly units?: NumberLiteral;
}

export interface ExampleDeclaration extends NodeBase<"ExampleDeclaration">, Documented {
  readonly fields: readonly FieldDeclaration[];
}

export interface FieldDeclaration extends NodeBase<"FieldDeclaration">, Documented {
  readonly name: Name;
  readonly type: TypeExpression;
  readonly range?: Range;
}

export interface BandDeclaration extends NodeBase<"BandDeclaration">, Documented {
  readonly name: Name;
  readonly expression: BandExpression;
}

export type BandExpression =
  | BandOperation
  | LayersByName
  | LayersByPosition
  | LayersByDepth
  | LayersFromEnd
  | LayersByKind
  | RestOfLayers
  | BandReference
  | BandGroup;

/** Left-associative, all operators of one precedence, as written. */
export interface BandOperation extends NodeBase<"BandOperation"> {
  readonly operator: "|" | "&" | "-";
  readonly left: BandExpression;
  readonly right: BandExpression;
}

export interface LayersByName extends NodeBase<"LayersByName"> {
  readonly globs: readonly StringLiteral[];
  readonly units?: UnitRange;
}

/** Output channels, inclusive. */
export interface UnitRange extends NodeBase<"UnitRange"> {
  readonly low: NumberLiteral | Reference;
  readonly high: NumberLiteral | Reference;
  readonly excludesHigh: boolean;
}

export interface LayersByPosition extends NodeBase<"LayersByPosition"> {
  readonly low: NumberLiteral | Reference;
  readonly high: NumberLiteral | Reference;
  readonly excludesHigh: boolean;
}

export interface LayersByDepth extends NodeBase<"LayersByDepth"> {
  readonly low: PercentLiteral | Reference;
  readonly high: PercentLiteral | Reference;
  readonly excludesHigh: boolean;
}

export interface LayersFromEnd extends NodeBase<"LayersFromEnd"> {
  readonly end: "first" | "last";
  readonly count: NumberLiteral | Reference;
}

export interface LayersByKind extends NodeBase<"LayersByKind"> {
  readonly layerKind: Name;
}

export type RestOfLayers = NodeBase<"RestOfLayers">;

export interface BandReference extends NodeBase<"BandReference"> {
  readonly name: Name;
}

/** Parentheses, kept so that the formatter prints them where the author wrote them. */
export interface BandGroup extends NodeBase<"BandGroup"> {
  readonly inner: BandExpression;
}

export interface CohortDeclaration extends NodeBase<"CohortDeclaration">, Documented {
  readonly name: Name;
  readonly predicate: Predicate;
}

export type Predicate =
  | LogicalPredicate
  | NotPredicate
  | GroupPredicate
  | ComparisonPredicate
  | InRangePredicate
  | InSetPredicate
  | MembershipPredicate
  | MatchesPredicate
  | HasPredicate
  | SamplePredicate
  | CohortReference;

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** `and` binds tighter than `or`; operands of one chain are flat, as written. */
export interface LogicalPredicate extends NodeBase<"LogicalPredicate"> {
  readonly operator: "and" | "or";
  readonly operands: readonly Predicate[];
}

export interface NotPredicate extends NodeBase<"NotPredicate"> {
  readonly operand: Predicate;
}

export interface GroupPredicate extends NodeBase<"GroupPredicate"> {
  readonly inner: Predicate;
}

export interface ComparisonPredicate extends NodeBase<"ComparisonPredicate"> {
  readonly field: Name;
  readonly operator: ComparisonOperator;
  readonly value: Value;
}

export interface InRangePredicate extends NodeBase<"InRangePredicate"> {
  readonly field: Name;
  readonly negated: boolean;
  readonly range: Range;
}

export interface InSetPredicate extends NodeBase<"InSetPredicate"> {
  readonly field: Name;
  readonly negated: boolean;
  readonly values: readonly Value[];
}

/** `"embargo" in tags` */
export interface MembershipPredicate extends NodeBase<"MembershipPredicate"> {
  readonly value: Value;
  readonly negated: boolean;
  readonly field: Name;
}

export interface MatchesPredicate extends NodeBase<"MatchesPredicate"> {
  readonly field: Name;
  readonly pattern: StringLiteral | Reference;
}

export interface HasPredicate extends NodeBase<"HasPredicate"> {
  readonly field: Name;
}

export interface SamplePredicate extends NodeBase<"SamplePredicate"> {
  readonly share: PercentLiteral | Reference;
  readonly seed?: NumberLiteral | Reference;
}

/** The name of a cohort, `all` included. */
export interface CohortReference extends NodeBase<"CohortReference"> {
  readonly name: Name;
}

export interface ProfileDeclaration extends NodeBase<"ProfileDeclaration">, Documented {
  readonly name: Name;
  readonly entries: readonly ProfileEntry[];
}

export interface ProfileEntry extends NodeBase<"ProfileEntry"> {
  readonly band: Name;
  readonly weight: Weight;
}

export interface BehaviorDeclaration extends NodeBase<"BehaviorDeclaration">, Documented {
  readonly name: Name;
  readonly probe: StringLiteral;
}

export interface RouteDeclaration extends NodeBase<"RouteDeclaration">, Documented {
  readonly route: RouteDefault | RouteToBands | RouteThroughProfile;
}

export interface RouteDefault extends NodeBase<"RouteDefault"> {
  readonly weight: Weight;
}

export interface RouteToBands extends NodeBase<"RouteToBands"> {
  readonly cohort: Name;
  readonly bands: readonly Name[];
  readonly weight: Weight;
  readonly window?: Window;
}

export interface RouteThroughProfile extends NodeBase<"RouteThroughProfile"> {
  readonly cohort: Name;
  readonly profile: Name;
  readonly window?: Window;
}

export interface DetachDeclaration extends NodeBase<"DetachDeclaration">, Documented {
  readonly cohort: Name;
  readonly bands: readonly Name[];
  readonly window?: Window;
}

export interface BoundDeclaration extends NodeBase<"BoundDeclaration">, Documented {
  readonly metric: Metric;
  readonly limit: RangeLimit | ComparisonLimit;
  readonly unit?: EntropyUnit;
  readonly over?: Duration;
  readonly arms: readonly BoundArm[];
}

export interface RangeLimit extends NodeBase<"RangeLimit"> {
  readonly range: Range;
}

export interface ComparisonLimit extends NodeBase<"ComparisonLimit"> {
  readonly operator: "<=" | ">=";
  readonly value: NumberLiteral | PercentLiteral | Reference;
}

export interface EntropyUnit extends NodeBase<"EntropyUnit"> {
  readonly name: "nats" | "bits" | "normalized";
}

export type MetricName =
  | "entropy" | "gradient_norm" | "update_ratio" | "dead_units" | "influence" | "loss" | "loss_gap"; // prettier-ignore

export type Metric = EntropyMetric | BandMetric | InfluenceMetric | LossMetric | LossGapMetric;

export interface EntropyMetric extends NodeBase<"EntropyMetric"> {
  readonly band: Name;
  /** `representation` when left out. */
  readonly of?: "representation" | "weights" | "gradient";
}

export interface BandMetric extends NodeBase<"BandMetric"> {
  readonly metric: "gradient_norm" | "update_ratio" | "dead_units";
  readonly band: Name;
}

export interface InfluenceMetric extends NodeBase<"InfluenceMetric"> {
  readonly cohort: Name;
  readonly band: Name;
}

export interface LossMetric extends NodeBase<"LossMetric"> {
  readonly cohort: Name;
}

export interface LossGapMetric extends NodeBase<"LossGapMetric"> {
  readonly left: Name;
  readonly right: Name;
}

export interface BoundArm extends NodeBase<"BoundArm"> {
  readonly side: "below" | "above" | "outside";
  /** The first step acts at once; each later one when the one before it was not achieved after its duration. */
  readonly ladder: readonly BoundStep[];
}

export interface BoundStep extends NodeBase<"BoundStep"> {
  readonly action: Action;
  /** `after` of a `then`; absent on the first step. */
  readonly after?: Duration;
}

export type Action = SimpleAction | FreezeAction | ScaleAction | ClipAction | BlockAction | SteerAction;

/** `skip step` is `skip`. */
export interface SimpleAction extends NodeBase<"SimpleAction"> {
  readonly name: "log" | "warn" | "halt" | "skip" | "rollback";
}

export interface FreezeAction extends NodeBase<"FreezeAction"> {
  readonly band: Name;
  readonly for?: Duration;
}

export interface ScaleAction extends NodeBase<"ScaleAction"> {
  readonly name: "attenuate" | "amplify";
  readonly band: Name;
  readonly to: Weight;
  readonly for?: Duration;
}

export interface ClipAction extends NodeBase<"ClipAction"> {
  readonly band: Name;
  readonly at: NumberLiteral | Reference;
  readonly for?: Duration;
}

export interface BlockAction extends NodeBase<"BlockAction"> {
  readonly cohort: Name;
  readonly band: Name;
  readonly for?: Duration;
}

export interface SteerAction extends NodeBase<"SteerAction"> {
  readonly band: Name;
  readonly toward: NumberLiteral | Reference;
  readonly strength: NumberLiteral | Reference;
  readonly for?: Duration;
}

export interface ProvenanceDeclaration extends NodeBase<"ProvenanceDeclaration">, Documented {
  readonly clauses: readonly ProvenanceClause[];
}

export type ProvenanceClause = RequireClause | VerifyClause | TraceClause | RetainClause | AttestClause;

export interface RequireClause extends NodeBase<"RequireClause"> {
  readonly fields: readonly Name[];
  /** `reject` when left out. */
  readonly otherwise?: "reject" | "quarantine" | "halt";
}

export type VerifyClause = NodeBase<"VerifyClause">;

export interface TraceClause extends NodeBase<"TraceClause"> {
  readonly bands: readonly Name[];
  readonly behaviors: readonly Name[];
  readonly every?: Duration;
  readonly top?: NumberLiteral | Reference;
}

export interface RetainClause extends NodeBase<"RetainClause"> {
  readonly duration: Duration | "forever";
}

export interface AttestClause extends NodeBase<"AttestClause"> {
  readonly moment: "release" | "epoch";
}

export interface ClaimDeclaration extends NodeBase<"ClaimDeclaration">, Documented {
  readonly claim: "never" | "always";
  readonly cohort: Name;
  readonly bands: readonly Name[];
}

export interface RulesetDeclaration extends NodeBase<"RulesetDeclaration">, Documented {
  readonly name: Name;
  readonly parameters: readonly RulesetParameter[];
  readonly rules: readonly Rule[];
}

export interface RulesetParameter extends NodeBase<"RulesetParameter"> {
  readonly name: Name;
  readonly type: TypeExpression | EntityType;
  readonly defaultValue?: Value;
}

export interface EntityType extends NodeBase<"EntityType"> {
  readonly entity: "band" | "cohort" | "profile" | "behavior";
}

export type Rule =
  RouteDeclaration | DetachDeclaration | BoundDeclaration | ClaimDeclaration | ApplyDeclaration;

export interface ApplyDeclaration extends NodeBase<"ApplyDeclaration">, Documented {
  readonly ruleset: Name;
  readonly arguments: readonly Argument[];
}

export interface Argument extends NodeBase<"Argument"> {
  readonly name?: Name;
  readonly value: Value;
}

export interface TestDeclaration extends NodeBase<"TestDeclaration">, Documented {
  readonly title: StringLiteral;
  readonly steps: readonly TestStep[];
}

export type TestStep = GivenExample | GivenMetric | AtMoment | ExpectWeight | ExpectCohort | ExpectAction;

export interface GivenExample extends NodeBase<"GivenExample"> {
  readonly fields: readonly GivenField[];
}

export interface GivenField extends NodeBase<"GivenField"> {
  readonly name: Name;
  readonly value: Value | LiteralSet;
}

export interface LiteralSet extends NodeBase<"LiteralSet"> {
  readonly values: readonly Value[];
}

export interface GivenMetric extends NodeBase<"GivenMetric"> {
  readonly metric: Metric;
  readonly value: NumberLiteral | Reference;
  readonly for: Duration;
}

export interface AtMoment extends NodeBase<"AtMoment"> {
  readonly unit: "step" | "epoch";
  readonly index: NumberLiteral | Reference;
}

export interface ExpectWeight extends NodeBase<"ExpectWeight"> {
  readonly band: Name;
  readonly weight: Weight;
}

export interface ExpectCohort extends NodeBase<"ExpectCohort"> {
  readonly negated: boolean;
  readonly cohort: Name;
}

export interface ExpectAction extends NodeBase<"ExpectAction"> {
  readonly negated: boolean;
  readonly action: Action;
}
