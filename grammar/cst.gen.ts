import type { CstNode, IToken } from "chevrotain";

export interface FileCstNode extends CstNode {
  name: "file";
  children: FileCstChildren;
}

export type FileCstChildren = {
  header?: HeaderCstNode[];
  import?: ImportCstNode[];
  declaration?: DeclarationCstNode[];
};

export interface HeaderCstNode extends CstNode {
  name: "header";
  children: HeaderCstChildren;
}

export type HeaderCstChildren = {
  role?: (IToken)[];
  name: IToken[];
  title?: IToken[];
  VersionKeyword?: IToken[];
  version?: IToken[];
};

export interface ImportCstNode extends CstNode {
  name: "import";
  children: ImportCstChildren;
}

export type ImportCstChildren = {
  ImportKeyword: IToken[];
  BraceOpen: IToken[];
  importedName: ImportedNameCstNode[];
  Comma?: IToken[];
  BraceClose: IToken[];
  FromKeyword: IToken[];
  path: IToken[];
};

export interface ImportedNameCstNode extends CstNode {
  name: "importedName";
  children: ImportedNameCstChildren;
}

export type ImportedNameCstChildren = {
  name: IToken[];
  AsKeyword?: IToken[];
  alias?: IToken[];
};

export interface DeclarationCstNode extends CstNode {
  name: "declaration";
  children: DeclarationCstChildren;
}

export type DeclarationCstChildren = {
  param?: ParamCstNode[];
  model?: ModelCstNode[];
  example?: ExampleCstNode[];
  band?: BandCstNode[];
  cohort?: CohortCstNode[];
  profile?: ProfileCstNode[];
  behavior?: BehaviorCstNode[];
  route?: RouteCstNode[];
  detach?: DetachCstNode[];
  bound?: BoundCstNode[];
  provenance?: ProvenanceCstNode[];
  claim?: ClaimCstNode[];
  ruleset?: RulesetCstNode[];
  apply?: ApplyCstNode[];
  test?: TestCstNode[];
};

export interface ParamCstNode extends CstNode {
  name: "param";
  children: ParamCstChildren;
}

export type ParamCstChildren = {
  ParamKeyword: IToken[];
  name: IToken[];
  Colon: IToken[];
  type: TypeCstNode[];
  Assign: IToken[];
  literal: LiteralCstNode[];
  InKeyword?: IToken[];
  range?: RangeCstNode[];
};

export interface ModelCstNode extends CstNode {
  name: "model";
  children: ModelCstChildren;
}

export type ModelCstChildren = {
  ModelKeyword: IToken[];
  path?: IToken[];
  BraceOpen?: IToken[];
  layerStub?: LayerStubCstNode[];
  BraceClose?: IToken[];
};

export interface LayerStubCstNode extends CstNode {
  name: "layerStub";
  children: LayerStubCstChildren;
}

export type LayerStubCstChildren = {
  LayerKeyword: IToken[];
  name: IToken[];
  KindKeyword?: IToken[];
  layerKind?: IToken[];
  UnitsKeyword?: IToken[];
  units?: IToken[];
};

export interface ExampleCstNode extends CstNode {
  name: "example";
  children: ExampleCstChildren;
}

export type ExampleCstChildren = {
  ExampleKeyword: IToken[];
  BraceOpen: IToken[];
  field?: FieldCstNode[];
  BraceClose: IToken[];
};

export interface FieldCstNode extends CstNode {
  name: "field";
  children: FieldCstChildren;
}

export type FieldCstChildren = {
  name: IToken[];
  Colon: IToken[];
  type: TypeCstNode[];
  InKeyword?: IToken[];
  range?: RangeCstNode[];
  Comma?: IToken[];
};

export interface TypeCstNode extends CstNode {
  name: "type";
  children: TypeCstChildren;
}

export type TypeCstChildren = {
  TypeName?: IToken[];
  enumType?: EnumTypeCstNode[];
  setType?: SetTypeCstNode[];
  Question?: IToken[];
};

export interface EnumTypeCstNode extends CstNode {
  name: "enumType";
  children: EnumTypeCstChildren;
}

export type EnumTypeCstChildren = {
  EnumKeyword: IToken[];
  ParenthesisOpen: IToken[];
  value: IToken[];
  Comma?: IToken[];
  ParenthesisClose: IToken[];
};

