/** A record of a manifest as its file has it, before anybody has asked what its values mean. */
export interface RawRow {
  /** By column; what is not there is left out, undefined or null. */
  readonly values: Readonly<Record<string, unknown>>;
  /** At which the record begins, counted from 1; a Parquet file has none. */
  readonly line?: number;
}

export type RawRows = AsyncGenerator<readonly RawRow[]>;

/** Sets a member of a record of its own, which may be called anything, even `__proto__`. */
export function putMember(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") Object.defineProperty(record, name, { value, enumerable: true });
  else record[name] = value;
}
