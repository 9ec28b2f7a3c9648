/** The wire format of Protocol Buffers, as far as writing needs it: each function gives one field with its tag. */

/** The message that these fields make; fields left out are undefined. */
export function message(...fields: readonly (Uint8Array | undefined)[]): Uint8Array {
  return Buffer.concat(fields.filter((field) => field !== undefined));
}

export function bytesField(number: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([tag(number, 2), varint(value.length), value]);
}

export function textField(number: number, value: string): Uint8Array {
  return bytesField(number, Buffer.from(value, "utf8"));
}

export function messageField(number: number, ...fields: readonly (Uint8Array | undefined)[]): Uint8Array {
  return bytesField(number, message(...fields));
}

/** A whole number that is not negative. */
export function countField(number: number, value: number): Uint8Array {
  return Buffer.concat([tag(number, 0), varint(value)]);
}

/** Little-endian, 4 bytes. */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([tag(number, 5), bytes]);
}

/** Little-endian, 8 bytes. */
export function doubleField(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tag(number, 1), bytes]);
}

function tag(number: number, wireType: 0 | 1 | 2 | 5): Uint8Array {
  return varint(number * 8 + wireType);
}

function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be a varint`);
  const bytes: number[] = [];
  let rest = value;
  // Not with shifts: they would cut a number of more than 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}
