import { runTests } from "../../../src/reason/tests/run.ts";
import type { Failure, TestResult } from "../../../src/reason/tests/result.ts";
import { compileText } from "../../check/compiled.ts";

/** What becomes of a policy's tests: `passes`, or the failures in short. */
export function verdicts(text: string): readonly string[] {
  return resultsOf(text).map(({ failures }) =>
    failures.length === 0 ? "passes" : failures.map(tell).join("; "),
  );
}

/** The verdict on the one test of a policy. */
export function verdict(text: string): string | undefined {
  return verdicts(text)[0];
}

export function resultsOf(text: string): readonly TestResult[] {
  const { policy, network, extents, diagnostics } = compileText(text);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (policy === undefined || errors.length > 0)
    throw new Error(errors.map(({ message }) => message).join("; "));
  return runTests(policy, network && extents && { network, extents });
}

function tell(failure: Failure): string {
  switch (failure.kind) {
    case "weight": {
      const { witness, weight, deciding, expectation } = failure;
      const lines = deciding.length === 0 ? "default" : deciding.map(({ span }) => span.line).join();
      return `${expectation.band} is ${String(weight)} by ${lines} for ${tellWitness(witness)}`;
    }
    case "cohort":
      return `${failure.expectation.negated ? "in" : "not in"} ${failure.expectation.cohort}: ${tellWitness(failure.witness)}`;
    case "action_missing":
      return failure.reason;
    case "action_taken":
      return `${failure.taken.action.kind} at step ${String(failure.taken.clock.step)}`;
    case "undecided":
      return "undecided";
  }
}

function tellWitness({ example, run }: Extract<Failure, { kind: "weight" }>["witness"]): string {
  const known = Object.entries(run).map(([name, value]) => ` ${name} ${String(value)}`);
  return `${JSON.stringify(example)}${known.join("")}`;
}
