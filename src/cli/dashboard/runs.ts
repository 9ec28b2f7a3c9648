/**
 * The runs of a folder as a dashboard needs them: read again only when their files have changed, and long runs seldom,
 * so that to watch a training takes at most a tenth of a processor from it.
 */
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { listRuns } from "../../evidence/find-run.ts";
import { influenceFlow } from "../../evidence/provenance/flow.ts";
import type { FlowCell } from "../../evidence/provenance/trace.ts";
import { readRun } from "../../evidence/read.ts";
import type { RunRecord } from "../../evidence/record.ts";

/** A run and what its provenance says. */
export interface ShownRun extends RunRecord {
  readonly flow: readonly FlowCell[];
}

export interface RunShelf {
  /** The newest first. */
  readonly list: () => readonly string[];
  /** Undefined where there is no such run in the folder. */
  readonly read: (id: string) => ShownRun | undefined;
  /** Changes whenever what `read` gives does. */
  readonly signature: (id: string) => string;
}

/** What was read, and until when it is good enough. */
interface KeptRun {
  readonly signature: string;
  readonly run: ShownRun;
  readonly until: number;
}

/** How many times as long as it took to read a run it is left alone. */
const PATIENCE = 9;

/** @param now Milliseconds of a clock that only goes on. */
export function openShelf(folder: string, now: () => number = () => performance.now()): RunShelf {
  const kept = new Map<string, KeptRun>();
  // A link could lead out of the folder.
  const list = (): readonly string[] =>
    listRuns(folder).filter((id) => lstatSync(join(folder, id)).isDirectory());
  const signature = (id: string): string => {
    const known = kept.get(id);
    return known !== undefined && now() < known.until ? known.signature : signatureOf(join(folder, id));
  };
  return {
    list,
    signature,
    read: (id) => {
      // Only what the folder itself lists is opened: no name from outside leads anywhere else.
      if (!list().includes(id)) return undefined;
      const current = signature(id);
      const known = kept.get(id);
      if (known?.signature === current) return known.run;
      const began = now();
      const record = readRun(join(folder, id));
      const run = { ...record, flow: influenceFlow(join(folder, id), record.decisions) };
      const ended = now();
      kept.set(id, { signature: current, run, until: ended + PATIENCE * (ended - began) });
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