export interface SetTypeCstNode extends CstNode {
  name: "setType";
  children: SetTypeCstChildren;
}

export type SetTypeCstChildren = {
  SetKeyword: IToken[];
  Less: IToken[];
  type: TypeCstNode[];
  Greater: IToken[];
};

export interface LiteralCstNode extends CstNode {
  name: "literal";
  children: LiteralCstChildren;
}

export type LiteralCstChildren = {
  StringLiteral?: IToken[];
  number?: NumberCstNode[];
  PercentLiteral?: IToken[];
  True?: IToken[];
  False?: IToken[];
};

export interface NumberCstNode extends CstNode {
  name: "number";
  children: NumberCstChildren;
}

export type NumberCstChildren = {
  Minus?: IToken[];
  NumberLiteral: IToken[];
};

export interface ValueCstNode extends CstNode {
  name: "value";
  children: ValueCstChildren;
}

export type ValueCstChildren = {
  literal?: LiteralCstNode[];
  reference?: IToken[];
};

export interface QuantityCstNode extends CstNode {
  name: "quantity";
  children: QuantityCstChildren;
}

export type QuantityCstChildren = {
  number?: NumberCstNode[];
  PercentLiteral?: IToken[];
  reference?: IToken[];
};

export interface ScalarCstNode extends CstNode {
  name: "scalar";
  children: ScalarCstChildren;
}

export type ScalarCstChildren = {
  number?: NumberCstNode[];
  reference?: IToken[];
};

export interface CountCstNode extends CstNode {
  name: "count";
  children: CountCstChildren;
}

export type CountCstChildren = {
  NumberLiteral?: IToken[];
  reference?: IToken[];
};

export interface PercentageCstNode extends CstNode {
  name: "percentage";
  children: PercentageCstChildren;
}

export type PercentageCstChildren = {
  PercentLiteral?: IToken[];
  reference?: IToken[];
};

export interface RangeCstNode extends CstNode {
  name: "range";
  children: RangeCstChildren;
}

export type RangeCstChildren = {
  low: ValueCstNode[];
  RangeOperator: IToken[];
  high: ValueCstNode[];
};

export interface WeightCstNode extends CstNode {
  name: "weight";
  children: WeightCstChildren;
}

export type WeightCstChildren = {
  keyword?: (IToken)[];
  NumberLiteral?: IToken[];
  PercentLiteral?: IToken[];
  reference?: IToken[];
};

export interface DurationCstNode extends CstNode {
  name: "duration";
  children: DurationCstChildren;
}

export type DurationCstChildren = {
  NumberLiteral?: IToken[];
  unit?: (IToken)[];
  reference?: IToken[];
};

export interface WindowCstNode extends CstNode {
  name: "window";
  children: WindowCstChildren;
}

export type WindowCstChildren = {
  FromKeyword?: IToken[];
  from?: DurationCstNode[];
  UntilKeyword?: IToken[];
  until?: DurationCstNode[];
};

export interface BandsCstNode extends CstNode {
  name: "bands";
  children: BandsCstChildren;
}

export type BandsCstChildren = {
  band: IToken[];
  Comma?: IToken[];
};

export interface BandCstNode extends CstNode {
  name: "band";
  children: BandCstChildren;
}

export type BandCstChildren = {
  BandKeyword: IToken[];
  name: IToken[];
  Assign: IToken[];
  bandExpression: BandExpressionCstNode[];
};

export interface BandExpressionCstNode extends CstNode {
  name: "bandExpression";
  children: BandExpressionCstChildren;
}

export type BandExpressionCstChildren = {
  bandTerm: (BandTermCstNode)[];
  BandOperator?: IToken[];
};

export interface BandTermCstNode extends CstNode {
  name: "bandTerm";
  children: BandTermCstChildren;
}

export type BandTermCstChildren = {
  layers?: LayersCstNode[];
  depth?: DepthCstNode[];
  layersFromEnd?: LayersFromEndCstNode[];
  layersByKind?: LayersByKindCstNode[];
  RestKeyword?: IToken[];
  band?: IToken[];
  ParenthesisOpen?: IToken[];
  bandExpression?: BandExpressionCstNode[];
  ParenthesisClose?: IToken[];
};

