/** Whether a cohort holds an example, read off its predicate. */
import { createHash } from "node:crypto";
import type { CohortDeclaration, ComparisonOperator, Predicate } from "../../src/syntax/ast.ts";
import { liesIn, literalOf, meetsGlob, numberOf, type OracleMoment, type Scope } from "./names.ts";

/** The metadata of an example: a text, a number, a truth or a list of them by field; absent fields are left out. */
export type OracleExample = Readonly<Record<string, unknown>>;

export interface CohortQuestion {
  readonly example: OracleExample;
  readonly moment: OracleMoment;
  readonly cohorts: readonly CohortDeclaration[];
  readonly scope: Scope;
}

export function isInCohort(name: string, question: CohortQuestion): boolean {
  const declared = question.cohorts.find((cohort) => cohort.name.text === name);
  if (declared !== undefined) return isTrue(declared.predicate, question);
  if (name === "all") return true;
  throw new Error(`no cohort \`${name}\``);
}

function isTrue(predicate: Predicate, question: CohortQuestion): boolean {
  const { scope } = question;
  switch (predicate.kind) {
    case "LogicalPredicate":
      return predicate.operator === "and"
        ? predicate.operands.every((operand) => isTrue(operand, question))
        : predicate.operands.some((operand) => isTrue(operand, question));
    case "NotPredicate":
      return !isTrue(predicate.operand, question);
    case "GroupPredicate":
      return isTrue(predicate.inner, question);
    case "ComparisonPredicate": {
      const value = valueOf(predicate.field.text, question);
      return (
        value !== undefined && compares(value, predicate.operator, literalOf(predicate.value, scope).value)
      );
    }
    case "InRangePredicate": {
      const value = valueOf(predicate.field.text, question);
      return value !== undefined && liesIn(value, predicate.range, scope) !== predicate.negated;
    }
    case "InSetPredicate": {
      const value = valueOf(predicate.field.text, question);
      const isListed = predicate.values.some((listed) => literalOf(listed, scope).value === value);
      return value !== undefined && isListed !== predicate.negated;
    }
    case "MembershipPredicate": {
      const value = valueOf(predicate.field.text, question);
      if (!Array.isArray(value)) return false;
      const element = literalOf(predicate.value, scope).value;
      return value.some((own) => own === element) !== predicate.negated;
    }
    case "MatchesPredicate": {
      const value = valueOf(predicate.field.text, question);
      return typeof value === "string" && meetsGlob(String(literalOf(predicate.pattern, scope).value), value);
    }
    case "HasPredicate":
      return valueOf(predicate.field.text, question) !== undefined;
    case "SamplePredicate": {
      const seed = predicate.seed === undefined ? 0 : numberOf(predicate.seed, scope);
      return drawOf(seed, String(question.example["id"])) < numberOf(predicate.share, scope);
    }
    case "CohortReference":
      return isInCohort(predicate.name.text, question);
  }
}

/** `epoch` and `step` are the moment's; null is absence. */
function valueOf(field: string, { example, moment }: CohortQuestion): unknown {
  if (field === "epoch" || field === "step") return moment[field];
  return example[field] ?? undefined;
}

function compares(own: unknown, operator: ComparisonOperator, given: unknown): boolean {
  if (operator === "==") return own === given;
  if (operator === "!=") return own !== given;
  const order = orderOf(own, given);
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  if (operator === ">") return order > 0;
  return order >= 0;
}

function orderOf(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  throw new Error(`no order between ${String(left)} and ${String(right)}`);
}

/** The first 52 bits of SHA-256(`seed:id`), read as a fraction. */
function drawOf(seed: number, id: string): number {
  const bits = createHash("sha256").update(`${seed}:${id}`, "utf8").digest().readBigUInt64BE(0) >> 12n;
  return Number(bits) / Number(2n ** 52n);
}
