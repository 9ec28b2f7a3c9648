/** The key that signs models: ECDSA P-256, which OpenSSF model signing takes, drawn from the ledger's own key. */
import { createECDH, createPrivateKey, createPublicKey, hkdfSync, sign, type KeyObject } from "node:crypto";

export interface ModelKey {
  /** A DER signature over SHA-256. */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
  /** The public key in PEM, as public verifiers take it. */
  readonly pem: string;
}

const ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/**
 * One secret file signs both: whoever has the seed has this key, too.
 *
 * @param seed 32 bytes. The scalar is HKDF-SHA256 of it, 48 bytes, modulo the order less one, and one (FIPS 186-5, A.2.1).
 */
export function modelKeyFrom(seed: Uint8Array): ModelKey {
  const drawn = Buffer.from(hkdfSync("sha256", seed, new Uint8Array(), "strata-gov model signing P-256", 48));
  const scalar = (BigInt(`0x${drawn.toString("hex")}`) % (ORDER - 1n)) + 1n;
  const privateKey = importScalar(Buffer.from(scalar.toString(16).padStart(64, "0"), "hex"));
  const pem = createPublicKey(privateKey).export({ format: "pem", type: "spki" });
  return { sign: (bytes) => sign("sha256", bytes, privateKey), pem: String(pem) };
}

function importScalar(scalar: Uint8Array): KeyObject {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(scalar);
  const point = curve.getPublicKey();
  const encode = (part: Uint8Array): string => Buffer.from(part).toString("base64url");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const key = { kty: "EC", crv: "P-256", d: encode(scalar), x: encode(x), y: encode(y) };
  return createPrivateKey({ key, format: "jwk" });
}
