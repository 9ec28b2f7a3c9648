/**
 * Checkpoints of a ledger as signed notes (C2SP tlog-checkpoint, signed-note): the origin, the size and the root, an
 * empty line, and a line for each signature, that of the ledger's own key first and those of witnesses after it.
 */
import type { TreeHead } from "./proofs.ts";
import { HASH_BYTES } from "./hashing.ts";
import { decodeBase64, keyNameProblem, type PublicKey, type SigningKey } from "./keys.ts";

export interface Checkpoint extends TreeHead {
  /** Which ledger: the name of its key and the id of its run. */
  readonly origin: string;
}

export interface Note {
  readonly checkpoint: Checkpoint;
  /** What is signed. */
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Of the key, in hex. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The text of a checkpoint without signatures. */
export function checkpointBody({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
}

export function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): string {
  const body = checkpointBody(checkpoint);
  return `${body}\n${signatureLine(body, key)}`;
}

/** The note with one more signature under it; one that this key has given already is not given twice. */
export function cosign(note: string, body: string, key: SigningKey): string {
  const line = signatureLine(body, key);
  return note.includes(line) ? note : `${note}${line}`;
}

function signatureLine(body: string, key: SigningKey): string {
  const bytes = Buffer.concat([Buffer.from(key.id, "hex"), key.sign(Buffer.from(body))]);
  return `— ${key.name} ${bytes.toString("base64")}\n`;
}

/** A checkpoint as written, or what is wrong with it and in which line, counted from 1. */
export type ParsedNote =
  { readonly note: Note; readonly problem?: undefined } | { readonly problem: string; readonly line: number };

export function parseNote(text: string): ParsedNote {
  const [origin = "", sizeText = "", rootText = "", gap, ...rest] = text.split("\n");
  if (origin === "") return { problem: "the origin is missing", line: 1 };
  const size = Number(sizeText);
  if (!/^(0|[1-9][0-9]*)$/.test(sizeText) || !Number.isSafeInteger(size))
    return { problem: "the second line is not a size", line: 2 };
  const root = decodeBase64(rootText);
  if (root?.length !== HASH_BYTES)
    return { problem: "the third line is not the hash of a root in base64", line: 3 };
  if (gap !== "") return { problem: "an empty line belongs before the signatures", line: 4 };
  if (rest.pop() !== "") return { problem: "the last line has no end", line: 5 + rest.length };
  if (rest.length === 0) return { problem: "nobody signed it", line: 5 };
  const signatures: NoteSignature[] = [];
  for (const [index, line] of rest.entries()) {
    const signature = parseSignature(line);
    if (signature === undefined) return { problem: "the line is not a signature", line: 5 + index };
    signatures.push(signature);
  }
  const checkpoint = { origin, size, root };
  return { note: { checkpoint, body: checkpointBody(checkpoint), signatures } };
}

function parseSignature(line: string): NoteSignature | undefined {
  const parts = /^— (\S+) (\S+)$/u.exec(line);
  const bytes = decodeBase64(parts?.[2] ?? "");
  if (parts?.[1] === undefined || keyNameProblem(parts[1]) !== undefined) return undefined;
  if (bytes === undefined || bytes.length < 5) return undefined;
  return {
    name: parts[1],
    id: Buffer.from(bytes.subarray(0, 4)).toString("hex"),
    bytes: bytes.subarray(4),
  };
}

/** What a key has to say to a note: a signature that is not there is another matter than one that is wrong. */
export function signatureOf(note: Note, key: PublicKey): "signed" | "absent" | "wrong" {
  const own = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (own.length === 0) return "absent";
  const body = Buffer.from(note.body);
  return own.every(({ bytes }) => key.verifies(body, bytes)) ? "signed" : "wrong";
}
