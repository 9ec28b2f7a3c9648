import { suggestName } from "../source/nearest.ts";
import type { Span } from "../source/span.ts";
import type { AtMoment, GivenExample, GivenField, TestDeclaration, TestStep } from "../syntax/ast.ts";
import { readAction, readMetric } from "./bounds.ts";
import { entityOf, TOP_LEVEL, type CheckContext } from "./context.ts";
import { inRange } from "./ranges.ts";
import type { Expectation, Field, GivenStep, PolicyTest, Scalar } from "./policy.ts";
import { readCount, readNumber, readPositiveDuration, readScalar, readWeight } from "./values.ts";

/** A test of the policy; steps with problems are left out, which have been reported. */
export function readTest(node: TestDeclaration, context: CheckContext): PolicyTest {
  const given: GivenStep[] = [];
  const expect: Expectation[] = [];
  const moments: PolicyTest["at"][] = [];
  const said: Said = { fields: new Map(), moments: new Map() };
  for (const step of node.steps) {
    const read = readStep(step, said, context);
    if (read === undefined) continue;
    if ("given" in read) given.push(read.given);
    else if ("at" in read) moments.push(read.at);
    else expect.push(read.expect);
  }
  const at: PolicyTest["at"] = moments.length === 0 ? { step: 0 } : Object.assign({}, ...moments);
  if (!node.steps.some((step) => step.kind.startsWith("Expect"))) {
    context.report("GOV5003", node.title.span, "this test expects nothing, so it cannot fail", {
      help: "add an `expect`",
    });
  }
  const isFed = node.steps.some((step) => step.kind === "GivenMetric");
  for (const step of node.steps) {
    if (isFed || step.kind !== "ExpectAction" || !step.negated) continue;
    context.report("GOV5003", step.span, "no metric is given, so no bound acts, and this cannot fail", {
      help: "give one that a bound is on: `given loss(all) = 2 for 100 steps`",
    });
  }
  return { title: node.title.value, given, at, expect, span: node.span };
}

/** What the steps of one test have said so far: together they describe one example at one moment. */
interface Said {
  readonly fields: Map<string, Span>;
  readonly moments: Map<AtMoment["unit"], Span>;
}

type ReadStep =
  { readonly given: GivenStep } | { readonly at: PolicyTest["at"] } | { readonly expect: Expectation };

function readStep(node: TestStep, said: Said, context: CheckContext): ReadStep | undefined {
  const { span } = node;
  switch (node.kind) {
    case "GivenExample":
      return { given: { kind: "example", fields: readFields(node, said, context), span } };
    case "GivenMetric": {
      const metric = readMetric(node.metric, context, TOP_LEVEL);
      const value = readNumber(node.value, context, TOP_LEVEL)?.value;
      const lasting = readPositiveDuration(node.for, context, TOP_LEVEL)?.value;
      if (metric === undefined || value === undefined || lasting === undefined) return undefined;
      return { given: { kind: "metric", metric, value, for: lasting, span } };
    }
    case "AtMoment": {
      const index = readCount(node.index, context, TOP_LEVEL)?.value;
      if (isSaidTwice(`the ${node.unit}`, span, said.moments.get(node.unit), context)) return undefined;
      said.moments.set(node.unit, span);
      if (index === undefined) return undefined;
      return { at: node.unit === "step" ? { step: index } : { epoch: index } };
    }
    case "ExpectWeight": {
      const band = entityOf(node.band, context, TOP_LEVEL);
      const weight = readWeight(node.weight, context, TOP_LEVEL)?.value;
      return band === undefined || weight === undefined
        ? undefined
        : { expect: { kind: "weight", band, weight, span } };
    }
    case "ExpectCohort": {
      const cohort = entityOf(node.cohort, context, TOP_LEVEL);
      return cohort === undefined
        ? undefined
        : { expect: { kind: "cohort", cohort, negated: node.negated, span } };
    }
    case "ExpectAction": {
      const action = readAction(node.action, context, TOP_LEVEL);
      return action === undefined
        ? undefined
        : { expect: { kind: "action", action, negated: node.negated, span } };
    }
  }
}

function isSaidTwice(what: string, span: Span, earlier: Span | undefined, context: CheckContext): boolean {
  if (earlier === undefined) return false;
  context.report("GOV3018", span, `${what} is given twice`, {
    related: [{ span: earlier, text: "first given here" }],
  });
  return true;
}

function readFields(
  node: GivenExample,
  said: Said,
  context: CheckContext,
): Readonly<Record<string, Scalar | readonly Scalar[]>> {
  const entries = node.fields.flatMap((given): (readonly [string, Scalar | readonly Scalar[]])[] => {
    const name = given.name.text;
    if (isSaidTwice(`\`${name}\``, given.name.span, said.fields.get(name), context)) return [];
    said.fields.set(name, given.name.span);
    if (context.contested.has(name)) return [];
    const field = context.schema.get(name);
    if (field === undefined) {
      context.report("GOV2001", given.name.span, `there is no field \`${name}\``, {
        help: suggestName(name, context.schema.keys()),
      });
      return [];
    }
    const value = readGiven(given, field, context);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

function readGiven(
  given: GivenField,
  field: Field,
  context: CheckContext,
): Scalar | readonly Scalar[] | undefined {
  const { value: node } = given;
  const { type } = field;
  if (node.kind === "LiteralSet") {
    if (type.kind !== "set") {
      context.report("GOV3001", node.span, `\`${field.name}\` is not a set`, {
        help: "write one value, without braces",
      });
      return undefined;
    }
    const values = node.values.map((value) => readScalar(value, type.element, context, TOP_LEVEL)?.value);
    return values.every((value) => value !== undefined) ? values : undefined;
  }
  if (type.kind === "set") {
    context.report("GOV3001", node.span, `\`${field.name}\` is a set`, {
      help: 'write its elements in braces: `{ "a", "b" }`',
    });
    return undefined;
  }
  const value = readScalar(node, type, context, TOP_LEVEL)?.value;
  if (value !== undefined && field.range !== undefined && !inRange(value, field.range)) {
    context.report("GOV3002", node.span, `\`${field.name}\` is given outside its range`, {
      related: [{ span: field.span, text: "declared here" }],
    });
    return undefined;
  }
  return value;
}