export interface LayersCstNode extends CstNode {
  name: "layers";
  children: LayersCstChildren;
}

export type LayersCstChildren = {
  LayersKeyword: IToken[];
  glob?: IToken[];
  Comma?: IToken[];
  units?: UnitsCstNode[];
  low?: CountCstNode[];
  RangeOperator?: IToken[];
  high?: CountCstNode[];
};

export interface UnitsCstNode extends CstNode {
  name: "units";
  children: UnitsCstChildren;
}

export type UnitsCstChildren = {
  UnitsKeyword: IToken[];
  low: CountCstNode[];
  RangeOperator: IToken[];
  high: CountCstNode[];
};

export interface DepthCstNode extends CstNode {
  name: "depth";
  children: DepthCstChildren;
}

export type DepthCstChildren = {
  DepthKeyword: IToken[];
  low: PercentageCstNode[];
  RangeOperator: IToken[];
  high: PercentageCstNode[];
};

export interface LayersFromEndCstNode extends CstNode {
  name: "layersFromEnd";
  children: LayersFromEndCstChildren;
}

export type LayersFromEndCstChildren = {
  end?: (IToken)[];
  count: CountCstNode[];
  LayersKeyword: IToken[];
};

export interface LayersByKindCstNode extends CstNode {
  name: "layersByKind";
  children: LayersByKindCstChildren;
}

export type LayersByKindCstChildren = {
  KindKeyword: IToken[];
  layerKind: IToken[];
};

export interface CohortCstNode extends CstNode {
  name: "cohort";
  children: CohortCstChildren;
}

export type CohortCstChildren = {
  CohortKeyword: IToken[];
  name: IToken[];
  Assign: IToken[];
  predicate: PredicateCstNode[];
};

export interface PredicateCstNode extends CstNode {
  name: "predicate";
  children: PredicateCstChildren;
}

export type PredicateCstChildren = {
  conjunction: (ConjunctionCstNode)[];
  OrKeyword?: IToken[];
};

export interface ConjunctionCstNode extends CstNode {
  name: "conjunction";
  children: ConjunctionCstChildren;
}

export type ConjunctionCstChildren = {
  negation: (NegationCstNode)[];
  AndKeyword?: IToken[];
};

export interface NegationCstNode extends CstNode {
  name: "negation";
  children: NegationCstChildren;
}

export type NegationCstChildren = {
  NotKeyword?: IToken[];
  negation?: NegationCstNode[];
  condition?: ConditionCstNode[];
};

export interface ConditionCstNode extends CstNode {
  name: "condition";
  children: ConditionCstChildren;
}

export type ConditionCstChildren = {
  ParenthesisOpen?: IToken[];
  predicate?: PredicateCstNode[];
  ParenthesisClose?: IToken[];
  hasTest?: HasTestCstNode[];
  sampleTest?: SampleTestCstNode[];
  membership?: MembershipCstNode[];
  fieldTest?: FieldTestCstNode[];
};

export interface HasTestCstNode extends CstNode {
  name: "hasTest";
  children: HasTestCstChildren;
}

export type HasTestCstChildren = {
  HasKeyword: IToken[];
  field: IToken[];
};

export interface SampleTestCstNode extends CstNode {
  name: "sampleTest";
  children: SampleTestCstChildren;
}

export type SampleTestCstChildren = {
  SampleKeyword: IToken[];
  percentage: PercentageCstNode[];
  SeedKeyword?: IToken[];
  count?: CountCstNode[];
};

export interface MembershipCstNode extends CstNode {
  name: "membership";
  children: MembershipCstChildren;
}

export type MembershipCstChildren = {
  literal: LiteralCstNode[];
  NotKeyword?: IToken[];
  InKeyword: IToken[];
  field: IToken[];
};

export interface FieldTestCstNode extends CstNode {
  name: "fieldTest";
  children: FieldTestCstChildren;
}

export type FieldTestCstChildren = {
  name: IToken[];
  comparison?: ComparisonCstNode[];
  inclusion?: InclusionCstNode[];
  match?: MatchCstNode[];
};

export interface ComparisonCstNode extends CstNode {
  name: "comparison";
  children: ComparisonCstChildren;
}

