import { join } from "node:path";
import { EvidenceError } from "./error.ts";
import { LEDGER } from "./layout.ts";
import type { PublicKey, SigningKey } from "./ledger/keys.ts";
import { cosign, parseNote } from "./ledger/note.ts";
import { readBytes } from "./ledger/read-bytes.ts";
import { CHECKPOINT } from "./ledger/tiles.ts";
import { placeOf, type SignedHead } from "./record.ts";
import { verifyRun } from "./verify.ts";
import { writeWholeFile } from "./whole-file.ts";

/**
 * Puts a witness's signature under the checkpoint of a run that has ended, once all of the record was recomputed.
 *
 * @throws EvidenceError when the run does not verify, or has no end.
 */
export function cosignRun(path: string, witness: SigningKey, signer: PublicKey | undefined): SignedHead {
  const { verdict, head, problems } = verifyRun(path, signer === undefined ? {} : { key: signer });
  if (verdict !== "verifies" || head === undefined) {
    const first = problems.find(({ kind }) => kind !== "unbound");
    const reason = first === undefined ? "it has no checkpoint" : `${placeOf(first)}: ${first.message}`;
    throw new EvidenceError(`a witness signs what verifies, and this run does not: ${reason}`);
  }
  const folder = join(path, LEDGER);
  const text = Buffer.from(readBytes(folder, CHECKPOINT) ?? []).toString("utf8");
  const parsed = parseNote(text);
  if (parsed.problem !== undefined)
    throw new EvidenceError(`the checkpoint cannot be read: ${parsed.problem}`);
  writeWholeFile(join(folder, CHECKPOINT), cosign(text, parsed.note.body, witness));
  return head;
}
