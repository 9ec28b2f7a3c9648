import { createHash } from "node:crypto";

/** What the first line gives as the digest of the line before it. */
export const GENESIS = "0".repeat(64);

/** SHA-256 in hex; text is taken as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