export type ComparisonCstChildren = {
  ComparisonOperator: IToken[];
  value: ValueCstNode[];
};

export interface InclusionCstNode extends CstNode {
  name: "inclusion";
  children: InclusionCstChildren;
}

export type InclusionCstChildren = {
  NotKeyword?: IToken[];
  InKeyword: IToken[];
  values?: ValuesCstNode[];
  range?: RangeCstNode[];
  field?: IToken[];
};

export interface ValuesCstNode extends CstNode {
  name: "values";
  children: ValuesCstChildren;
}

export type ValuesCstChildren = {
  BraceOpen: IToken[];
  value: ValueCstNode[];
  Comma?: IToken[];
  BraceClose: IToken[];
};

export interface MatchCstNode extends CstNode {
  name: "match";
  children: MatchCstChildren;
}

export type MatchCstChildren = {
  MatchesKeyword: IToken[];
  StringLiteral?: IToken[];
  reference?: IToken[];
};

export interface ProfileCstNode extends CstNode {
  name: "profile";
  children: ProfileCstChildren;
}

export type ProfileCstChildren = {
  ProfileKeyword: IToken[];
  name: IToken[];
  BraceOpen: IToken[];
  profileEntry?: ProfileEntryCstNode[];
  BraceClose: IToken[];
};

export interface ProfileEntryCstNode extends CstNode {
  name: "profileEntry";
  children: ProfileEntryCstChildren;
}

export type ProfileEntryCstChildren = {
  band: IToken[];
  Colon: IToken[];
  weight: WeightCstNode[];
  Comma?: IToken[];
};

export interface BehaviorCstNode extends CstNode {
  name: "behavior";
  children: BehaviorCstChildren;
}

export type BehaviorCstChildren = {
  BehaviorKeyword: IToken[];
  name: IToken[];
  Assign: IToken[];
  ProbeKeyword: IToken[];
  probe: IToken[];
};

export interface RouteCstNode extends CstNode {
  name: "route";
  children: RouteCstChildren;
}

export type RouteCstChildren = {
  RouteKeyword: IToken[];
  DefaultKeyword?: IToken[];
  weight?: WeightCstNode[];
  cohort?: IToken[];
  toBands?: ToBandsCstNode[];
  throughProfile?: ThroughProfileCstNode[];
  window?: WindowCstNode[];
};

export interface ToBandsCstNode extends CstNode {
  name: "toBands";
  children: ToBandsCstChildren;
}

export type ToBandsCstChildren = {
  Arrow: IToken[];
  bands: BandsCstNode[];
  Colon: IToken[];
  weight: WeightCstNode[];
};

export interface ThroughProfileCstNode extends CstNode {
  name: "throughProfile";
  children: ThroughProfileCstChildren;
}

export type ThroughProfileCstChildren = {
  ThroughKeyword: IToken[];
  profile: IToken[];
};

export interface DetachCstNode extends CstNode {
  name: "detach";
  children: DetachCstChildren;
}

export type DetachCstChildren = {
  DetachKeyword: IToken[];
  cohort: IToken[];
  AtKeyword: IToken[];
  bands: BandsCstNode[];
  window?: WindowCstNode[];
};

export interface ClaimCstNode extends CstNode {
  name: "claim";
  children: ClaimCstChildren;
}

export type ClaimCstChildren = {
  claim?: (IToken)[];
  cohort: IToken[];
  Arrow: IToken[];
  bands: BandsCstNode[];
};

export interface RulesetCstNode extends CstNode {
  name: "ruleset";
  children: RulesetCstChildren;
}

export type RulesetCstChildren = {
  RulesetKeyword: IToken[];
  name: IToken[];
  ParenthesisOpen: IToken[];
  parameter?: ParameterCstNode[];
  Comma?: IToken[];
  ParenthesisClose: IToken[];
  BraceOpen: IToken[];
  rule?: RuleCstNode[];
  BraceClose: IToken[];
};

export interface ParameterCstNode extends CstNode {
  name: "parameter";
  children: ParameterCstChildren;
}

export type ParameterCstChildren = {
  name: IToken[];
  Colon: IToken[];
  type?: TypeCstNode[];
  EntityName?: IToken[];
  Assign?: IToken[];
  defaultValue?: ValueCstNode[];
};

