import type {
  ExpectCstNode,
  GivenCstNode,
  GivenFieldCstNode,
  MomentCstNode,
  TestCstNode,
  TestStepCstNode,
} from "../../../grammar/cst.gen.ts";
import { joinSpans } from "../../source/span.ts";
import type { AtMoment, GivenField, TestDeclaration, TestStep } from "../ast.ts";
import { buildAction, buildMetric } from "./bounds.ts";
import { buildName, documentationOf, first, spanOf, wordOf, type TreeContext } from "./context.ts";
import { buildCount, buildDuration, buildScalar, buildString, buildValue, buildWeight } from "./values.ts";

export function buildTest(context: TreeContext, node: TestCstNode): TestDeclaration {
  const { title, testStep } = node.children;
  const span = spanOf(context, node);
  return {
    kind: "TestDeclaration",
    span,
    ...documentationOf(context, span),
    title: buildString(context, title),
    steps: (testStep ?? []).map((step) => buildStep(context, step)),
  };
}

function buildStep(context: TreeContext, { children }: TestStepCstNode): TestStep {
  if (children.given) return buildGiven(context, first(children.given));
  if (children.moment) return buildMoment(context, first(children.moment));
  return buildExpect(context, first(children.expect));
}

function buildGiven(context: TreeContext, node: GivenCstNode): TestStep {
  const { givenExample, givenMetric } = node.children;
  const span = spanOf(context, node);
  if (givenExample) {
    const { givenField } = first(givenExample).children;
    return {
      kind: "GivenExample",
      span,
      fields: (givenField ?? []).map((each) => buildGivenField(context, each)),
    };
  }
  const { metric, scalar, duration } = first(givenMetric).children;
  return {
    kind: "GivenMetric",
    span,
    metric: buildMetric(context, first(metric)),
    value: buildScalar(context, first(scalar)),
    for: buildDuration(context, first(duration)),
  };
}

function buildGivenField(context: TreeContext, node: GivenFieldCstNode): GivenField {
  const name = buildName(context, node.children.name);
  const value = buildGivenValue(context, node);
  return { kind: "GivenField", span: joinSpans(name.span, value.span), name, value };
}

function buildGivenValue(context: TreeContext, { children }: GivenFieldCstNode): GivenField["value"] {
  if (children.value) return buildValue(context, first(children.value));
  const set = first(children.literalSet);
  const values = (set.children.value ?? []).map((value) => buildValue(context, value));
  return { kind: "LiteralSet", span: spanOf(context, set), values };
}

function buildMoment(context: TreeContext, node: MomentCstNode): AtMoment {
  const { unit, count } = node.children;
  return {
    kind: "AtMoment",
    span: spanOf(context, node),
    unit: wordOf<AtMoment["unit"]>(unit),
    index: buildCount(context, first(count)),
  };
}

function buildExpect(context: TreeContext, node: ExpectCstNode): TestStep {
  const { expectWeight, expectAbsence, expectNoAction, action, cohort } = node.children;
  const span = spanOf(context, node);
  if (expectWeight) {
    const { band, weight } = first(expectWeight).children;
    return {
      kind: "ExpectWeight",
      span,
      band: buildName(context, band),
      weight: buildWeight(context, first(weight)),
    };
  }
  if (expectAbsence) {
    const { cohort: absent } = first(expectAbsence).children;
    return { kind: "ExpectCohort", span, negated: true, cohort: buildName(context, absent) };
  }
  if (expectNoAction) {
    const { action: untaken } = first(expectNoAction).children;
    return { kind: "ExpectAction", span, negated: true, action: buildAction(context, first(untaken)) };
  }
  if (action)
    return { kind: "ExpectAction", span, negated: false, action: buildAction(context, first(action)) };
  return { kind: "ExpectCohort", span, negated: false, cohort: buildName(context, cohort) };
}
