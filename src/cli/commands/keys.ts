/** `gov keys`: makes keys, names them, and puts a witness's signature under a run. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import { KEYS, makeKeyFiles, readPublicKey, readSigningKey } from "../../evidence/key-files.ts";
import type { PublicKey } from "../../evidence/ledger/keys.ts";
import { cosignRun } from "../../evidence/witness.ts";
import { showPath } from "../../project/root.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { KeysRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

export async function keys(request: KeysRequest, terminal: Terminal): Promise<number> {
  try {
    const told = carryOut(request, terminal);
    terminal.out(request.format === "json" ? jsonText(told.data) : told.text);
    return EXIT.clean;
  } catch (error) {
    if (error instanceof EvidenceError) return fail(terminal, error.message);
    throw error;
  }
}

interface Told {
  readonly data: unknown;
  readonly text: string;
}

function carryOut(request: KeysRequest, { workingDirectory, colors }: Terminal): Told {
  const place = (path: string): string => resolve(workingDirectory, path);
  const show = (path: string): string => escapeControls(showPath(path, workingDirectory));
  switch (request.kind) {
    case "make": {
      const { key, privatePath, publicPath } = makeKeyFiles(
        place(request.folder ?? KEYS),
        request.name,
        randomBytes(32),
      );
      return {
        data: { ...describe(key.publicKey), private: show(privatePath), public: show(publicPath) },
        text: [
          `${colors.bold("Private")}  ${show(privatePath)}  (keep it: whoever has it can sign)`,
          `${colors.bold("Public")}   ${show(publicPath)}  (hand it out: with it anybody can verify)`,
          key.publicKey.text,
          "",
        ].join("\n"),
      };
    }
    case "show": {
      const found = request.keys.map((path) => readPublicKey(path.includes("+") ? path : place(path)));
      return {
        data: found.map(describe),
        text: found.map(({ name, id, text }) => `${colors.bold(name)}  key ${id}\n${text}\n`).join(""),
      };
    }
    case "cosign": {
      const run = findRun(request.run, workingDirectory);
      const witness = readSigningKey(place(request.key));
      const signer = request.signer === undefined ? undefined : readPublicKey(place(request.signer));
      const head = cosignRun(run, witness, signer);
      return {
        data: { ...head, witness: describe(witness.publicKey) },
        text: `${colors.green("signed")}: ${head.origin}, ${head.size} entries, by ${witness.name} (key ${witness.id})\n`,
      };
    }
  }
}

function describe({ name, id, text }: PublicKey): Pick<PublicKey, "name" | "id" | "text"> {
  return { name, id, text };
}
