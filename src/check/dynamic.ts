import type { Cohort, Predicate } from "./policy.ts";
import { isDynamic } from "./predicates.ts";

/** Marks the cohorts that read what only the run knows, themselves or through other cohorts. */
export function findDynamicCohorts(cohorts: readonly Omit<Cohort, "dynamic">[]): readonly Cohort[] {
  const byName = new Map(cohorts.map((cohort) => [cohort.name, cohort]));
  const reads = (predicate: Predicate): boolean => {
    switch (predicate.kind) {
      case "and":
      case "or":
        return predicate.operands.some((operand) => reads(operand));
      case "not":
        return reads(predicate.operand);
      case "cohort": {
        const cohort = byName.get(predicate.name);
        return cohort !== undefined && reads(cohort.predicate);
      }
      case "sample":
      case "all":
        return false;
      default:
        return isDynamic(predicate.field);
    }
  };
  return cohorts.map((cohort) => ({ ...cohort, dynamic: reads(cohort.predicate) }));
}
