/** The runs of a folder as a dashboard needs them: read again only when their files have changed. */
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { listRuns } from "../../evidence/find-run.ts";
import { readRun } from "../../evidence/read.ts";
import type { RunRecord } from "../../evidence/record.ts";

export interface RunShelf {
  /** The newest first. */
  readonly list: () => readonly string[];
  /** Undefined where there is no such run in the folder. */
  readonly read: (id: string) => RunRecord | undefined;
  /** Changes whenever a run does. */
  readonly signature: (id: string) => string;
}

export function openShelf(folder: string): RunShelf {
  const kept = new Map<string, { readonly signature: string; readonly run: RunRecord }>();
  // A link could lead out of the folder.
  const list = (): readonly string[] =>
    listRuns(folder).filter((id) => lstatSync(join(folder, id)).isDirectory());
  const signature = (id: string): string => signatureOf(join(folder, id));
  return {
    list,
    signature,
    read: (id) => {
      // Only what the folder itself lists is opened: no name from outside leads anywhere else.
      if (!list().includes(id)) return undefined;
      const now = signature(id);
      const known = kept.get(id);
      if (known?.signature === now) return known.run;
      const run = readRun(join(folder, id));
      kept.set(id, { signature: now, run });
      return run;
    },
  };
}

function signatureOf(folder: string): string {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => {
        const { size, mtimeMs } = statSync(join(folder, name));
        return `${name} ${size} ${mtimeMs}`;
      })
      .join("\n");
  } catch {
    // A run that is being removed.
    return "gone";
  }
}
