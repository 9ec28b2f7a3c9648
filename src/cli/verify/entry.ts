/** `gov verify RUN --entry N` and `gov verify FILE.tlog-proof`: a single decision, provable without the run. */
import { resolve } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import type { PublicKey } from "../../evidence/ledger/keys.ts";
import { checkProof, proveEntry } from "../../evidence/prove.ts";
import { writeWholeFile } from "../../evidence/whole-file.ts";
import { showPath } from "../../project/root.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import type { VerifyRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** To standard output, or to the file that the request names. The run has been verified. */
export function handOutProof(
  folder: string,
  index: number,
  { output }: VerifyRequest,
  { out, workingDirectory }: Terminal,
): void {
  const proof = proveEntry(folder, index);
  if (output === undefined) return out(proof);
  const path = resolve(workingDirectory, output);
  writeWholeFile(path, proof);
  out(`${escapeControls(showPath(path, workingDirectory))}\n`);
}

/** @throws EvidenceError where no key is given: a proof has nothing else that could be trusted. */
export function judgeProof(
  text: string,
  request: VerifyRequest,
  { key, witnesses }: { readonly key: PublicKey | undefined; readonly witnesses: readonly PublicKey[] },
  { colors, out }: Terminal,
): number {
  if (key === undefined)
    throw new EvidenceError("a proof holds by a key that you trust: name it with --key FILE");
  const verdict = checkProof(text, { key, witnesses });
  const { problem, origin = "", size, index, entry = "" } = verdict;
  if (request.format === "json") out(jsonText({ verifies: problem === undefined, ...verdict }));
  else if (problem !== undefined)
    out(`${colors.red("does not verify")}: ${escapeControls(`${request.run}: ${problem}`)}\n`);
  else {
    out(`${colors.green("verifies")}: ${escapeControls(request.run)}\n`);
    out(`  entry ${index ?? 0} of ${size ?? 0} of ${escapeControls(origin)}, signed by `);
    out(`${escapeControls([key, ...witnesses].map(({ name, id }) => `${name} (key ${id})`).join(", "))}\n`);
    out(`  ${escapeControls(entry)}\n`);
  }
  return problem === undefined ? EXIT.clean : EXIT.unverified;
}
