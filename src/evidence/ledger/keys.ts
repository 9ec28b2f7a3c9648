/**
 * Keys by which a ledger is signed: Ed25519, written as signed notes write them (C2SP signed-note; Go's
 * `golang.org/x/mod/sumdb/note`). The name is a part of the key: the same bytes under another name are another key.
 */
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { sha256Of } from "../digest.ts";

export interface PublicKey {
  readonly name: string;
  /** The first four bytes of SHA-256 over name, line break, 0x01 and key, in hex. */
  readonly id: string;
  /** Whether a signature over a text is this key's. */
  readonly verifies: (text: Uint8Array, signature: Uint8Array) => boolean;
  /** `name+id+base64`, for people and files. */
  readonly text: string;
}

export interface SigningKey {
  readonly name: string;
  readonly id: string;
  /** 64 bytes. */
  readonly sign: (text: Uint8Array) => Uint8Array;
  readonly publicKey: PublicKey;
  /** Draws another key from the same secret. */
  readonly derive: <Key>(from: (seed: Uint8Array) => Key) => Key;
  /** `PRIVATE+KEY+name+id+base64`: whoever has it can sign. */
  readonly text: string;
}

const ED25519 = 0x01;
const KEY_BYTES = 32;

// What stands before the 32 bytes of a key in DER (RFC 8410).
const PRIVATE_DER = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_DER = Buffer.from("302a300506032b6570032100", "hex");

/** Why a text cannot name a key, or nothing. */
export function keyNameProblem(name: string): string | undefined {
  if (name === "") return "a key needs a name";
  if (name.length > 200) return "the name of a key has at most 200 characters";
  // `+` parts the name from the rest, white space ends it in a signature's line.
  if (/[\s+\p{C}]/u.test(name))
    return "the name of a key holds no white space, no + and no control character";
  return undefined;
}

/** @param seed 32 random bytes. */
export function signingKeyFrom(name: string, seed: Uint8Array): SigningKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PRIVATE_DER, seed]),
    format: "der",
    type: "pkcs8",
  });
  const exported = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const publicKey = publicKeyFrom(name, exported.subarray(-KEY_BYTES));
  return {
    ...{ name, id: publicKey.id, publicKey },
    sign: (text) => sign(null, text, privateKey),
    derive: (from) => from(seed),
    text: `PRIVATE+KEY+${name}+${publicKey.id}+${Buffer.from([ED25519, ...seed]).toString("base64")}`,
  };
}

function publicKeyFrom(name: string, bytes: Uint8Array): PublicKey {
  const typed = Buffer.from([ED25519, ...bytes]);
  const id = sha256Of(Buffer.concat([Buffer.from(`${name}\n`), typed]))
    .subarray(0, 4)
    .toString("hex");
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_DER, bytes]), format: "der", type: "spki" });
  return {
    ...{ name, id },
    verifies: (text, signature) => isSigned(key, text, signature),
    text: `${name}+${id}+${typed.toString("base64")}`,
  };
}

function isSigned(key: KeyObject, text: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && verify(null, text, key, signature);
}

/** A public key as written, undefined where the text is none: its id has to be that of its name and bytes. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const parts = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)\n?$/.exec(text);
  const bytes = keyBytes(parts?.[3]);
  if (parts?.[1] === undefined || bytes === undefined || keyNameProblem(parts[1]) !== undefined)
    return undefined;
  const key = publicKeyFrom(parts[1], bytes);
  return key.id === parts[2] ? key : undefined;
}

/** A private key as written, undefined where the text is none. */
export function parseSigningKey(text: string): SigningKey | undefined {
  const parts = /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)\n?$/.exec(text);
  const seed = keyBytes(parts?.[3]);
  if (parts?.[1] === undefined || seed === undefined || keyNameProblem(parts[1]) !== undefined)
    return undefined;
  const key = signingKeyFrom(parts[1], seed);
  return key.id === parts[2] ? key : undefined;
}

/** The 32 bytes after the mark of the algorithm, undefined unless written in the one way that base64 has for them. */
function keyBytes(base64: string | undefined): Uint8Array | undefined {
  const bytes = base64 === undefined ? undefined : decodeBase64(base64);
  return bytes?.[0] === ED25519 && bytes.length === KEY_BYTES + 1 ? bytes.subarray(1) : undefined;
}

/** The bytes of a text in base64, undefined where the text is not how they would be written. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
