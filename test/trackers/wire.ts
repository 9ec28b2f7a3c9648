/** A reader of Protocol Buffers' wire format of its own: what the writers make must be readable without them. */

/** Field number to its values in order: varints as bigint, fixed numbers and lengths as bytes. */
export type Fields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

export function decode(bytes: Uint8Array): Fields {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new Error("a varint is cut off");
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error("a field is cut off");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const readers: Readonly<Record<string, () => bigint | Uint8Array>> = {
    0: varint,
    1: () => take(8),
    2: () => take(Number(varint())),
    5: () => take(4),
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const read = readers[tag % 8];
    if (read === undefined) throw new Error(`wire type ${tag % 8}`);
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), read()]);
  }
  return fields;
}

/** All values of a field that is a message. */
export function messages(fields: Fields, number: number): readonly Fields[] {
  return all(fields, number).map((value) => decode(value));
}

export function messageAt(fields: Fields, ...path: readonly number[]): Fields {
  return path.reduce<Fields>((at, number) => {
    const [first] = messages(at, number);
    if (first === undefined) throw new Error(`no field ${number}`);
    return first;
  }, fields);
}

export function texts(fields: Fields, number: number): readonly string[] {
  return all(fields, number).map((value) => Buffer.from(value).toString("utf8"));
}

export function textAt(fields: Fields, number: number): string | undefined {
  return texts(fields, number)[0];
}

export function countAt(fields: Fields, number: number): number | undefined {
  const value = fields.get(number)?.[0];
  return typeof value === "bigint" ? Number(value) : undefined;
}

export function floats(fields: Fields, number: number): readonly number[] {
  return all(fields, number).map((value) => Buffer.from(value).readFloatLE());
}

export function doubleAt(fields: Fields, number: number): number | undefined {
  const [value] = all(fields, number);
  return value === undefined ? undefined : Buffer.from(value).readDoubleLE();
}

function all(fields: Fields, number: number): readonly Uint8Array[] {
  return (fields.get(number) ?? []).flatMap((value) => (typeof value === "bigint" ? [] : [value]));
}
