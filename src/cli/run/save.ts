/** The trained model as a folder that tfjs reads: `model.json` and `weights.bin`, both or neither. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../../evidence/digest.ts";
import { evidenceError, isMissing } from "../../evidence/error.ts";
import { syncFolder, writeWholeFile } from "../../evidence/whole-file.ts";
import { WEIGHTS, type ModelFiles } from "../../runtime/artifacts.ts";

export interface SavedModel {
  readonly folder: string;
  /** Name to SHA-256 in hex. */
  readonly digests: Readonly<Record<string, string>>;
}

/** What keeps a model from being saved there, found before the training that would be lost; or nothing. */
export function savingProblem(folder: string): string | undefined {
  try {
    const there = lookAt(folder);
    if (there === "other") return "it is there already, and is not a folder";
    if (there === "full") return "the folder is there already, with something in it";
    rmdirSync(makePartial(folder));
    return undefined;
  } catch (cause) {
    return evidenceError("make the folder", folder, cause).message;
  }
}

/** @throws EvidenceError when it cannot be written; the folder is then as it was. */
export function saveModel({ model, weights }: ModelFiles, folder: string): SavedModel {
  const files = { "model.json": model, [WEIGHTS]: weights };
  let partial: string | undefined;
  try {
    partial = makePartial(folder);
    for (const [name, content] of Object.entries(files)) writeWholeFile(join(partial, name), content);
    // Its maker kept it to itself; the model is as open as any file.
    chmodSync(partial, 0o777 & ~process.umask());
    // An empty folder is no obstacle to POSIX's rename, but to that of other systems.
    if (lookAt(folder) === "empty") rmdirSync(folder);
    renameSync(partial, folder);
  } catch (cause) {
    if (partial !== undefined) removeQuietly(partial);
    throw evidenceError("save the model to", folder, cause);
  }
  syncFolder(dirname(folder));
  const digests = Object.entries(files).map(([name, content]) => [name, sha256(content)] as const);
  return { folder, digests: Object.fromEntries(digests) };
}

function removeQuietly(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // What kept the model from being saved may keep the rest from being removed; the first fault is the one to tell.
    return;
  }
}

/** A new folder beside the one that is to be, so that it can be renamed to it. */
function makePartial(folder: string): string {
  mkdirSync(dirname(folder), { recursive: true });
  return mkdtempSync(`${folder}.partial-`);
}

function lookAt(folder: string): "nothing" | "empty" | "full" | "other" {
  try {
    if (!statSync(folder).isDirectory()) return "other";
    return readdirSync(folder).length === 0 ? "empty" : "full";
  } catch (cause) {
    if (isMissing(cause)) return "nothing";
    throw cause;
  }
}
