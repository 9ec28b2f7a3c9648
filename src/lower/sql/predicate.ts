/** Conditions of cohorts in SQL: true or false, never NULL. */
import type { Predicate } from "../../check/policy.ts";
import { liesIn } from "./fits.ts";
import { globPattern } from "./glob.ts";
import { literal, textLiteral } from "./literals.ts";

export interface Names {
  /** The column with the value of a field. */
  readonly value: (field: string) => string;
  /** The column that says whether there is one. */
  readonly present: (field: string) => string;
  readonly cohort: (name: string) => string;
}

/** For examples that fit the schema; fields that only a run supplies have no column. */
export function lowerPredicate(predicate: Predicate, names: Names): string {
  switch (predicate.kind) {
    case "and":
      return join(predicate.operands, " AND ", "true", names);
    case "or":
      return join(predicate.operands, " OR ", "false", names);
    case "not":
      return `NOT ${lowerPredicate(predicate.operand, names)}`;
    case "cohort":
      return names.cohort(predicate.name);
    case "all":
      return "true";
    case "has":
      return names.present(predicate.field);
    case "compare": {
      const operator = { "==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=" }[
        predicate.operator
      ];
      return known(`${names.value(predicate.field)} ${operator} ${literal(predicate.value)}`);
    }
    case "in_range":
      return known(liesIn(names.value(predicate.field), predicate.range));
    case "in_set":
      return predicate.values.length === 0
        ? "false"
        : known(`${names.value(predicate.field)} IN (${predicate.values.map(literal).join(", ")})`);
    case "contains":
      return known(`list_contains(${names.value(predicate.field)}, ${literal(predicate.value)})`);
    case "matches":
      return known(
        `regexp_full_match(${names.value(predicate.field)}, ${textLiteral(globPattern(predicate.glob))})`,
      );
    case "sample":
      return sampled(predicate.share, predicate.seed, names.value("id"));
  }
}

function join(operands: readonly Predicate[], operator: string, empty: string, names: Names): string {
  return operands.length === 0
    ? empty
    : `(${operands.map((one) => lowerPredicate(one, names)).join(operator)})`;
}

/** A value that is absent meets no condition. */
function known(condition: string): string {
  return `coalesce(${condition}, false)`;
}

const HEX_DIGITS = 13;

/** The first 52 bits of the hash, held against the share of 2^52 digit by digit. */
function sampled(share: number, seed: number, id: string): string {
  const edge = Math.ceil(share * 2 ** (4 * HEX_DIGITS));
  if (edge <= 0) return "false";
  if (edge >= 2 ** (4 * HEX_DIGITS)) return "true";
  const digits = textLiteral(edge.toString(16).padStart(HEX_DIGITS, "0"));
  return known(`left(sha256(${textLiteral(`${seed}:`)} || ${id}), ${HEX_DIGITS}) < ${digits}`);
}
