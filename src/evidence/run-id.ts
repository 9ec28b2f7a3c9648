// Crockford's base 32: no letter that reads like a digit.
const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const ID = /^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$/;

/**
 * The name of a run, for example `2026-11-23T083411.512Z-7k2m9qxd`: names sort by time, and the caller's random
 * bytes (eight are enough) keep runs apart that start in the same millisecond.
 */
export function createRunId(moment: Date, randomness: Uint8Array): string {
  const suffix = Array.from(randomness, (byte) => DIGITS.charAt(byte % DIGITS.length)).join("");
  return `${moment.toISOString().replaceAll(":", "")}-${suffix}`;
}

/** Whether a text can name a run's folder: it leads to no other place. */
export function isRunId(text: string): boolean {
  return ID.test(text);
}
