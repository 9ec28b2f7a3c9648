import * as tf from "@tensorflow/tfjs";

/** How an optional package is loaded. */
export type PackageImport = (name: string) => Promise<unknown>;

/** How it went to start a backend that may not be there. */
export interface Started {
  readonly kind: "started";
  readonly facts: string;
}
export interface Failed {
  readonly kind: "failed";
  readonly problem: string;
}

/**
 * Makes a registered backend the one in use and has it multiply, which a half-installed one does not survive.
 *
 * @param complete Adds what the backend lacks, once it has started.
 * @returns What is wrong with it, in one line, or undefined.
 */
export async function setWorkingBackend(
  name: string,
  complete: () => void = () => undefined,
): Promise<string | undefined> {
  try {
    if (!(await tf.setBackend(name))) return "it does not start";
    complete();
    const product = tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]);
    return product === 11 ? undefined : `it computes 1·3 + 2·4 = ${product}`;
  } catch (error) {
    return oneLine(error);
  }
}

/** An error's message, fit to stand inside a line: the first line that says something, without control characters. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split("\n").map((line) => line.replace(/[\p{Cc}\s]+/gu, " ").trim());
  const first = lines.find((line) => line !== "") ?? "no reason given";
  return first.length > MAXIMUM_LENGTH ? `${first.slice(0, MAXIMUM_LENGTH - 1)}…` : first;
}

const MAXIMUM_LENGTH = 200;

/** The package itself is not there; one that misses a part of its own is there and broken. */
export function isAbsent(error: unknown, packageName: string): boolean {
  const isMissing =
    error instanceof Error && "code" in error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code));
  return isMissing && error.message.includes(`'${packageName}'`);
}
