/** What `require` in `provenance { … }` says about a record. */
import type { Requirement } from "../check/policy.ts";
import type { ExampleRecord } from "./example.ts";

/** The most severe first. */
export const SEVERITY: readonly Requirement["otherwise"][] = ["halt", "quarantine", "reject"];

/** Of the requirements that an example fails, the most severe decides, whichever was written first. */
export function bySeverity(requirements: readonly Requirement[]): readonly Requirement[] {
  return requirements.toSorted(
    (left, right) => SEVERITY.indexOf(left.otherwise) - SEVERITY.indexOf(right.otherwise),
  );
}

export interface FailedRequirement {
  readonly requirement: Requirement;
  /** Those of its fields that the record lacks. */
  readonly missing: readonly string[];
}

/** The requirement that decides what becomes of a record, where it fails one. */
export function findFailed(
  severe: readonly Requirement[],
  record: ExampleRecord,
): FailedRequirement | undefined {
  for (const requirement of severe) {
    const missing = requirement.fields.filter((field) =>
      isMissing(Object.hasOwn(record, field) ? record[field] : undefined),
    );
    if (missing.length > 0) return { requirement, missing };
  }
  return undefined;
}

/** Absent, null or an empty text. */
export function isMissing(value: ExampleRecord[string]): boolean {
  return value === undefined || value === null || value === "";
}
