/** Whether a cohort holds an example, read off its predicate. */
import { createHash } from "node:crypto";
import type { CohortDeclaration, ComparisonOperator, Predicate } from "../../src/syntax/ast.ts";
import { liesIn, literalOf, meetsGlob, numberOf, type OracleMoment, type Scope } from "./names.ts";

/**
 * The metadata of an example: a text, a number, a truth or a list of them by field; absent fields are left out. What
 * the run knows of it stands under `loss` and `entropy`.
 */
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
    case "ComparisonPredicate":
      return compares(
        readValue(predicate.field.text, question),
        predicate.operator,
        literalOf(predicate.value, scope).value,
      );
    case "InRangePredicate":
      return liesIn(readValue(predicate.field.text, question), predicate.range, scope) !== predicate.negated;
    case "InSetPredicate": {
      const value = readValue(predicate.field.text, question);
      const listed = predicate.values.map((one) => literalOf(one, scope).value);
      return listed.some((one) => compares(value, "==", one)) !== predicate.negated;
    }
    case "MembershipPredicate": {
      const value = readValue(predicate.field.text, question);
      const element = literalOf(predicate.value, scope).value;
      if (!Array.isArray(value)) throw new TypeError(`${String(value)} is not a set`);
      return value.some((own) => compares(own, "==", element)) !== predicate.negated;
    }
    case "MatchesPredicate": {
      const value = readValue(predicate.field.text, question);
      const glob = literalOf(predicate.pattern, scope).value;
      if (typeof value !== "string" || typeof glob !== "string")
        throw new TypeError(`${String(value)} matches ${String(glob)}`);
      return meetsGlob(glob, value);
    }
    case "HasPredicate":
      return valueOf(predicate.field.text, question) !== undefined;
    case "SamplePredicate": {
      const seed = predicate.seed === undefined ? 0 : numberOf(predicate.seed, scope);
      const { id } = question.example;
      if (typeof id !== "string") throw new TypeError("a sample of examples without an id");
      return drawOf(seed, id) < numberOf(predicate.share, scope);
    }
    case "CohortReference":
      return isInCohort(predicate.name.text, question);
  }
}

/** As a policy reads it that is right in its types: of what it reads, nothing is absent. */
function readValue(field: string, question: CohortQuestion): unknown {
  const value = valueOf(field, question);
  if (value === undefined) throw new TypeError(`\`${field}\` is read where it is absent`);
  return value;
}

/** `epoch` and `step` are the moment's; null is absence. */
function valueOf(field: string, { example, moment }: CohortQuestion): unknown {
  if (field === "epoch" || field === "step") return moment[field];
  return example[field] ?? undefined;
}

function compares(own: unknown, operator: ComparisonOperator, given: unknown): boolean {
  if (typeof own !== typeof given || typeof own === "object")
    throw new TypeError(`no comparison of ${String(own)} with ${String(given)}`);
  if (operator === "==") return own === given;
  if (operator === "!=") return own !== given;
  if (typeof own === "number" && typeof given === "number") return ORDERS[operator](own, given);
  if (typeof own === "string" && typeof given === "string") return ORDERS[operator](own, given);
  throw new TypeError(`no order between ${String(own)} and ${String(given)}`);
}

/** What is not a number is in no order: every comparison with it is false. */
const ORDERS = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
} as const satisfies Readonly<
  Record<string, <Ordered extends string | number>(left: Ordered, right: Ordered) => boolean>
>;

/** The first 52 bits of SHA-256(`seed:id`), read as a fraction. */
function drawOf(seed: number, id: string): number {
  const bits = createHash("sha256").update(`${seed}:${id}`, "utf8").digest().readBigUInt64BE(0) >> 12n;
  return Number(bits) / Number(2n ** 52n);
}
