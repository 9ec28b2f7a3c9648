/** Records of a manifest that are not let in, with what is wrong. */
import type { Requirement } from "../../check/policy.ts";
import type { ManifestFile } from "../../project/manifest/read.ts";
import type { Verdict } from "../../reason/census.ts";
import type { ExampleRecord } from "../../reason/example.ts";

export interface RefusedRecord {
  readonly file: string;
  /** In the file, counted from 0; the names of a CSV file's columns and blank lines are no rows. */
  readonly row: number;
  readonly verdict: Requirement["otherwise"] | "does not fit";
  readonly missing: readonly string[];
  /** What does not fit the schema. */
  readonly problems: readonly string[];
  /** The fields of the schema, as the file has them. */
  readonly example: ExampleRecord;
}

/** Who wants to hear of refused records. */
export interface Listener {
  /** Of how many in all; Infinity for all of them. */
  readonly most: number;
  readonly take: (record: RefusedRecord) => void;
}

export function describeRefused(
  { shown }: Pick<ManifestFile, "shown">,
  row: number,
  example: ExampleRecord,
  verdict: Exclude<Verdict, { kind: "admitted" }>,
): RefusedRecord {
  return {
    ...{ file: shown, row },
    verdict: verdict.kind === "refused" ? verdict.requirement.otherwise : "does not fit",
    missing: verdict.kind === "refused" ? verdict.missing : [],
    problems: verdict.kind === "misfit" ? verdict.problems.map(({ problem }) => problem) : [],
    example,
  };
}
