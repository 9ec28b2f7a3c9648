import type {
  ConditionCstNode,
  ConjunctionCstNode,
  FieldTestCstNode,
  MembershipCstNode,
  NegationCstNode,
  PredicateCstNode,
} from "../../../grammar/cst.gen.ts";
import type { ComparisonOperator, Predicate } from "../ast.ts";
import { buildName, buildReference, first, spanOf, wordOf, type TreeContext } from "./context.ts";
import { buildCount, buildLiteral, buildPercentage, buildRange, buildString, buildValue } from "./values.ts";

export function buildPredicate(context: TreeContext, node: PredicateCstNode): Predicate {
  const operands = node.children.conjunction.map((operand) => buildConjunction(context, operand));
  return operands.length === 1
    ? first(operands)
    : { kind: "LogicalPredicate", span: spanOf(context, node), operator: "or", operands };
}

function buildConjunction(context: TreeContext, node: ConjunctionCstNode): Predicate {
  const operands = node.children.negation.map((operand) => buildNegation(context, operand));
  return operands.length === 1
    ? first(operands)
    : { kind: "LogicalPredicate", span: spanOf(context, node), operator: "and", operands };
}

function buildNegation(context: TreeContext, node: NegationCstNode): Predicate {
  const { condition, negation } = node.children;
  if (condition) return buildCondition(context, first(condition));
  return {
    kind: "NotPredicate",
    span: spanOf(context, node),
    operand: buildNegation(context, first(negation)),
  };
}

function buildCondition(context: TreeContext, node: ConditionCstNode): Predicate {
  const { children } = node;
  const span = spanOf(context, node);
  if (children.predicate) {
    return { kind: "GroupPredicate", span, inner: buildPredicate(context, first(children.predicate)) };
  }
  if (children.hasTest) {
    return { kind: "HasPredicate", span, field: buildName(context, first(children.hasTest).children.field) };
  }
  if (children.sampleTest) {
    const { percentage, count } = first(children.sampleTest).children;
    return {
      kind: "SamplePredicate",
      span,
      share: buildPercentage(context, first(percentage)),
      ...(count && { seed: buildCount(context, first(count)) }),
    };
  }
  if (children.membership) return buildMembership(context, first(children.membership));
  return buildFieldTest(context, first(children.fieldTest));
}

function buildMembership(context: TreeContext, node: MembershipCstNode): Predicate {
  const { literal, NotKeyword, field } = node.children;
  return {
    kind: "MembershipPredicate",
    span: spanOf(context, node),
    value: buildLiteral(context, first(literal)),
    negated: NotKeyword !== undefined,
    field: buildName(context, field),
  };
}

function buildFieldTest(context: TreeContext, node: FieldTestCstNode): Predicate {
  const { name, comparison, inclusion, match } = node.children;
  const span = spanOf(context, node);
  const field = buildName(context, name);
  if (comparison) {
    const { ComparisonOperator: operator, value } = first(comparison).children;
    return {
      kind: "ComparisonPredicate",
      span,
      field,
      operator: wordOf<ComparisonOperator>(operator),
      value: buildValue(context, first(value)),
    };
  }
  if (match) {
    const { StringLiteral, reference } = first(match).children;
    const pattern = StringLiteral ? buildString(context, StringLiteral) : buildReference(context, reference);
    return { kind: "MatchesPredicate", span, field, pattern };
  }
  if (inclusion === undefined) return { kind: "CohortReference", span, name: field };

  const { NotKeyword, values, range, field: set } = first(inclusion).children;
  const negated = NotKeyword !== undefined;
  if (range)
    return { kind: "InRangePredicate", span, field, negated, range: buildRange(context, first(range)) };
  if (values) {
    const members = first(values).children.value.map((value) => buildValue(context, value));
    return { kind: "InSetPredicate", span, field, negated, values: members };
  }
  const value = buildReference(context, name);
  return { kind: "MembershipPredicate", span, value, negated, field: buildName(context, set) };
}
