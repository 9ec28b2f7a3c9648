import type { Predicate } from "./policy.ts";

/** The fields that a predicate reads itself, not through other cohorts. */
export function fieldsRead(predicate: Predicate): readonly string[] {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.operands.flatMap(fieldsRead);
    case "not":
      return fieldsRead(predicate.operand);
    case "sample":
    case "cohort":
    case "all":
      return [];
    default:
      return [predicate.field];
  }
}
