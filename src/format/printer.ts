/** How each kind of node is written: one table from kind to layout, the only place that knows. */
import type { AstPath, Doc, ParserOptions } from "prettier";
import { builders } from "prettier/doc";
import type { TimeUnit } from "../syntax/ast.ts";
import { writeString } from "../syntax/string-text.ts";
import type { Node, NodeKind } from "../syntax/walk.ts";
import { looseComments, type Commented } from "./comments.ts";
import { block, clause, entries, lines, list, parentheses, sentence, set } from "./layout.ts";

const { group, hardline, indent, line, softline } = builders;

type NodeOf<Kind extends NodeKind> = Extract<Node, { kind: Kind }>;
type Print = (path: AstPath) => Doc;

/** A node with its parts ready to be set: `one` prints a child, `all` a list of them. */
interface Printing<Kind extends NodeKind> {
  readonly node: NodeOf<Kind>;
  readonly one: (key: keyof NodeOf<Kind> & string) => Doc;
  readonly all: (key: keyof NodeOf<Kind> & string) => readonly Doc[];
  /** Like `one`, for a part that may be absent. */
  readonly some: (key: keyof NodeOf<Kind> & string) => Doc | undefined;
  /** Items on lines of their own, with the author's blank lines between them. */
  readonly stack: (items: readonly Doc[], nodes: readonly Node[]) => Doc;
  /** The comments of a block that holds nothing else. */
  readonly remarks: Doc;
}

export function printNode(path: AstPath<Commented>, options: ParserOptions<Node>, print: Print): Doc {
  const { node } = path;
  const { above, inside } = looseComments(path, options);
  const one = (key: string): Doc => (path as AstPath).call(print, key);
  const printing = {
    node,
    one,
    all: (key: string): readonly Doc[] => (path as AstPath).map(print, key),
    some: (key: string): Doc | undefined => (Object.hasOwn(node, key) ? one(key) : undefined),
    stack: (items: readonly Doc[], nodes: readonly Node[]): Doc =>
      items.length === 0
        ? inside
        : lines(
            items,
            nodes.map(({ span }) => isBlankAfter(options.originalText, span.end)),
          ),
    remarks: inside,
  };
  // The table has an entry for each kind that takes the printing of that kind.
  const layout = LAYOUTS[node.kind] as (printing: unknown) => Doc;
  return [above, layout(printing)];
}

const TIME_UNITS: Readonly<Record<TimeUnit, string>> = {
  steps: "step",
  epochs: "epoch",
  examples: "example",
};

