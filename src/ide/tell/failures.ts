import type { Policy, RouteRule } from "../../check/policy.ts";
import type { ShowPlace } from "../../lower/tfjs/print.ts";
import { sayAction, sayWeight } from "../../lower/words.ts";
import type { Witness } from "../../reason/tests/case.ts";
import type { Failure, TestResult, WeightFailure } from "../../reason/tests/result.ts";
import { diagnose, type Diagnostic, type Label } from "../../source/diagnostic.ts";
import { sayMeasured, sayMoment, showExample } from "./witness.ts";
import { tellTrace } from "./trace.ts";

/** The failed expectations of a test; how its bounds came to what they did is told with the first of them. */
export function tellFailures(
  result: TestResult,
  policy: Policy,
  showPlace: ShowPlace,
): readonly ToldFailure[] {
  const told = result.failures.map((failure) => tellFailure(failure, { policy, result, showPlace }));
  const first = told.find(({ notes }) => notes.some(({ kind }) => kind === TRACE));
  return told.map((failure) =>
    failure === first ? failure : { ...failure, notes: failure.notes.filter(({ kind }) => kind !== TRACE) },
  );
}

const TRACE = "trace";

/** A failed expectation in words, ready for any format. */
export interface ToldFailure {
  readonly message: string;
  /** The expectation first, then the lines that decided. */
  readonly labels: readonly [Label, ...Label[]];
  readonly notes: readonly { readonly kind: string; readonly text: string }[];
}

interface FailureSetting {
  readonly policy: Policy;
  readonly result: TestResult;
  readonly showPlace: ShowPlace;
}

function tellFailure(failure: Failure, { policy, result, showPlace }: FailureSetting): ToldFailure {
  const { span } = failure.expectation;
  const trace = (): ToldFailure["notes"] => [
    { kind: TRACE, text: tellTrace(result, policy.bounds, showPlace).join("\n") },
  ];
  switch (failure.kind) {
    case "weight":
      return tellWeight(failure, policy, showPlace);
    case "cohort": {
      const { cohort, negated } = failure.expectation;
      const declared = policy.cohorts.find(({ name }) => name === cohort);
      return {
        message: negated
          ? `expected \`not ${cohort}\`, and an example of this test is in \`${cohort}\``
          : `expected \`${cohort}\`, and an example of this test is not in it`,
        labels: [
          { span, text: negated ? "this one is in it" : "this one is not in it" },
          ...(declared === undefined ? [] : [{ span: declared.span, text: "the cohort" }]),
        ],
        notes: [noteOf(failure.witness)],
      };
    }
    case "action_missing": {
      const action = sayAction(failure.expectation.action);
      const message = `expected \`${action}\`, which is never done`;
      if (failure.reason === "no metric given") {
        const help = "give one that a bound is on: `given entropy(b) = 0.1 for 100 steps`";
        return {
          message,
          labels: [{ span, text: "no metric is given" }],
          notes: [{ kind: "help", text: help }],
        };
      }
      const text = failure.reason === "no bound" ? "no bound is on a metric that is given" : "never done";
      return { message, labels: [{ span, text }], notes: trace() };
    }
    case "action_taken": {
      const { action, clock, span: place } = failure.taken;
      return {
        message: `expected no \`${sayAction(failure.expectation.action)}\`, and it is done`,
        labels: [
          { span, text: `done at step ${clock.step}` },
          { span: place, text: `\`${sayAction(action)}\` is done here` },
        ],
        notes: trace(),
      };
    }
    case "undecided":
      return {
        message: "this cannot be decided: too many cases would have to be tried",
        labels: [{ span, text: "not decided, so not passed" }],
        notes: [{ kind: "help", text: "give more of the example's fields" }],
      };
  }
}

function tellWeight(
  { expectation, witness, cell, isWhole, weight, deciding }: WeightFailure,
  policy: Policy,
  showPlace: ShowPlace,
): ToldFailure {
  const { band, weight: expected, span } = expectation;
  const others = [...cell].filter((name) => name !== "all" && name !== band);
  const overlap = others.map((name) => `\`${name}\``).join(", ");
  const part = isWhole ? "" : others.length === 0 ? " where no other band is" : ` where ${overlap} is, too`;
  const byDefault =
    policy.defaultWeight.span === undefined
      ? []
      : [{ span: policy.defaultWeight.span, text: "no rule speaks, and this is the default" }];
  return {
    message: `expected \`${band}\` to be ${sayWeight(expected)}; it is ${sayWeight(weight)}${part}`,
    labels: [
      { span, text: `it is ${sayWeight(weight)}` },
      ...(deciding.length === 0 ? byDefault : deciding.flatMap((rule) => labelsOf(rule, weight))),
    ],
    notes: [
      noteOf(witness),
      deciding.length === 0
        ? { kind: "decided by", text: "the default, as no rule speaks" }
        : { kind: "decided by", text: deciding.map((rule) => showRule(rule, showPlace)).join("\n") },
    ],
  };
}

function labelsOf({ span, via }: RouteRule, weight: number): readonly Label[] {
  return [
    { span, text: `gives ${sayWeight(weight)}` },
    ...via.toReversed().map((place) => ({ span: place, text: "by way of this" })),
  ];
}

function showRule({ cohort, band, weight, span }: RouteRule, showPlace: ShowPlace): string {
  return `\`${cohort} -> ${band}: ${sayWeight(weight)}\`  ${showPlace(span)}`;
}

function noteOf({ example, run, moment }: Witness): ToldFailure["notes"][number] {
  const given = showExample(example);
  const said = [
    given === undefined ? "any" : `\`given ${given}\``,
    ...sayMeasured(run),
    ...(sayMoment(moment) === "" ? [] : [`at ${sayMoment(moment)}`]),
  ];
  return { kind: "example", text: said.join(" ") };
}

/** The failed expectations as diagnostics, for the formats that know nothing of tests. */
export function diagnoseFailures(
  result: TestResult,
  policy: Policy,
  showPlace: ShowPlace,
): readonly Diagnostic[] {
  return tellFailures(result, policy, showPlace).map(({ message, labels, notes }) => {
    const [{ span, text }, ...related] = labels;
    const help = [`test: ${result.test.title}`, ...notes.map((note) => `${note.kind}: ${note.text}`)];
    return diagnose("GOV5010", span, message, {
      ...(text === undefined ? {} : { label: text }),
      related,
      help: help.join("\n"),
    });
  });
}
