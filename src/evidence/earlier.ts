/** What readers outside have to say to a ledger: a checkpoint that they saw before, and witnesses that they trust. */
import { join } from "node:path";
import { LEDGER } from "./layout.ts";
import { leafHash } from "./ledger/hashing.ts";
import { parseNote, signatureOf, type Note } from "./ledger/note.ts";
import { proveConsistency, verifyConsistency } from "./ledger/proofs.ts";
import { readLedger } from "./ledger/read.ts";
import type { LedgerReading } from "./ledger/reading.ts";
import { CHECKPOINT } from "./ledger/tiles.ts";
import type { RecordProblem } from "./record.ts";
import type { VerifyOptions } from "./verify.ts";

const FILE = `${LEDGER}/${CHECKPOINT}`;

export function checkEarlier(
  path: string,
  { key, witnesses = [], earlier }: VerifyOptions,
): readonly RecordProblem[] {
  if (witnesses.length === 0 && earlier === undefined) return [];
  const ledger = readLedger(join(path, LEDGER), key);
  const { note } = ledger;
  // That there is no checkpoint has been told already.
  if (note === undefined) return [];
  const unsigned = witnesses.flatMap((witness): readonly RecordProblem[] => {
    const verdict = signatureOf(note, witness);
    if (verdict === "signed") return [];
    const by = `the witness ${witness.name} (key ${witness.id})`;
    const message =
      verdict === "wrong" ? `what stands there for ${by} is not its signature` : `${by} has not signed`;
    return [{ kind: verdict === "wrong" ? "altered" : "missing", file: FILE, message }];
  });
  return [...unsigned, ...(earlier === undefined ? [] : compareWithEarlier(ledger, note, earlier))];
}

function compareWithEarlier(ledger: LedgerReading, now: Note, text: string): readonly RecordProblem[] {
  const problem = (message: string): readonly RecordProblem[] => [{ kind: "altered", file: FILE, message }];
  const parsed = parseNote(text);
  if (parsed.problem !== undefined)
    return problem(`the earlier checkpoint cannot be read: ${parsed.problem}`);
  const { checkpoint: then } = parsed.note;
  if (ledger.key !== undefined && signatureOf(parsed.note, ledger.key) !== "signed")
    return problem(`the earlier checkpoint is not signed by ${ledger.key.name} (key ${ledger.key.id})`);
  if (then.origin !== now.checkpoint.origin)
    return problem(`the earlier checkpoint is one of ${then.origin}, and this is ${now.checkpoint.origin}`);
  if (then.size > now.checkpoint.size)
    return problem(
      `the ledger was set back: it had ${then.size} entries and was signed so, and has ${now.checkpoint.size}`,
    );
  const leaves = ledger.entries.map(({ bytes }) => leafHash(bytes));
  if (leaves.length === now.checkpoint.size) {
    const proof = proveConsistency(leaves, then.size);
    if (verifyConsistency(then, now.checkpoint, proof)) return [];
  }
  return problem(
    `the ledger does not begin with the ${then.size} entries that it had at the earlier checkpoint`,
  );
}
