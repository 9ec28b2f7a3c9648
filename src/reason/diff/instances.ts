/** With what a ruleset of two versions is applied in order to compare them: enough to stand for every `apply`. */
import type { ArgumentValue } from "../../check/context.ts";
import type { ExportedParameter, ExportedRules } from "../../check/exports.ts";
import type { Scalar } from "../../check/policy.ts";
import type { RulesetChange } from "./difference.ts";
import { oneOrderOf, ordersOf, type NumberType } from "./orders.ts";
import { isEntity, isSameDefault } from "./signatures.ts";
import type { Side } from "./translate.ts";

/** The arguments for both versions; a parameter of one alone has its default, else a value of its own. */
export interface Instance extends Readonly<Record<Side, ReadonlyMap<string, ArgumentValue>>> {
  readonly given: RulesetChange["given"];
}

export interface Instances {
  /** The defaults first, as far as there are any. */
  readonly all: readonly Instance[];
  /** Whether no `apply` is left for which none of them stands. */
  readonly isComplete: boolean;
}

/** @param constants The numbers that the rules of either version hold. */
export function instancesOf(
  before: ExportedRules,
  after: ExportedRules,
  constants: readonly number[],
  nameOfStandIn: (entity: string, name: string) => string,
): Instances {
  const unknowns = unknownsOf(before, after);
  const leavable = unknowns.filter((unknown) => isLeavable(unknown));
  // Who applied the earlier version did not give what only the later takes.
  const [shared, alone] = [leavable.filter(isShared), leavable.filter((unknown) => !isShared(unknown))];
  const telling = shared.filter(({ old, fresh }) => isEntity(old.type) || !isSameDefault(old, fresh));
  const choices = telling.length > MOST_LEFT_OUT ? [[], telling] : subsetsOf(telling);
  const others = choices.filter((chosen) => chosen.length !== shared.length);
  const orders = [shared, ...others].map((chosen) => {
    const leftOut: readonly Unknown[] = [...chosen, ...alone];
    const numbers = unknowns.filter(
      (unknown) => !leftOut.includes(unknown) && numberOf(unknown) !== undefined,
    );
    const types = numbers.flatMap((unknown) => numberOf(unknown) ?? []);
    return { leftOut, numbers, values: ordersOf(types, constants, MOST_ORDERS) };
  });
  return {
    all: orders.flatMap(({ leftOut, numbers, values }) =>
      (values ?? []).map((row) => {
        const valueOf = new Map(numbers.map((unknown, index) => [unknown, row[index] ?? 0] as const));
        return instanceOf(unknowns, leftOut, valueOf, nameOfStandIn);
      }),
    ),
    isComplete: telling.length <= MOST_LEFT_OUT && orders.every(({ values }) => values !== undefined),
  };
}

/**
 * All arguments given, and no number equal to another: what two versions say of it in the same words they say so of
 * any, for nothing in a rule depends on a number but the number itself.
 */
export function plainInstanceOf(
  before: ExportedRules,
  after: ExportedRules,
  constants: readonly number[],
  nameOfStandIn: (entity: string, name: string) => string,
): Instance {
  const unknowns = unknownsOf(before, after);
  const numbers = unknowns.filter((unknown) => numberOf(unknown) !== undefined);
  const row = oneOrderOf(
    numbers.flatMap((unknown) => numberOf(unknown) ?? []),
    constants,
  );
  const valueOf = new Map(numbers.map((unknown, index) => [unknown, row[index] ?? 0] as const));
  return instanceOf(unknowns, [], valueOf, nameOfStandIn);
}

const MOST_LEFT_OUT = 3;
const MOST_ORDERS = 400;

/** What one argument of an `apply` decides: a parameter that both versions have, or one has. */
interface Unknown {
  readonly name: string;
  readonly old?: ExportedParameter;
  readonly fresh?: ExportedParameter;
}

