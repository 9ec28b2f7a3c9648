/** Keys as files: the private one for its owner alone, the public one for everybody. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { EvidenceError, evidenceError } from "./error.ts";
import {
  keyNameProblem,
  parsePublicKey,
  parseSigningKey,
  signingKeyFrom,
  type PublicKey,
  type SigningKey,
} from "./ledger/keys.ts";

export interface KeyFiles {
  readonly key: SigningKey;
  /** `<name>.key`, readable by its owner only. */
  readonly privatePath: string;
  /** `<name>.pub`, to be handed out. */
  readonly publicPath: string;
}

/**
 * Makes a key and writes both its files; throws an `EvidenceError` rather than replace one that is there.
 *
 * @param seed 32 random bytes.
 */
export function makeKeyFiles(folder: string, name: string, seed: Uint8Array): KeyFiles {
  const problem = keyNameProblem(name);
  if (problem !== undefined) throw new EvidenceError(`\`${name}\` cannot name a key: ${problem}`);
  return writeKeyFiles(pathsOf(folder, fileNameOf(name)), signingKeyFrom(name, seed));
}

interface Paths {
  readonly privatePath: string;
  readonly publicPath: string;
}

function pathsOf(folder: string, file: string): Paths {
  return { privatePath: join(folder, `${file}.key`), publicPath: join(folder, `${file}.pub`) };
}

/** `example.com/strata` lies in `example.com-strata.key`. */
function fileNameOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]/gu, "-").replace(/^[.-]+/, "") || "key";
}

function writeKeyFiles(paths: Paths, key: SigningKey): KeyFiles {
  writeNew(paths.privatePath, `${key.text}\n`, 0o600);
  writeNew(paths.publicPath, `${key.publicKey.text}\n`, 0o644);
  return { key, ...paths };
}

function writeNew(path: string, text: string, mode: number): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "wx", mode);
    try {
      // Whatever the umask of who makes it.
      chmodSync(path, mode);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw evidenceError("write the key", path, cause);
  }
}

/** Where a project keeps its keys, in its folder. */
export const KEYS = ".gov/keys";

/**
 * The key that signs the runs of a project that names no other: made when it is first needed, and kept, so that a run
 * that was killed can be continued and all runs of a project have one signer.
 */
export function projectKey(
  project: string,
  name: string,
  randomness: () => Uint8Array,
): { readonly key: SigningKey; readonly made: KeyFiles | undefined } {
  const folder = join(project, KEYS);
  const paths = pathsOf(folder, "project");
  if (existsSync(paths.privatePath)) return { key: readSigningKey(paths.privatePath), made: undefined };
  const ignored = join(folder, ".gitignore");
  if (!existsSync(ignored)) writeNew(ignored, "*.key\n", 0o644);
  const made = writeKeyFiles(paths, signingKeyFrom(name, randomness()));
  return { key: made.key, made };
}

/** A text that can name a key, made of one that perhaps cannot. */
export function toKeyName(text: string): string {
  return text.replace(/[\s+\p{C}]+/gu, "-").slice(0, 100) || "project";
}

/** The key in a file of `gov keys make`; throws an `EvidenceError` where there is none, or others may read it. */
export function readSigningKey(path: string): SigningKey {
  const key = parseSigningKey(readKeyText(path));
  if (key === undefined)
    throw new EvidenceError(
      parsePublicKey(readKeyText(path)) === undefined
        ? `${path} holds no private key: make one with \`gov keys make NAME\``
        : `${path} is a public key: signing takes the private one, which ends in .key`,
    );
  // Windows has no such bits.
  if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0)
    throw new EvidenceError(`others may read the private key ${path}: \`chmod 600 ${path}\``);
  return key;
}

/** A public key as a file or as the text itself, from either file of a pair; throws an `EvidenceError` otherwise. */
export function readPublicKey(pathOrText: string): PublicKey {
  const text = pathOrText.includes("+") && !existsSync(pathOrText) ? pathOrText : readKeyText(pathOrText);
  const key = parsePublicKey(text) ?? parseSigningKey(text)?.publicKey;
  if (key === undefined) throw new EvidenceError(`${pathOrText} holds no key of a ledger`);
  return key;
}

const LONGEST_KEY_FILE = 4096;

function readKeyText(path: string): string {
  try {
    if (statSync(path).size <= LONGEST_KEY_FILE) return readFileSync(path, "utf8");
  } catch (cause) {
    throw evidenceError("read the key", path, cause);
  }
  throw new EvidenceError(`${path} is too long for a key`);
}
