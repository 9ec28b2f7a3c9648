/** Numbers that stand for all numbers: a ruleset only ever compares its parameters, and reckons with none. */

export interface NumberType {
  readonly kind: "int" | "float" | "fraction" | "steps" | "weight";
}

/**
 * Every order in which numbers of these types can stand to each other and to the constants, one choice of different
 * values each. What two rulesets say is made of least weights and of times before or after others, so that what they
 * both say of one such choice they both say of all in the same order; and where two numbers are equal, it is what it
 * is beside that.
 *
 * @returns Undefined where there are more than `most`.
 */
export function ordersOf(
  types: readonly NumberType[],
  constants: readonly number[],
  most: number,
): readonly (readonly number[])[] | undefined {
  const line = [...new Set([0, 1, ...constants])].toSorted((left, right) => left - right);
  let layouts: readonly Layout[] = [Array.from({ length: line.length + 1 }, () => [])];
  for (const index of types.keys()) {
    layouts = layouts.flatMap((layout) => insertEverywhere(index, layout));
    if (layouts.length > most * line.length) return undefined;
  }
  const orders = layouts.flatMap((layout) => {
    const values = place(layout, line, types);
    return values === undefined ? [] : [values];
  });
  if (orders.length > most) return undefined;
  // Few rules take a number below 0, and people look at the first.
  return orders.toSorted((left, right) => Number(left.some(isNegative)) - Number(right.some(isNegative)));
}

function isNegative(value: number): boolean {
  return value < 0;
}

/** One choice of values that differ from each other and from the constants, rising from 0 to 1 as far as that goes. */
export function oneOrderOf(types: readonly NumberType[], constants: readonly number[]): readonly number[] {
  return types.reduce<readonly number[]>((chosen, type) => {
    const known = [...constants, ...chosen];
    const values = (ordersOf([type], known, Number.POSITIVE_INFINITY) ?? []).flat();
    const next = values.find((value) => value > (chosen.at(-1) ?? 0) && value < 1);
    return [...chosen, next ?? values.at(-1) ?? 0];
  }, []);
}

/** For each gap between constants, outermost ones included, which of the numbers lie in it, from low to high. */
type Layout = readonly (readonly number[])[];

function insertEverywhere(index: number, layout: Layout): readonly Layout[] {
  return layout.flatMap((own, gap) =>
    Array.from({ length: own.length + 1 }, (_, rank) => layout.with(gap, own.toSpliced(rank, 0, index))),
  );
}

function place(
  layout: Layout,
  line: readonly number[],
  types: readonly NumberType[],
): readonly number[] | undefined {
  const values = types.map(() => Number.NaN);
  for (const [gap, own] of layout.entries()) {
    const isWhole = own.some((index) => types[index]?.kind === "int" || types[index]?.kind === "steps");
    const [low, high] = stretch(line[gap - 1], line[gap]);
    for (const [rank, index] of own.entries()) {
      const offset = ((high - low) * (rank + 1)) / (own.length + 1);
      const value = isWhole ? Math.floor(low + offset) : low + offset;
      const before = own[rank - 1];
      const isInOrder =
        value > low && value < high && (before === undefined || value > (values[before] ?? low));
      if (!isInOrder || !fits(value, types[index])) return undefined;
      values[index] = value;
    }
  }
  return values;
}

/** Where numbers of a gap are taken from: near the constant that is nearer to 0, where numbers are like those in use. */
function stretch(low: number | undefined, high: number | undefined): readonly [low: number, high: number] {
  const reach = (from: number): number => 4 * Math.max(1, Math.abs(from));
  if (high !== undefined && high <= 0)
    return [Math.max(low ?? Number.NEGATIVE_INFINITY, high - reach(high)), high];
  const from = low ?? 0;
  return [from, Math.min(high ?? Number.POSITIVE_INFINITY, from + reach(from))];
}

function fits(value: number, type: NumberType | undefined): boolean {
  if (type?.kind === "fraction") return value >= 0 && value <= 1;
  return value >= 0 || type?.kind === "int" || type?.kind === "float";
}