const LAYOUTS: { readonly [Kind in NodeKind]: (printing: Printing<Kind>) => Doc } = {
  // ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────
  PolicyFile: ({ node, some, all, stack }) => {
    const header = some("header");
    const units = [...(header === undefined ? [] : [header]), ...all("imports"), ...all("declarations")];
    const nodes = [...(node.header ? [node.header] : []), ...node.imports, ...node.declarations];
    const body = stack(units, nodes);
    return body === "" ? "" : [body, hardline];
  },
  Header: ({ node, one, some }) =>
    sentence(
      [node.role, " ", one("name")],
      node.title ? [line, one("title")] : "",
      clause("version", some("version")),
    ),
  Import: ({ one, all }) => ["import ", set(all("names")), " from ", one("path")],
  ImportedName: ({ node, one }) => [one("name"), node.alias ? [" as ", one("alias")] : ""],
  Name: ({ node }) => node.text,

  // ── literals, quantities, time ───────────────────────────────────────────────────────────────────────────────
  StringLiteral: ({ node }) => writeString(node.value),
  NumberLiteral: ({ node }) => node.raw,
  PercentLiteral: ({ node }) => node.raw,
  BooleanLiteral: ({ node }) => String(node.value),
  Reference: ({ one }) => one("name"),
  KeywordWeight: ({ node }) => node.keyword,
  Range: ({ node, one }) => [one("low"), rangeSign(node), one("high")],
  Duration: ({ node, one }) => {
    if (node.unit === undefined) return one("count");
    const isOne = node.count.kind === "NumberLiteral" && node.count.value === 1;
    return [one("count"), " ", isOne ? TIME_UNITS[node.unit] : node.unit];
  },
  Window: ({ some }) => [clause("from", some("from")), clause("until", some("until"))],

  // ── types ────────────────────────────────────────────────────────────────────────────────────────────────────
  PrimitiveType: ({ node }) => [node.name, optionalSign(node)],
  EnumType: ({ node, all }) => ["enum", parentheses(all("values")), optionalSign(node)],
  SetType: ({ node, one }) => ["set<", one("element"), ">", optionalSign(node)],

  // ── declarations ─────────────────────────────────────────────────────────────────────────────────────────────
  ParamDeclaration: ({ node, one }) => [
    "param ", one("name"), ": ", one("type"), " = ", one("value"), node.range ? [" in ", one("range")] : "",
  ], // prettier-ignore
  ModelDeclaration: ({ node, one, all, stack }) => [
    "model ",
    node.path ? one("path") : block(stack(all("layers"), node.layers)),
  ],
  LayerStub: ({ one, some }) =>
    sentence(["layer ", one("name")], clause("kind", some("layerKind")), clause("units", some("units"))),
  ExampleDeclaration: ({ node, all, stack }) => ["example ", block(stack(all("fields"), node.fields))],
  FieldDeclaration: ({ node, one }) => [
    one("name"),
    ": ",
    one("type"),
    node.range ? [" in ", one("range")] : "",
  ],

  // ── bands ────────────────────────────────────────────────────────────────────────────────────────────────────
  BandDeclaration: ({ node, one }) =>
    defined("band", one("name"), one("expression"), node.expression.kind === "BandOperation"),
  BandOperation: ({ node, one }) => [one("left"), line, node.operator, " ", one("right")],
  LayersByName: ({ all, some, node }) =>
    sentence("layers ", list(all("globs")), node.units ? [line, some("units") ?? ""] : ""),
  UnitRange: ({ node, one }) => ["units ", one("low"), rangeSign(node), one("high")],
  LayersByPosition: ({ node, one }) => ["layers ", one("low"), rangeSign(node), one("high")],
  LayersByDepth: ({ node, one }) => ["depth ", one("low"), rangeSign(node), one("high")],
  LayersFromEnd: ({ node, one }) => [node.end, " ", one("count"), " layers"],
  LayersByKind: ({ one }) => ["kind ", one("layerKind")],
  RestOfLayers: () => "rest",
  BandReference: ({ one }) => one("name"),
  BandGroup: ({ one }) => grouped(one("inner")),

  // ── cohorts ──────────────────────────────────────────────────────────────────────────────────────────────────
  CohortDeclaration: ({ node, one }) =>
    defined("cohort", one("name"), one("predicate"), node.predicate.kind === "LogicalPredicate"),
  LogicalPredicate: ({ node, all }) => {
    const [first = "", ...others] = all("operands").map((operand, index) =>
      node.operands[index]?.kind === "LogicalPredicate" ? group(indent(operand)) : operand,
    );
    return [first, ...others.map((operand) => [line, node.operator, " ", operand])];
  },
  NotPredicate: ({ one }) => ["not ", one("operand")],
  GroupPredicate: ({ one }) => grouped(one("inner")),
  ComparisonPredicate: ({ node, one }) => [one("field"), ` ${node.operator} `, one("value")],
  InRangePredicate: ({ node, one }) => [one("field"), inWord(node), one("range")],
  InSetPredicate: ({ node, one, all }) => [one("field"), inWord(node), set(all("values"))],
  MembershipPredicate: ({ node, one }) => [one("value"), inWord(node), one("field")],
  MatchesPredicate: ({ one }) => [one("field"), " matches ", one("pattern")],
  HasPredicate: ({ one }) => ["has ", one("field")],
  SamplePredicate: ({ node, one }) => ["sample ", one("share"), node.seed ? [" seed ", one("seed")] : ""],
  CohortReference: ({ one }) => one("name"),

  // ── profiles, behaviours, rules ──────────────────────────────────────────────────────────────────────────────
  ProfileDeclaration: ({ one, all, remarks }) => [
    "profile ",
    one("name"),
    " ",
    entries(all("entries"), remarks),
  ],
  ProfileEntry: ({ one }) => [one("band"), ": ", one("weight")],
  BehaviorDeclaration: ({ one }) => ["behavior ", one("name"), " = probe ", one("probe")],
  RouteDeclaration: ({ one }) => group(["route ", indent(one("route"))]),
  RouteDefault: ({ one }) => ["default ", one("weight")],
  RouteToBands: ({ one, all, some }) => [
    one("cohort"), " -> ", list(all("bands")), ": ", one("weight"), some("window") ?? "",
  ], // prettier-ignore
  RouteThroughProfile: ({ one, some }) => [one("cohort"), " through ", one("profile"), some("window") ?? ""],
  DetachDeclaration: ({ one, all, some }) =>
    sentence("detach ", one("cohort"), " at ", list(all("bands")), some("window") ?? ""),
  ClaimDeclaration: ({ node, one, all }) =>
    sentence([node.claim, " "], one("cohort"), " -> ", list(all("bands"))),
  RulesetDeclaration: ({ node, one, all, stack }) => [
    "ruleset ", one("name"), parentheses(all("parameters")), " ", block(stack(all("rules"), node.rules)),
  ], // prettier-ignore
  RulesetParameter: ({ node, one }) => [
    one("name"), ": ", one("type"), node.defaultValue ? [" = ", one("defaultValue")] : "",
  ], // prettier-ignore
  EntityType: ({ node }) => node.entity,
  ApplyDeclaration: ({ one, all }) => ["apply ", one("ruleset"), parentheses(all("arguments"))],
  Argument: ({ node, one }) => [node.name ? [one("name"), ": "] : "", one("value")],

  // ── bounds ───────────────────────────────────────────────────────────────────────────────────────────────────
  BoundDeclaration: ({ node, one, all, some, stack }) => [
    sentence(
      ["bound ", one("metric")],
      [line, one("limit")],
      node.unit ? [" ", one("unit")] : "",
      clause("over", some("over")),
    ),
    " ",
    block(stack(all("arms"), node.arms)),
  ],
  RangeLimit: ({ one }) => ["in ", one("range")],
  ComparisonLimit: ({ node, one }) => [node.operator, " ", one("value")],
  EntropyUnit: ({ node }) => node.name,
  EntropyMetric: ({ node, one }) => ["entropy(", one("band"), node.of ? `, ${node.of}` : "", ")"],
  BandMetric: ({ node, one }) => [node.metric, "(", one("band"), ")"],
  InfluenceMetric: ({ one }) => ["influence(", one("cohort"), ", ", one("band"), ")"],
  LossMetric: ({ one }) => ["loss(", one("cohort"), ")"],
  LossGapMetric: ({ one }) => ["loss_gap(", one("left"), ", ", one("right"), ")"],
  BoundArm: ({ node, all }) => sentence([node.side, " => "], ...all("ladder")),
  BoundStep: ({ node, one }) =>
    node.after ? [line, "then ", one("action"), " after ", one("after")] : one("action"),
  SimpleAction: ({ node }) => (node.name === "skip" ? "skip step" : node.name),
  FreezeAction: ({ one, some }) => ["freeze ", one("band"), horizon(some("for"))],
  ScaleAction: ({ node, one, some }) => [
    node.name,
    " ",
    one("band"),
    " to ",
    one("to"),
    horizon(some("for")),
  ],
  ClipAction: ({ one, some }) => ["clip ", one("band"), " at ", one("at"), horizon(some("for"))],
  BlockAction: ({ one, some }) => ["block ", one("cohort"), " -> ", one("band"), horizon(some("for"))],
  SteerAction: ({ one, some }) => [
    "steer ", one("band"), " toward ", one("toward"), " strength ", one("strength"), horizon(some("for")),
  ], // prettier-ignore

  // ── provenance ───────────────────────────────────────────────────────────────────────────────────────────────
  ProvenanceDeclaration: ({ node, all, stack }) => [
    "provenance ",
    block(stack(all("clauses"), node.clauses)),
  ],
  RequireClause: ({ node, all }) =>
    sentence("require ", list(all("fields")), node.otherwise ? [line, "else ", node.otherwise] : ""),
  VerifyClause: () => "verify digest",
  TraceClause: ({ node, all, some }) =>
    sentence(
      "trace ",
      list(all("bands")),
      node.behaviors.length > 0 ? [line, "toward ", list(all("behaviors"))] : "",
      clause("every", some("every")),
      clause("top", some("top")),
    ),
  RetainClause: ({ node, one }) => ["retain ", node.duration === "forever" ? "forever" : one("duration")],
  AttestClause: ({ node }) => ["attest ", node.moment],

  // ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────
  TestDeclaration: ({ node, one, all, stack }) => [
    "test ",
    one("title"),
    " ",
    block(stack(all("steps"), node.steps)),
  ],
  GivenExample: ({ all, remarks }) => ["given ", entries(all("fields"), remarks)],
  GivenField: ({ one }) => [one("name"), ": ", one("value")],
  LiteralSet: ({ all }) => set(all("values")),
  GivenMetric: ({ one }) => ["given ", one("metric"), " = ", one("value"), " for ", one("for")],
  AtMoment: ({ node, one }) => ["at ", node.unit, " ", one("index")],
  ExpectWeight: ({ one }) => ["expect ", one("band"), ": ", one("weight")],
  ExpectCohort: ({ node, one }) => ["expect ", node.negated ? "not " : "", one("cohort")],
  ExpectAction: ({ node, one }) => ["expect ", node.negated ? "no " : "", one("action")],
};

// The author left a line empty behind this item, its comma and the comments on its line.
function isBlankAfter(text: string, offset: number): boolean {
  const rest = /[ \t,]*(?:\/\*[^]*?\*\/[ \t]*)*(?:\/\/[^\n]*)?\n[ \t]*\n/y;
  rest.lastIndex = offset;
  return rest.test(text);
}

/** `band x = …`; a chain of operators that does not fit goes below, one operand on each line. */
function defined(keyword: string, name: Doc, meaning: Doc, isChain: boolean): Doc {
  const head = [keyword, " ", name, " ="];
  return isChain ? group([head, indent([line, meaning])]) : group([head, " ", indent(meaning)]);
}

function grouped(inner: Doc): Doc {
  return group(["(", indent([softline, inner]), softline, ")"]);
}

function rangeSign({ excludesHigh }: { readonly excludesHigh: boolean }): string {
  return excludesHigh ? "..<" : "..";
}

function optionalSign({ optional }: { readonly optional: boolean }): string {
  return optional ? "?" : "";
}

function inWord({ negated }: { readonly negated: boolean }): string {
  return negated ? " not in " : " in ";
}

function horizon(duration: Doc | undefined): Doc {
  return duration === undefined ? "" : [" for ", duration];
}
