import type { CheckedPolicy } from "../../check/policy.ts";
import { sayWeight } from "../../lower/words.ts";
import { coverTests, type CoveredDecision } from "../../reason/coverage.ts";
import type { ExampleRecord } from "../../reason/example.ts";
import { runTests } from "../../reason/tests/run.ts";
import { explainWeights } from "../../reason/why.ts";
import { spanAt } from "../../source/text.ts";
import { writeString } from "../../syntax/string-text.ts";
import type { Draft } from "../draft.ts";
import type { Action, ActionSetting } from "./action.ts";

/** Beyond so many rules, what tests leave out is for `gov test --coverage`: it takes more than a moment to find. */
const MOST_RULES = 60;

/** For the decisions of a route, or all of them at a test, that no test looks at: a test of the first. */
export function offerMissingTest({ draft, range }: ActionSetting): readonly Action[] {
  const { policy } = draft.compilation;
  const { source, file } = draft.parsed;
  const at = file.declarations.find(({ span }) => span.start <= range.start && range.start <= span.end);
  if (policy === undefined || at === undefined || policy.rules.length > MOST_RULES) return [];
  if (at.kind !== "RouteDeclaration" && at.kind !== "TestDeclaration" && at.kind !== "ClaimDeclaration")
    return [];
  const bands = draft.bands();
  const { decisions } = coverTests(policy, runTests(policy, bands), bands);
  const open = decisions.find(
    ({ isCovered, rules }) =>
      !isCovered &&
      (at.kind !== "RouteDeclaration" || rules.some(({ span }) => span.start === at.span.start)),
  );
  const text = open && testOf(open, policy, draft);
  if (text === undefined) return [];
  const end = source.text.length;
  const gap = source.text.endsWith("\n") ? "\n" : "\n\n";
  return [
    {
      title: "add a test for a decision that no test looks at",
      kind: "refactor.rewrite",
      edits: [{ span: spanAt(source, end, end), replacement: `${gap}${text}\n` }],
    },
  ];
}

function testOf(
  { cell, inside, example }: CoveredDecision,
  policy: CheckedPolicy,
  draft: Draft,
): string | undefined {
  if (example === undefined) return undefined;
  const resolved = draft.bands();
  const moment = { step: 0, epoch: 0, examples: 0 };
  const { bands } = explainWeights({ policy, example, moment, ...(resolved && { resolved }) });
  // `expect b: w` is about all of b.
  const whole = bands.find(({ band, parts: [first, ...others] }) => {
    const isOne = first !== undefined && others.every(({ weight }) => weight === first.weight);
    return cell.has(band) && isOne && !band.includes("#");
  });
  const weight = whole?.parts[0]?.weight;
  if (whole === undefined || weight === undefined) return undefined;
  const who = inside.filter((cohort) => !cohort.includes("#")).join(" and ");
  const title = `${who === "" ? "an example of no cohort" : `an example in ${who}`} meets ${whole.band} with ${sayWeight(weight)}`;
  return `test ${writeString(title)} {\n  given { ${showFields(example)} }\n  expect ${whole.band}: ${sayWeight(weight)}\n}`;
}

function showFields(example: ExampleRecord): string {
  return Object.entries(example)
    .flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [`${name}: ${showValue(value)}`],
    )
    .join(", ");
}

function showValue(value: NonNullable<ExampleRecord[string]>): string {
  if (Array.isArray(value)) return value.length === 0 ? "{}" : `{ ${value.map(showScalar).join(", ")} }`;
  return showScalar(value as string | number | boolean); // Lists have been told apart.
}

function showScalar(value: string | number | boolean): string {
  return typeof value === "string" ? writeString(value) : String(value);
}