export interface RuleCstNode extends CstNode {
  name: "rule";
  children: RuleCstChildren;
}

export type RuleCstChildren = {
  route?: RouteCstNode[];
  detach?: DetachCstNode[];
  bound?: BoundCstNode[];
  claim?: ClaimCstNode[];
  apply?: ApplyCstNode[];
};

export interface ApplyCstNode extends CstNode {
  name: "apply";
  children: ApplyCstChildren;
}

export type ApplyCstChildren = {
  ApplyKeyword: IToken[];
  ruleset: IToken[];
  ParenthesisOpen: IToken[];
  argument?: ArgumentCstNode[];
  Comma?: IToken[];
  ParenthesisClose: IToken[];
};

export interface ArgumentCstNode extends CstNode {
  name: "argument";
  children: ArgumentCstChildren;
}

export type ArgumentCstChildren = {
  name?: IToken[];
  Colon?: IToken[];
  value: ValueCstNode[];
};

export interface BoundCstNode extends CstNode {
  name: "bound";
  children: BoundCstChildren;
}

export type BoundCstChildren = {
  BoundKeyword: IToken[];
  metric: MetricCstNode[];
  rangeLimit?: RangeLimitCstNode[];
  comparisonLimit?: ComparisonLimitCstNode[];
  unit?: IToken[];
  OverKeyword?: IToken[];
  over?: DurationCstNode[];
  BraceOpen: IToken[];
  arm?: ArmCstNode[];
  BraceClose: IToken[];
};

export interface RangeLimitCstNode extends CstNode {
  name: "rangeLimit";
  children: RangeLimitCstChildren;
}

export type RangeLimitCstChildren = {
  InKeyword: IToken[];
  range: RangeCstNode[];
};

export interface ComparisonLimitCstNode extends CstNode {
  name: "comparisonLimit";
  children: ComparisonLimitCstChildren;
}

export type ComparisonLimitCstChildren = {
  operator?: (IToken)[];
  quantity: QuantityCstNode[];
};

export interface MetricCstNode extends CstNode {
  name: "metric";
  children: MetricCstChildren;
}

export type MetricCstChildren = {
  entropy?: EntropyCstNode[];
  bandMetric?: BandMetricCstNode[];
  influence?: InfluenceCstNode[];
  loss?: LossCstNode[];
  lossGap?: LossGapCstNode[];
};

export interface EntropyCstNode extends CstNode {
  name: "entropy";
  children: EntropyCstChildren;
}

export type EntropyCstChildren = {
  EntropyKeyword: IToken[];
  ParenthesisOpen: IToken[];
  band: IToken[];
  Comma?: IToken[];
  subject?: IToken[];
  ParenthesisClose: IToken[];
};

export interface BandMetricCstNode extends CstNode {
  name: "bandMetric";
  children: BandMetricCstChildren;
}

export type BandMetricCstChildren = {
  BandMetricName: IToken[];
  ParenthesisOpen: IToken[];
  band: IToken[];
  ParenthesisClose: IToken[];
};

export interface InfluenceCstNode extends CstNode {
  name: "influence";
  children: InfluenceCstChildren;
}

export type InfluenceCstChildren = {
  InfluenceKeyword: IToken[];
  ParenthesisOpen: IToken[];
  cohort: IToken[];
  Comma: IToken[];
  band: IToken[];
  ParenthesisClose: IToken[];
};

export interface LossCstNode extends CstNode {
  name: "loss";
  children: LossCstChildren;
}

export type LossCstChildren = {
  LossKeyword: IToken[];
  ParenthesisOpen: IToken[];
  cohort: IToken[];
  ParenthesisClose: IToken[];
};

export interface LossGapCstNode extends CstNode {
  name: "lossGap";
  children: LossGapCstChildren;
}

export type LossGapCstChildren = {
  LossGapKeyword: IToken[];
  ParenthesisOpen: IToken[];
  left: IToken[];
  Comma: IToken[];
  right: IToken[];
  ParenthesisClose: IToken[];
};

export interface ArmCstNode extends CstNode {
  name: "arm";
  children: ArmCstChildren;
}

export type ArmCstChildren = {
  side: IToken[];
  FatArrow: IToken[];
  action: ActionCstNode[];
  escalation?: EscalationCstNode[];
};

