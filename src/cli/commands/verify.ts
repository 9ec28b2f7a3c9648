import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { EvidenceError, evidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import { readPublicKey } from "../../evidence/key-files.ts";
import type { PublicKey } from "../../evidence/ledger/keys.ts";
import { isProof } from "../../evidence/ledger/proof-file.ts";
import {
  placeOf,
  type KeyName,
  type RecordProblem,
  type SignedHead,
  type Verdict,
} from "../../evidence/record.ts";
import { verifyRun } from "../../evidence/verify.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { VerifyRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { handOutProof, judgeProof } from "../verify/entry.ts";

/** `gov verify`: whether a run's evidence is what the run wrote. Needs nothing but the folder, and a key to trust. */
export async function verify(request: VerifyRequest, terminal: Terminal): Promise<number> {
  try {
    const proof = readProof(request, terminal.workingDirectory);
    const keys = readKeys(request, terminal.workingDirectory);
    return proof === undefined
      ? verifyFolder(request, keys, terminal)
      : judgeProof(proof, request, keys, terminal);
  } catch (error) {
    if (error instanceof EvidenceError) return fail(terminal, error.message);
    throw error;
  }
}

function verifyFolder(request: VerifyRequest, { key, witnesses }: TrustedKeys, terminal: Terminal): number {
  const { colors, out, workingDirectory } = terminal;
  const { checkpoint, entry } = request;
  const folder = findRun(request.run, workingDirectory);
  const { verdict, head, problems } = verifyRun(folder, {
    ...(key === undefined ? {} : { key }),
    witnesses,
    ...(checkpoint === undefined ? {} : { earlier: readText(resolve(workingDirectory, checkpoint)) }),
  });
  const isAccepted = verdict === "verifies" || (verdict === "unfinished" && request.unfinished === "accept");
  const code = isAccepted ? EXIT.clean : EXIT.unverified;
  if (entry !== undefined && isAccepted) handOutProof(folder, entry, request, terminal);
  else if (request.format === "json")
    out(
      jsonText({
        ...{ verdict, verifies: verdict === "verifies", head, problems },
        // Where it does not verify, it may be for want of one of these.
        witnesses: verdict === "does_not_verify" ? [] : witnesses.map(({ name, id }) => ({ name, id })),
      }),
    );
  else {
    for (const problem of problems) out(`${colors.yellow(WORDS[problem.kind])} ${describe(problem)}\n`);
    out(`${paintVerdict(verdict, terminal)}: ${escapeControls(request.run)}\n`);
    if (head !== undefined && verdict !== "does_not_verify") {
      out(sayHead(head, witnesses));
      out(sayName(head, basename(folder)));
    }
  }
  return code;
}

/** The text of a file that is a proof of one entry; undefined for a run. */
function readProof({ run }: VerifyRequest, workingDirectory: string): string | undefined {
  const path = resolve(workingDirectory, run);
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  const text = readText(path);
  return isProof(text) ? text : undefined;
}

interface TrustedKeys {
  readonly key: PublicKey | undefined;
  readonly witnesses: readonly PublicKey[];
}

function readKeys({ key, witnesses }: VerifyRequest, workingDirectory: string): TrustedKeys {
  const readKey = (text: string): PublicKey =>
    readPublicKey(text.includes("+") ? text : resolve(workingDirectory, text));
  return { key: key === undefined ? undefined : readKey(key), witnesses: witnesses.map(readKey) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw evidenceError("read", path, cause);
  }
}

const WORDS: Readonly<Record<RecordProblem["kind"], string>> = {
  altered: "altered",
  malformed: "malformed",
  missing: "missing",
  unreadable: "unreadable",
  cut_off: "cut off",
  unbound: "not bound",
};

function describe(problem: RecordProblem): string {
  return escapeControls(`${placeOf(problem)}: ${problem.message}`);
}

function paintVerdict(verdict: Verdict, { colors }: Terminal): string {
  if (verdict === "verifies") return colors.green("verifies");
  if (verdict === "unfinished") return colors.yellow("unfinished, and verifies as far as it goes");
  return colors.red("does not verify");
}

/** @param witnesses Whose signatures were asked for, and found. */
function sayHead(
  { origin, size, signer, trust, signatures }: SignedHead,
  witnesses: readonly PublicKey[],
): string {
  const sayKey = ({ name, id }: KeyName): string => `${name} (key ${id})`;
  const by = sayKey(signer);
  const checked = new Set(witnesses.map(sayKey));
  const claimed = signatures.map(sayKey).filter((key) => key !== by && !checked.has(key));
  return [
    `  ${size} entries of ${escapeControls(origin)}, signed by ${escapeControls(by)}\n`,
    ...(checked.size === 0 ? [] : [`  also signed by ${escapeControls([...checked].join(", "))}\n`]),
    ...(claimed.length === 0
      ? []
      : [
          `  there are lines of ${escapeControls(claimed.join(", "))}, too, which nobody has checked: --witness KEY does\n`,
        ]),
    ...(trust === "given"
      ? []
      : ["  that is the key in the folder itself: --key FILE holds the run against one that you trust\n"]),
  ].join("");
}

/** A run that lies where another one is looked for is whole, and still not the one that is meant. */
function sayName({ origin }: SignedHead, folder: string): string {
  const run = origin.slice(origin.lastIndexOf("/") + 1);
  return run === folder
    ? ""
    : escapeControls(`  the folder is called ${folder}, and holds the run ${run}`) + "\n";
}
