/** A policy's questions to a manifest as SQL for DuckDB: what is refused, what fits, and which cohorts hold the rest. */
import type { Cohort, Policy, Requirement } from "../../check/policy.ts";
import { staticCohorts, type Tally } from "../../reason/census.ts";
import { namedCohorts } from "../../reason/predicate.ts";
import { bySeverity } from "../../reason/requirements.ts";
import { columnValue, type Column } from "./columns.ts";
import { fits } from "./fits.ts";
import { lowerPredicate } from "./predicate.ts";

/** A manifest as a relation of DuckDB. */
export interface Relation {
  /** What stands behind FROM, with columns called `c0`, `c1`, … */
  readonly sql: string;
  /** The same with the number of each row, counted from 0, as `ordinal`: it costs a pass in the rows' own order. */
  readonly numbered: string;
  /** By field of the schema, in its order. */
  readonly columns: readonly { readonly name: string; readonly column: Column }[];
}

/** Inert: a text, and what its answers mean. */
export interface SqlCensus {
  /** A row for each kind of record: its verdict, masks of fields and of cohorts, and how many there are. */
  readonly census: string;
  /** The records that are not let in, in their order: the number of the row and the columns of the fields. */
  readonly refused: string;
  /** For each field, the place of its column in the rows of `refused`; undefined where the file has none. */
  readonly places: readonly (number | undefined)[];
  readonly readTally: (row: readonly unknown[]) => Tally;
}

export type SqlLowering =
  | { readonly kind: "lowered"; readonly lowered: SqlCensus }
  /** Why the manifest has to be read in another way. */
  | { readonly kind: "problem"; readonly problem: string };

const ADMITTED = -1;
const MISFIT = -2;

/** So many truths are kept in one column of numbers. */
const MASK_BITS = 30;

export function lowerCensus(policy: Policy, relation: Relation): SqlLowering {
  const { fields } = policy.example;
  const values = fields.map((field, index) => {
    const { name, column } = relation.columns[index] ?? { name: "", column: { kind: "absent" } };
    return { field, read: columnValue(field, column, name), column };
  });
  const unread = values.find(({ read }) => read === undefined);
  if (unread !== undefined)
    return {
      kind: "problem",
      problem: `no SQL is known for the column \`${unread.field.name}\`${unread.column.kind === "typed" ? ` of type ${unread.column.type}` : ""}`,
    };
  const numberOf = new Map(fields.map(({ name }, index) => [name, index]));
  const place = (field: string): number => {
    const index = numberOf.get(field);
    if (index === undefined) throw new Error(`the schema has no field ${field}`);
    return index;
  };
  const severe = bySeverity(policy.provenance.require);

  const read = values.flatMap(({ read: value }, index) =>
    value === undefined
      ? []
      : [`${value.present} AS p${index}`, `${value.value} AS v${index}`, `${value.blank} AS b${index}`],
  );
  const judged = fields.flatMap((field, index) => [
    `(NOT p${index} OR coalesce(b${index}, false)) AS m${index}`,
    `CASE WHEN p${index} THEN coalesce(${fits(field, `v${index}`)}, false) ELSE ${String(field.optional)} END AS f${index}`,
  ]);
  const verdict = [
    ...severe.map(
      ({ fields: needed }, index) => `WHEN ${anyOf(needed.map((own) => `m${place(own)}`))} THEN ${index}`,
    ),
    ...(fields.length === 0
      ? []
      : [`WHEN NOT (${fields.map((_, index) => `f${index}`).join(" AND ")}) THEN ${MISFIT}`]),
  ];
  const details = fields.map((_, index) => detailOf(index, severe, place));
  const cohorts = staticCohorts(policy);
  const cohortNumber = new Map(cohorts.map((name, index) => [name, index]));
  const names = {
    value: (field: string): string => `v${place(field)}`,
    present: (field: string): string => `p${place(field)}`,
    cohort: (name: string): string => (name === "all" ? "true" : `k${cohortNumber.get(name) ?? 0}`),
  };

  const all = relation.columns.map(({ name }) => name).filter((name) => name !== "");
  const kept = ["ordinal", ...new Set(all)];
  const judge = (from: string, columns: readonly string[]): readonly string[] => [
    `SELECT ${[...columns, ...read].join(", ") || "1"} FROM ${from}`,
    `SELECT ${["*", ...judged].join(", ")} FROM q0`,
    `SELECT *, ${verdict.length === 0 ? String(ADMITTED) : `CASE ${verdict.join(" ")} ELSE ${ADMITTED} END`} AS verdict FROM q1`,
  ];
  const listed = judge(relation.numbered, kept);
  const layered = layers(policy.cohorts.filter(({ dynamic }) => !dynamic)).reduce<readonly string[]>(
    (queries, layer) => [
      ...queries,
      `SELECT *, ${layer
        .map((cohort) => {
          const held = lowerPredicate(cohort.predicate, names);
          return `(verdict = ${ADMITTED} AND ${held}) AS k${cohortNumber.get(cohort.name) ?? 0}`;
        })
        .join(", ")} FROM q${queries.length - 1}`,
    ],
    judge(relation.sql, []),
  );
  const detailMasks = masks(details);
  const cohortMasks = masks(cohorts.map((_, index) => `k${index}`));
  const groups = ["verdict", ...detailMasks, ...cohortMasks];
  return {
    kind: "lowered",
    lowered: {
      census: withQueries(
        layered,
        `SELECT ${[...groups, "count(*)"].join(", ")} FROM q${layered.length - 1} GROUP BY ALL`,
      ),
      refused: withQueries(
        listed,
        `SELECT ${kept.join(", ")} FROM q${listed.length - 1} WHERE verdict <> ${ADMITTED} ORDER BY ordinal`,
      ),
      places: relation.columns.map(({ name }) => (name === "" ? undefined : kept.indexOf(name))),
      readTally: (row) => {
        const numbers = row.map(Number);
        const [found = ADMITTED] = numbers;
        const bits = (from: number, items: readonly string[]): readonly string[] =>
          items.filter((_, index) => {
            const mask = numbers[from + Math.floor(index / MASK_BITS)] ?? 0;
            return ((mask >> (index % MASK_BITS)) & 1) === 1;
          });
        const detail = bits(
          1,
          fields.map(({ name }) => name),
        );
        const count = numbers.at(-1) ?? 0;
        const requirement = severe[found];
        if (requirement !== undefined) {
          const missing = requirement.fields.filter((field) => detail.includes(field));
          return { count, outcome: { kind: "refused", requirement, missing } };
        }
        if (found === MISFIT) return { count, outcome: { kind: "misfit", fields: detail } };
        return { count, outcome: { kind: "admitted", cohorts: bits(1 + detailMasks.length, cohorts) } };
      },
    },
  };
}