export interface EscalationCstNode extends CstNode {
  name: "escalation";
  children: EscalationCstChildren;
}

export type EscalationCstChildren = {
  ThenKeyword: IToken[];
  action: ActionCstNode[];
  AfterKeyword: IToken[];
  duration: DurationCstNode[];
};

export interface ActionCstNode extends CstNode {
  name: "action";
  children: ActionCstChildren;
}

export type ActionCstChildren = {
  SimpleActionName?: IToken[];
  skip?: SkipCstNode[];
  freeze?: FreezeCstNode[];
  scale?: ScaleCstNode[];
  clip?: ClipCstNode[];
  block?: BlockCstNode[];
  steer?: SteerCstNode[];
};

export interface SkipCstNode extends CstNode {
  name: "skip";
  children: SkipCstChildren;
}

export type SkipCstChildren = {
  SkipKeyword: IToken[];
  StepKeyword: IToken[];
};

export interface FreezeCstNode extends CstNode {
  name: "freeze";
  children: FreezeCstChildren;
}

export type FreezeCstChildren = {
  FreezeKeyword: IToken[];
  band: IToken[];
  horizon?: HorizonCstNode[];
};

export interface ScaleCstNode extends CstNode {
  name: "scale";
  children: ScaleCstChildren;
}

export type ScaleCstChildren = {
  ScaleActionName: IToken[];
  band: IToken[];
  ToKeyword: IToken[];
  weight: WeightCstNode[];
  horizon?: HorizonCstNode[];
};

export interface ClipCstNode extends CstNode {
  name: "clip";
  children: ClipCstChildren;
}

export type ClipCstChildren = {
  ClipKeyword: IToken[];
  band: IToken[];
  AtKeyword: IToken[];
  scalar: ScalarCstNode[];
  horizon?: HorizonCstNode[];
};

export interface BlockCstNode extends CstNode {
  name: "block";
  children: BlockCstChildren;
}

export type BlockCstChildren = {
  BlockKeyword: IToken[];
  cohort: IToken[];
  Arrow: IToken[];
  band: IToken[];
  horizon?: HorizonCstNode[];
};

export interface SteerCstNode extends CstNode {
  name: "steer";
  children: SteerCstChildren;
}

export type SteerCstChildren = {
  SteerKeyword: IToken[];
  band: IToken[];
  TowardKeyword: IToken[];
  target: ScalarCstNode[];
  StrengthKeyword: IToken[];
  strength: ScalarCstNode[];
  horizon?: HorizonCstNode[];
};

export interface HorizonCstNode extends CstNode {
  name: "horizon";
  children: HorizonCstChildren;
}

export type HorizonCstChildren = {
  ForKeyword: IToken[];
  duration: DurationCstNode[];
};

export interface ProvenanceCstNode extends CstNode {
  name: "provenance";
  children: ProvenanceCstChildren;
}

export type ProvenanceCstChildren = {
  ProvenanceKeyword: IToken[];
  BraceOpen: IToken[];
  clause?: ClauseCstNode[];
  BraceClose: IToken[];
};

export interface ClauseCstNode extends CstNode {
  name: "clause";
  children: ClauseCstChildren;
}

export type ClauseCstChildren = {
  require?: RequireCstNode[];
  verify?: VerifyCstNode[];
  trace?: TraceCstNode[];
  retain?: RetainCstNode[];
  attest?: AttestCstNode[];
};

export interface RequireCstNode extends CstNode {
  name: "require";
  children: RequireCstChildren;
}

export type RequireCstChildren = {
  RequireKeyword: IToken[];
  field: IToken[];
  Comma?: IToken[];
  ElseKeyword?: IToken[];
  otherwise?: (IToken)[];
};

export interface VerifyCstNode extends CstNode {
  name: "verify";
  children: VerifyCstChildren;
}

export type VerifyCstChildren = {
  VerifyKeyword: IToken[];
  DigestKeyword: IToken[];
};

export interface TraceCstNode extends CstNode {
  name: "trace";
  children: TraceCstChildren;
}

