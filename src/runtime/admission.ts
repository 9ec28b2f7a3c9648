import type { ExampleSchema, Provenance, Requirement } from "../check/policy.ts";
import { validateExample, type ExampleRecord } from "../reason/example.ts";
import { bySeverity, findFailed, isMissing, SEVERITY } from "../reason/requirements.ts";
import { diagnose } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import { GovernanceError } from "./error.ts";
import type { ExamplesRefused } from "./events.ts";
import type { Clock } from "../reason/clock.ts";
import { contentProblem, createDigests, digestFields, type WithContent } from "./content.ts";

const SHOWN = 10;

export interface QuarantinedRow {
  /** In the data, counted from 0. */
  readonly row: number;
  /** Fields that it lacks. */
  readonly missing: readonly string[];
  /** Digests that its content does not have. */
  readonly altered: readonly string[];
}

export interface Admission {
  /** Indices of the examples that may take part, ascending. */
  readonly rows: readonly number[];
  readonly refusals: readonly ExamplesRefused[];
  /** Rows to put aside for review, with what they lack. */
  readonly quarantined: readonly QuarantinedRow[];
  /** The line of the requirement that stops the run. */
  readonly halt: Span | undefined;
}

/** What is to be admitted: a data set or a batch. */
export type Candidates = WithContent & {
  readonly examples: readonly ExampleRecord[];
  /** Where the record of a row stands: `papers.csv:18`. */
  readonly placeOf?: (row: number) => string;
};

/**
 * Holds examples against `require`, `verify digest` and the schema. A field is missing when it is absent, null or an
 * empty text. An example that is not what its digest says meets the fate of one that lacks the field: that of the
 * `require` that names it, and is rejected where none does.
 *
 * @throws GovernanceError (GOV8005) when an admitted example does not fit the schema: a policy cannot speak about it.
 * @throws RangeError when there is nothing to hold the digests against.
 */
export function admitExamples(
  candidates: Candidates,
  schema: ExampleSchema,
  provenance: Provenance,
  clock: Clock,
): Admission {
  const { examples } = candidates;
  const refused = new Map<number, Refusal>();
  const severe = bySeverity(provenance.require);
  examples.forEach((example, row) => {
    const failed = findFailed(severe, example);
    if (failed === undefined) return;
    const { requirement, missing } = failed;
    refused.set(row, { otherwise: requirement.otherwise, span: requirement.span, missing, altered: [] });
  });
  // Those first, for whom nothing else was said: a digest costs a pass over the content.
  if (provenance.verifyDigest !== undefined) verifyDigests(candidates, schema, provenance, refused);
  const rows = examples.flatMap((_, row) => (refused.has(row) ? [] : [row]));
  checkSchema(candidates, rows, schema);
  const lines = [
    ...provenance.require,
    ...(provenance.verifyDigest === undefined ? [] : [provenance.verifyDigest]),
  ];
  const refusals = lines.flatMap(({ span }) =>
    SEVERITY.flatMap((disposition): readonly ExamplesRefused[] => {
      const own = [...refused].filter(
        ([, refusal]) => refusal.span === span && refusal.otherwise === disposition,
      );
      if (own.length === 0) return [];
      const shown = own.slice(0, SHOWN).map(([row, { missing, altered }]) => ({
        id: describeExample(examples[row], row),
        missing,
        altered,
      }));
      return [{ kind: "examples_refused", clock, disposition, count: own.length, examples: shown, span }];
    }),
  );
  const quarantined = [...refused].flatMap(([row, { otherwise, missing, altered }]) =>
    otherwise === "quarantine" ? [{ row, missing, altered }] : [],
  );
  return {
    rows,
    refusals,
    quarantined,
    halt: refusals.find((refusal) => refusal.disposition === "halt")?.span,
  };
}

interface Refusal {
  readonly otherwise: Requirement["otherwise"];
  /** The line that asks for what it lacks. */
  readonly span: Span;
  readonly missing: readonly string[];
  readonly altered: readonly string[];
}

/** Adds the examples that are not what their digests say; what has been refused already is not looked at. */
function verifyDigests(
  candidates: Candidates,
  schema: ExampleSchema,
  { require, verifyDigest }: Provenance,
  refused: Map<number, Refusal>,
): void {
  const problem = contentProblem(schema, candidates);
  if (problem !== undefined) throw new RangeError(problem);
  const fields = digestFields(schema);
  const digest = createDigests(candidates);
  const severe = bySeverity(require);
  candidates.examples.forEach((example, row) => {
    if (refused.has(row) || verifyDigest === undefined) return;
    // An optional digest that is not there says nothing.
    const altered = fields.filter(
      (field) => !isMissing(example[field]) && example[field] !== digest(field, row),
    );
    if (altered.length === 0) return;
    const demand = severe.find(({ fields: named }) => altered.some((field) => named.includes(field)));
    const { otherwise } = demand ?? { otherwise: "reject" };
    refused.set(row, { otherwise, span: verifyDigest.span, missing: [], altered });
  });
}

/** The example's id, or its row where it has none. */
export function describeExample(example: ExampleRecord | undefined, row: number): string {
  const id = example?.["id"];
  return typeof id === "string" && id !== "" ? id : `row ${row}`;
}

function checkSchema(
  { examples, placeOf }: Candidates,
  rows: readonly number[],
  schema: ExampleSchema,
): void {
  const problems = rows.flatMap((row) =>
    validateExample(schema, examples[row]).map((problem) => ({ ...problem, row })),
  );
  const first = problems[0];
  if (first === undefined) return;
  const field = schema.fields.find((candidate) => candidate.name === first.field);
  const span = field?.span ?? schema.fields[0]?.span;
  if (span === undefined) return;
  const where = placeOf === undefined ? "" : ` (${placeOf(first.row)})`;
  const affected = new Set(problems.map((problem) => problem.row)).size;
  throw new GovernanceError([
    diagnose(
      "GOV8005",
      span,
      `example \`${describeExample(examples[first.row], first.row)}\`${where} does not fit the schema: ${first.problem}`,
      {
        label: "declared here",
        help: `${affected} of ${rows.length} examples do not fit; mend the metadata, or the \`example\` block`,
      },
    ),
  ]);
}