/** What is wrong with one field, where the record is not let in. */
function detailOf(index: number, severe: readonly Requirement[], place: (field: string) => number): string {
  const asking = severe.flatMap(({ fields }, number) =>
    fields.some((own) => place(own) === index) ? [number] : [],
  );
  const missing = asking.length === 0 ? [] : [`WHEN verdict IN (${asking.join(", ")}) THEN m${index}`];
  return `CASE WHEN verdict = ${MISFIT} THEN NOT f${index} ${missing.join(" ")} ELSE false END`;
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? "false" : `(${conditions.join(" OR ")})`;
}

/** Truths as bits of numbers, so that few columns are grouped by. */
function masks(truths: readonly string[]): readonly string[] {
  return Array.from({ length: Math.ceil(truths.length / MASK_BITS) }, (_, mask) =>
    truths
      .slice(mask * MASK_BITS, (mask + 1) * MASK_BITS)
      .map((truth, bit) => `CASE WHEN ${truth} THEN ${2 ** bit} ELSE 0 END`)
      .join(" + "),
  );
}

/** Cohorts in an order in which each comes after those that it names, as far apart as need be. */
function layers(cohorts: readonly Cohort[]): readonly (readonly Cohort[])[] {
  const done = new Set(["all"]);
  const found: (readonly Cohort[])[] = [];
  let left = cohorts;
  while (left.length > 0) {
    const ready = left.filter(({ predicate }) => namedCohorts(predicate).every((name) => done.has(name)));
    if (ready.length === 0) throw new Error("cohorts of a checked policy name each other in a circle");
    for (const { name } of ready) done.add(name);
    left = left.filter(({ name }) => !done.has(name));
    found.push(ready);
  }
  return found;
}

function withQueries(queries: readonly string[], last: string): string {
  return `WITH ${queries.map((query, index) => `q${index} AS (${query})`).join(",\n")}\n${last}`;
}
