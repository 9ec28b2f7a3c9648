/** What editors show beside a text: its tests with what came of them, and its routing matrix. */
import { sayMany } from "../lower/words.ts";
import type { Clock } from "../reason/clock.ts";
import { createGrounds } from "../reason/grounds.ts";
import { findMatrix, type RoutingMatrix } from "../reason/matrix.ts";
import { runTests } from "../reason/tests/run.ts";
import { formatPlace, type Span } from "../source/span.ts";
import type { Draft } from "./draft.ts";
import { tellFailures, type ToldFailure } from "./tell/failures.ts";
import { sayMoment } from "./tell/witness.ts";

export interface ListedTest {
  readonly title: string;
  readonly span: Span;
}

/** The tests that a policy carries, whatever else is wrong with it. */
export function listTests({ parsed }: Draft): readonly ListedTest[] {
  return parsed.file.declarations.flatMap((declaration) =>
    declaration.kind === "TestDeclaration"
      ? [{ title: declaration.title.value, span: declaration.span }]
      : [],
  );
}

export interface RanTest extends ListedTest {
  /** None where it passes. */
  readonly failures: readonly ToldFailure[];
}

/** Runs the tests that begin at these offsets; all where none are given, and undefined while the policy has errors. */
export function runListedTests(draft: Draft, starts?: readonly number[]): readonly RanTest[] | undefined {
  const { policy } = draft.compilation;
  if (policy === undefined) return undefined;
  const { file } = draft.parsed.source;
  const chosen = policy.tests.filter(
    ({ span }) => span.file === file && (starts === undefined || starts.includes(span.start)),
  );
  return runTests(policy, draft.bands(), chosen).map((result) => ({
    title: result.test.title,
    span: result.test.span,
    failures: tellFailures(result, policy, formatPlace),
  }));
}

export interface MatrixView extends RoutingMatrix {
  readonly policy: string;
  readonly moment: Clock;
  /** Moments that stand for every other: between two of them no rule begins or ends. */
  readonly moments: readonly { readonly clock: Clock; readonly said: string }[];
  /** What the bands are cut by. */
  readonly network: string;
}

/** Windows that are combined freely have more moments than anybody looks at. */
const MOST_MOMENTS = 40;

/** The routing matrix at a moment, the start of training where none is given; undefined while the policy has errors. */
export function viewMatrix(draft: Draft, moment: Clock = START): MatrixView | undefined {
  const { policy, findings } = draft.compilation;
  if (policy === undefined) return undefined;
  const bands = draft.bands();
  const grounds = createGrounds(policy, bands, findings);
  const moments = grounds.momentsOf(policy.rules).slice(0, MOST_MOMENTS);
  return {
    ...findMatrix(grounds, moment),
    policy: policy.name,
    moment,
    moments: moments.map((clock) => ({ clock, said: sayMoment(clock) || "the start of training" })),
    network:
      bands === undefined
        ? "told apart as far as the policy itself does (no model is at hand)"
        : `over ${bands.network.origin} (${sayMany(bands.network.layers.length, "layer")})`,
  };
}

const START: Clock = { step: 0, epoch: 0, examples: 0 };
