/**
 * Shapes of JSON values: predicates that turn text from elsewhere into typed data. The tables of fields are total,
 * so that a field added to an event and not to its shape does not compile.
 */
export type Shape<Value> = (value: unknown) => value is Value;

/** A field that may be left out. */
export interface Optional<Value> {
  readonly optional: Shape<Value>;
}

type Fields<Value> = {
  readonly [Key in keyof Value]-?: Partial<Pick<Value, Key>> extends Pick<Value, Key>
    ? Optional<Exclude<Value[Key], undefined>>
    : Shape<Value[Key]>;
};

type OfKind<Union, Kind> = Union extends { readonly kind: infer Own }
  ? Kind extends Own
    ? Union
    : never
  : never;

export const text: Shape<string> = (value): value is string => typeof value === "string";
export const number: Shape<number> = (value): value is number => typeof value === "number";
export const count: Shape<number> = (value): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
export const digest: Shape<string> = (value): value is string =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

export function optional<Value>(shape: Shape<Value>): Optional<Value> {
  return { optional: shape };
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return (value): value is Value | null => value === null || shape(value);
}

export function oneOf<const Value extends string>(...values: readonly Value[]): Shape<Value> {
  const known: ReadonlySet<unknown> = new Set(values);
  return (value): value is Value => known.has(value);
}

export function list<Value>(item: Shape<Value>): Shape<readonly Value[]> {
  return (value): value is readonly Value[] => Array.isArray(value) && value.every(item);
}

export function dictionary<Value>(item: Shape<Value>): Shape<Readonly<Record<string, Value>>> {
  return (value): value is Readonly<Record<string, Value>> =>
    isObject(value) && Object.values(value).every(item);
}

/** An object with these fields; others are let through, so that later versions can add some. */
export function object<Value>(fields: Fields<Value>): Shape<Value> {
  const entries = Object.entries<Shape<unknown> | Optional<unknown>>(fields);
  return (value): value is Value =>
    isObject(value) &&
    entries.every(([name, field]) => {
      if (typeof field === "function") return Object.hasOwn(value, name) && field(value[name]);
      return !Object.hasOwn(value, name) || field.optional(value[name]);
    });
}

/** A closed union told apart by `kind`; the table names every kind. */
export function union<Value extends { readonly kind: string }>(members: {
  readonly [Kind in Value["kind"]]: Shape<OfKind<Value, Kind>>;
}): Shape<Value> {
  const table = new Map(Object.entries<Shape<unknown>>(members));
  return (value): value is Value =>
    isObject(value) && typeof value["kind"] === "string" && table.get(value["kind"])?.(value) === true;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
