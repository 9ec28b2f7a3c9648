import { canonicalJson } from "../../ir/canonical.ts";
import { sha256, sha256Of } from "../digest.ts";
import { seal } from "./dsse.ts";
import type { ModelKey } from "./model-key.ts";
import { state } from "./statement.ts";

/** The name under which verifiers look for the signature in a model's folder. */
export const MODEL_SIGNATURE = "model.sig";

/**
 * A signature over the files of a model (OpenSSF model signing v1.0): a Sigstore bundle with a statement that lists each
 * file by SHA-256, and as its subject the SHA-256 over those digests in the order of the names.
 *
 * @param name Of the model, for people; verifiers do not compare it.
 * @param files Name to SHA-256 in hex.
 */
export function signModel(name: string, files: Readonly<Record<string, string>>, key: ModelKey): string {
  const sorted = Object.entries(files).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const root = sha256(Buffer.concat(sorted.map(([, digest]) => Buffer.from(digest, "hex"))));
  const statement = state([{ name, digest: { sha256: root } }], "https://model_signing/signature/v1.0", {
    serialization: {
      method: "files",
      hash_type: "sha256",
      allow_symlinks: false,
      ignore_paths: [MODEL_SIGNATURE],
    },
    resources: sorted.map(([file, digest]) => ({ name: file, algorithm: "sha256", digest })),
  });
  const bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: sha256Of(key.pem).toString("hex") }, tlogEntries: [] },
    dsseEnvelope: seal(statement, { keyid: "", sign: key.sign }),
  };
  return `${canonicalJson(bundle)}\n`;
}