function unknownsOf(before: ExportedRules, after: ExportedRules): readonly Unknown[] {
  const names = [...before.parameters, ...after.parameters].map(({ name }) => name);
  return [...new Set(names)].flatMap((name): readonly Unknown[] => {
    const [old, fresh] = [before, after].map(({ parameters }) => parameters.find((one) => one.name === name));
    if (old !== undefined && fresh !== undefined && kindOf(old.type) === kindOf(fresh.type))
      return [{ name, old, fresh }];
    return [...(old === undefined ? [] : [{ name, old }]), ...(fresh === undefined ? [] : [{ name, fresh }])];
  });
}

/** Numbers of any type can be the same. */
function kindOf(type: ExportedParameter["type"]): string {
  return isNumber(type) ? "number" : type.kind;
}

function isLeavable({ old, fresh }: Unknown): boolean {
  const known = [old, fresh].filter((parameter) => parameter !== undefined);
  return known.every(({ defaultValue }) => defaultValue !== undefined);
}

function isShared(unknown: Unknown): unknown is Required<Unknown> {
  return unknown.old !== undefined && unknown.fresh !== undefined;
}

function subsetsOf<Item>([first, ...others]: readonly Item[]): readonly (readonly Item[])[] {
  if (first === undefined) return [[]];
  const rest = subsetsOf(others);
  return [...rest, ...rest.map((chosen) => [first, ...chosen])];
}

/** The narrower type of a number that both versions take; of a profile, its weight. */
function numberOf({ old, fresh }: Unknown): NumberType | undefined {
  const types = [old?.type, fresh?.type].filter((type) => type !== undefined);
  if (types.some(({ kind }) => kind === "profile")) return { kind: "weight" };
  const numbers = types.filter(isNumber);
  return numbers.toSorted((left, right) => WIDTHS.indexOf(left.kind) - WIDTHS.indexOf(right.kind))[0];
}

interface Numeric {
  readonly kind: Exclude<NumberType["kind"], "weight">;
}

const WIDTHS: readonly Numeric["kind"][] = ["steps", "int", "fraction", "float"];

function isNumber(type: ExportedParameter["type"]): type is Numeric {
  return WIDTHS.some((kind) => kind === type.kind);
}

function instanceOf(
  unknowns: readonly Unknown[],
  leftOut: readonly Unknown[],
  valueOf: ReadonlyMap<Unknown, number>,
  nameOfStandIn: (entity: string, name: string) => string,
): Instance {
  const argument = (unknown: Unknown, parameter: ExportedParameter): ArgumentValue => {
    const { name, type, defaultValue } = parameter;
    if (leftOut.includes(unknown) && defaultValue !== undefined) return defaultValue;
    const number = valueOf.get(unknown) ?? 0;
    if (!isEntity(type)) return { kind: "value", value: isNumber(type) ? number : sampleOf(type) };
    const standIn = nameOfStandIn(type.kind, name);
    if (type.kind === "profile") return { kind: "any profile", band: standIn, weight: number };
    return { kind: "entity", name: standIn, symbol: undefined };
  };
  const side = (which: "old" | "fresh"): ReadonlyMap<string, ArgumentValue> =>
    new Map(
      unknowns.flatMap((unknown) => {
        const parameter = unknown[which];
        return parameter === undefined ? [] : [[parameter.name, argument(unknown, parameter)] as const];
      }),
    );
  return {
    before: side("old"),
    after: side("fresh"),
    given: [...valueOf].map(([{ name }, value]) => ({ name, value })),
  };
}

/** No place of a rule takes such a value, so that any will do. */
function sampleOf(type: Exclude<ExportedParameter["type"], Numeric>): Scalar {
  if (type.kind === "enum") return type.values[0] ?? "";
  return SAMPLES.get(type.kind) ?? "";
}

const SAMPLES: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["bool", true],
  ["date", "2000-01-01"],
  ["digest", `sha256:${"0".repeat(64)}`],
]);