export type TraceCstChildren = {
  TraceKeyword: IToken[];
  bands: BandsCstNode[];
  TowardKeyword?: IToken[];
  behavior?: IToken[];
  Comma?: IToken[];
  EveryKeyword?: IToken[];
  duration?: DurationCstNode[];
  TopKeyword?: IToken[];
  count?: CountCstNode[];
};

export interface RetainCstNode extends CstNode {
  name: "retain";
  children: RetainCstChildren;
}

export type RetainCstChildren = {
  RetainKeyword: IToken[];
  ForeverKeyword?: IToken[];
  duration?: DurationCstNode[];
};

export interface AttestCstNode extends CstNode {
  name: "attest";
  children: AttestCstChildren;
}

export type AttestCstChildren = {
  AttestKeyword: IToken[];
  moment?: (IToken)[];
};

export interface TestCstNode extends CstNode {
  name: "test";
  children: TestCstChildren;
}

export type TestCstChildren = {
  TestKeyword: IToken[];
  title: IToken[];
  BraceOpen: IToken[];
  testStep?: TestStepCstNode[];
  BraceClose: IToken[];
};

export interface TestStepCstNode extends CstNode {
  name: "testStep";
  children: TestStepCstChildren;
}

export type TestStepCstChildren = {
  given?: GivenCstNode[];
  moment?: MomentCstNode[];
  expect?: ExpectCstNode[];
};

export interface GivenCstNode extends CstNode {
  name: "given";
  children: GivenCstChildren;
}

export type GivenCstChildren = {
  GivenKeyword: IToken[];
  givenExample?: GivenExampleCstNode[];
  givenMetric?: GivenMetricCstNode[];
};

export interface GivenExampleCstNode extends CstNode {
  name: "givenExample";
  children: GivenExampleCstChildren;
}

export type GivenExampleCstChildren = {
  BraceOpen: IToken[];
  givenField?: GivenFieldCstNode[];
  BraceClose: IToken[];
};

export interface GivenFieldCstNode extends CstNode {
  name: "givenField";
  children: GivenFieldCstChildren;
}

export type GivenFieldCstChildren = {
  name: IToken[];
  Colon: IToken[];
  value?: ValueCstNode[];
  literalSet?: LiteralSetCstNode[];
  Comma?: IToken[];
};

export interface LiteralSetCstNode extends CstNode {
  name: "literalSet";
  children: LiteralSetCstChildren;
}

export type LiteralSetCstChildren = {
  BraceOpen: IToken[];
  value?: ValueCstNode[];
  Comma?: IToken[];
  BraceClose: IToken[];
};

export interface GivenMetricCstNode extends CstNode {
  name: "givenMetric";
  children: GivenMetricCstChildren;
}

export type GivenMetricCstChildren = {
  metric: MetricCstNode[];
  Assign: IToken[];
  scalar: ScalarCstNode[];
  ForKeyword: IToken[];
  duration: DurationCstNode[];
};

export interface MomentCstNode extends CstNode {
  name: "moment";
  children: MomentCstChildren;
}

export type MomentCstChildren = {
  AtKeyword: IToken[];
  unit?: (IToken)[];
  count: CountCstNode[];
};

export interface ExpectCstNode extends CstNode {
  name: "expect";
  children: ExpectCstChildren;
}

export type ExpectCstChildren = {
  ExpectKeyword: IToken[];
  expectWeight?: ExpectWeightCstNode[];
  expectAbsence?: ExpectAbsenceCstNode[];
  expectNoAction?: ExpectNoActionCstNode[];
  action?: ActionCstNode[];
  cohort?: IToken[];
};

export interface ExpectWeightCstNode extends CstNode {
  name: "expectWeight";
  children: ExpectWeightCstChildren;
}

export type ExpectWeightCstChildren = {
  band: IToken[];
  Colon: IToken[];
  weight: WeightCstNode[];
};

export interface ExpectAbsenceCstNode extends CstNode {
  name: "expectAbsence";
  children: ExpectAbsenceCstChildren;
}

export type ExpectAbsenceCstChildren = {
  NotKeyword: IToken[];
  cohort: IToken[];
};

export interface ExpectNoActionCstNode extends CstNode {
  name: "expectNoAction";
  children: ExpectNoActionCstChildren;
}

export type ExpectNoActionCstChildren = {
  NoKeyword: IToken[];
  action: ActionCstNode[];
};
