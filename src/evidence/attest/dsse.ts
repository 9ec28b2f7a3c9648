/** Dead Simple Signing Envelopes (DSSE v1): a signature over the type and the bytes of what is said. */
import { canonicalJson } from "../../ir/canonical.ts";

export const IN_TOTO = "application/vnd.in-toto+json";

export interface Envelope {
  /** Base64. */
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** Whose signature stands under an envelope. */
export interface EnvelopeSigner {
  readonly keyid: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** A statement in an envelope. */
export function seal(statement: object, signer: EnvelopeSigner): Envelope {
  const payload = Buffer.from(canonicalJson(statement));
  const sig = Buffer.from(signer.sign(encodeForSigning(IN_TOTO, payload))).toString("base64");
  return {
    payload: payload.toString("base64"),
    payloadType: IN_TOTO,
    signatures: [{ keyid: signer.keyid, sig }],
  };
}

/** What is signed: `DSSEv1`, and type and payload each after its length in bytes (DSSE's pre-authentication encoding). */
export function encodeForSigning(type: string, payload: Uint8Array): Uint8Array {
  const front = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(front), payload]);
}
