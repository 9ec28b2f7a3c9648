import type { ExampleSchema, Provenance, Requirement } from "../check/policy.ts";
import { validateExample, type ExampleRecord } from "../reason/example.ts";
import { diagnose } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import { GovernanceError } from "./error.ts";
import type { ExamplesRefused } from "./events.ts";
import type { Clock } from "../reason/clock.ts";

const SHOWN = 10;

const SEVERITY: readonly Requirement["otherwise"][] = ["halt", "quarantine", "reject"];

export interface Admission {
  /** Indices of the examples that may take part, ascending. */
  readonly rows: readonly number[];
  readonly refusals: readonly ExamplesRefused[];
  /** Rows to put aside for review, with what they lack. */
  readonly quarantined: readonly { readonly row: number; readonly missing: readonly string[] }[];
  /** The line of the requirement that stops the run. */
  readonly halt: Span | undefined;
}

/**
 * Holds examples against `require` and the schema. A field is missing when it is absent, null or an empty text.
 * @throws GovernanceError (GOV8005) when an admitted example does not fit the schema: a policy cannot speak about it.
 */
export function admitExamples(
  examples: readonly ExampleRecord[],
  schema: ExampleSchema,
  provenance: Provenance,
  clock: Clock,
): Admission {
  const refused = new Map<number, { readonly requirement: number; readonly missing: readonly string[] }>();
  // Of the requirements that an example fails, the most severe decides, whichever was written first.
  const bySeverity = [...provenance.require.entries()].sort(
    ([, left], [, right]) => SEVERITY.indexOf(left.otherwise) - SEVERITY.indexOf(right.otherwise),
  );
  bySeverity.forEach(([index, requirement]) => {
    examples.forEach((example, row) => {
      const missing = requirement.fields.filter((field) => isMissing(example[field]));
      if (missing.length > 0 && !refused.has(row)) refused.set(row, { requirement: index, missing });
    });
  });
  const rows = examples.flatMap((_, row) => (refused.has(row) ? [] : [row]));
  checkSchema(examples, rows, schema);
  const refusals = provenance.require.flatMap((requirement, index): readonly ExamplesRefused[] => {
    const lacking = [...refused].filter(([, refusal]) => refusal.requirement === index);
    if (lacking.length === 0) return [];
    return [
      {
        kind: "examples_refused",
        clock,
        disposition: requirement.otherwise,
        count: lacking.length,
        examples: lacking
          .slice(0, SHOWN)
          .map(([row, { missing }]) => ({ id: describeExample(examples[row], row), missing })),
        span: requirement.span,
      },
    ];
  });
  const quarantined = [...refused].flatMap(([row, { requirement, missing }]) =>
    provenance.require[requirement]?.otherwise === "quarantine" ? [{ row, missing }] : [],
  );
  return {
    rows,
    refusals,
    quarantined,
    halt: refusals.find((refusal) => refusal.disposition === "halt")?.span,
  };
}

/** The example's id, or its row where it has none. */
export function describeExample(example: ExampleRecord | undefined, row: number): string {
  const id = example?.["id"];
  return typeof id === "string" && id !== "" ? id : `row ${row}`;
}

function isMissing(value: ExampleRecord[string]): boolean {
  return value === undefined || value === null || value === "";
}

function checkSchema(
  examples: readonly ExampleRecord[],
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
  const affected = new Set(problems.map((problem) => problem.row)).size;
  throw new GovernanceError([
    diagnose(
      "GOV8005",
      span,
      `example \`${describeExample(examples[first.row], first.row)}\` does not fit the schema: ${first.problem}`,
      {
        label: "declared here",
        help: `${affected} of ${rows.length} examples do not fit; mend the metadata, or the \`example\` block`,
      },
    ),
  ]);
}
