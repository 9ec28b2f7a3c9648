import type { Policy } from "../../check/policy.ts";
import { sayCount, sayMany, sayShare, sayWeight } from "../../lower/words.ts";
import type { BandReach, Census, FieldCount } from "../../reason/census.ts";
import type { Span } from "../../source/span.ts";
import { piece, type Line, type Tone } from "../progress/pieces.ts";
import { layOutTable, quietCell, type Cell } from "../run/table.ts";
import type { RefusedRecord } from "./refused.ts";

export interface CensusSetting {
  readonly policy: Policy;
  readonly manifests: readonly string[];
  /** The first of those that are not let in. */
  readonly first: readonly RefusedRecord[];
  /** Where all of them were written. */
  readonly listing: string | undefined;
  /** `at step 500`; empty at the start of training. */
  readonly moment: string;
  readonly placeOf: (span: Span) => string;
}

/** A census for people. */
export function layOutCensus(census: Census, setting: CensusSetting): readonly Line[] {
  const { policy, manifests, moment } = setting;
  const files = manifests.length > 3 ? sayMany(manifests.length, "file") : manifests.join(", ");
  return [
    ...section(`${policy.name} over ${files}`, outcomes(census, setting)),
    ...section("cohorts of those that take part", cohortRows(census)),
    ...section(`what they may teach each band${moment}`, census.bands.map(bandRow)),
    ...section(
      "not let in",
      setting.first.map((record) => refusedRow(record, manifests)),
    ),
    ...restLines(census, setting),
  ].slice(1);
}

const WIDEST = 64;

function section(heading: string, rows: readonly (readonly Cell[])[]): readonly Line[] {
  if (rows.length === 0) return [];
  const lines = layOutTable(alignNumbers(rows), WIDEST).map((line) => [piece("  "), ...line]);
  return [[], [piece(heading, "strong")], ...lines];
}

/** Numbers stand under each other by their last digit. */
function alignNumbers(rows: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] {
  const isNumber = ({ text }: Cell): boolean => /^(?:[\d,]+|none)$/.test(text);
  const widest = (column: number): number =>
    Math.max(
      ...rows.map((row) => row[column]).map((cell) => (cell && isNumber(cell) ? cell.text.length : 0)),
    );
  const widths = (rows[0] ?? []).map((_, column) => widest(column));
  return rows.map((row) =>
    row.map((cell, column) =>
      isNumber(cell) ? { ...cell, text: cell.text.padStart(widths[column] ?? 0) } : cell,
    ),
  );
}

function cell(text: string, tone: Tone = "plain"): Cell {
  return { text, tone };
}

function outcomes(census: Census, { placeOf, policy }: CensusSetting): readonly (readonly Cell[])[] {
  const { examples, admitted, refused, misfits } = census;
  const { verifyDigest } = policy.provenance;
  return [
    [cell(sayCount(examples)), cell(examples === 1 ? "example" : "examples")],
    [cell(sayCount(admitted)), cell("take part"), quietCell(share(admitted, examples))],
    ...refused
      .filter((own) => own.examples > 0)
      .map(({ requirement, examples: count, missing }) => [
        cell(sayCount(count)),
        cell(DISPOSITIONS[requirement.otherwise], requirement.otherwise === "halt" ? "bad" : "plain"),
        quietCell(share(count, examples)),
        cell(`lack ${sayFields(missing)}`),
        quietCell(placeOf(requirement.span)),
      ]),
    ...(misfits.examples === 0
      ? []
      : [
          [
            cell(sayCount(misfits.examples)),
            cell("do not fit the schema", "bad"),
            quietCell(share(misfits.examples, examples)),
            cell(sayFields(misfits.fields)),
          ],
        ]),
    ...(verifyDigest === undefined
      ? []
      : [[cell(""), cell("digests are for the run to verify: that takes the content", "quiet")]]),
  ];
}

const DISPOSITIONS = { reject: "rejected", quarantine: "quarantined", halt: "halt the run" } as const;

/** `licence 1,200, source 3`; the field alone where all lack it. */
function sayFields(fields: readonly FieldCount[]): string {
  return fields
    .filter(({ examples }) => examples > 0)
    .map(({ field, examples }) => `${field} ${sayCount(examples)}`)
    .join(", ");
}

function cohortRows({ cohorts, dynamic, admitted }: Census): readonly (readonly Cell[])[] {
  return [
    ...cohorts.map(({ cohort, examples }) => [
      cell(cohort),
      examples === 0 ? cell("none", "fair") : cell(sayCount(examples)),
      quietCell(examples === 0 ? "" : share(examples, admitted)),
    ]),
    ...dynamic.map((cohort) => [cell(cohort), cell(""), quietCell("left to the run: it reads the training")]),
  ];
}

function bandRow({ band, weights, undecided }: BandReach): readonly Cell[] {
  const told = weights.map((own) => `${own.weights.map(sayWeight).join(" and ")} ${sayCount(own.examples)}`);
  return [
    cell(band),
    cell(
      told.join(" · ") || "nothing",
      weights.every(({ weights: [most = 0] }) => most === 0) ? "fair" : "plain",
    ),
    quietCell(undecided.length === 0 ? "" : `apart from ${undecided.join(", ")}, which the run decides`),
  ];
}

function refusedRow(
  { file, row, example, missing, problems }: RefusedRecord,
  { length: files }: CensusSetting["manifests"],
): readonly Cell[] {
  const id = example["id"];
  const lacks = missing.length === 0 ? [] : [`lacks ${missing.join(", ")}`];
  return [
    quietCell(files === 1 ? `row ${row}` : `${file}, row ${row}`),
    cell(typeof id === "string" ? id : ""),
    cell([...lacks, ...problems].join("; ")),
  ];
}

function restLines({ examples, admitted }: Census, { first, listing }: CensusSetting): readonly Line[] {
  const count = examples - admitted;
  if (listing !== undefined) return [[], [piece(`${sayMany(count, "record")} in ${listing}`)]];
  return count > first.length
    ? [[piece(`  and ${sayCount(count - first.length)} more: --refused FILE writes them all`, "quiet")]]
    : [];
}

function share(part: number, whole: number): string {
  return whole === 0 ? "" : sayShare(part / whole);
}
