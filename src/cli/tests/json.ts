import { coverageRatio } from "../../reason/coverage.ts";
import type { Failure, TestResult } from "../../reason/tests/result.ts";
import { describeLoadProblem } from "../problem.ts";
import { toJson } from "../diagnostics/json.ts";
import { placesOf } from "../open.ts";
import type { TestRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { countCoverage, tellUncovered } from "./coverage.ts";
import { tellFailures } from "../../ide/tell/failures.ts";
import { hasPassed, type RanTests, type TestedFile } from "./tested-file.ts";

/** The results as programs read them. */
export function describeTests(
  files: readonly TestedFile[],
  { coverage }: Pick<TestRequest, "coverage">,
  terminal: Terminal,
): unknown {
  const ran = files.filter((file) => file.kind === "ran");
  const results = ran.flatMap((file) => file.results);
  const passed = results.filter(hasPassed).length;
  return {
    tests: results.length,
    passed,
    failed: results.length - passed,
    ...(coverage ? { coverage: coverageRatio(ran.map((file) => file.coverage)) } : {}),
    files: files.map((file) => {
      switch (file.kind) {
        case "problem":
          return { file: file.shown, problem: describeLoadProblem(file, terminal) };
        case "wrong":
          return { file: file.shown, errors: file.errors.map((error) => toJson(error, file.showing)) };
        case "ran":
          return describeFile(file, coverage ? { coverage: describeCoverage(file) } : {});
      }
    }),
  };
}

function describeFile(file: RanTests, details: Readonly<Record<string, unknown>>): unknown {
  return { file: file.shown, tests: file.results.map((result) => describeResult(result, file)), ...details };
}

function describeResult(result: TestResult, file: RanTests): unknown {
  const showPlace = placesOf(file.showing);
  const told = tellFailures(result, file.policy, showPlace);
  return {
    title: result.test.title,
    place: showPlace(result.test.span),
    passed: hasPassed(result),
    failures: result.failures.map((failure, index) => ({
      kind: failure.kind,
      message: told[index]?.message,
      place: showPlace(failure.expectation.span),
      ...factsOf(failure, showPlace),
      labels: told[index]?.labels.map(({ span, text }) => ({ place: showPlace(span), text })),
      notes: told[index]?.notes,
    })),
  };
}

function factsOf(
  failure: Failure,
  showPlace: ReturnType<typeof placesOf>,
): Readonly<Record<string, unknown>> {
  switch (failure.kind) {
    case "weight": {
      const { witness, weight, expectation, deciding, cell } = failure;
      const decidedBy = deciding.map(({ span }) => showPlace(span));
      return { ...witness, expected: expectation.weight, found: weight, bands: [...cell], decidedBy };
    }
    case "cohort":
      return { ...failure.witness };
    case "action_taken":
      return { taken: { clock: failure.taken.clock, place: showPlace(failure.taken.span) } };
    case "action_missing":
      return { reason: failure.reason };
    case "undecided":
      return {};
  }
}

function describeCoverage({ coverage, showing }: RanTests): unknown {
  return { ...countCoverage([coverage]), uncovered: tellUncovered(coverage, placesOf(showing)) };
}
