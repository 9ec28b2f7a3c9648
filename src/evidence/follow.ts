/** A run that may go on: each look reads what is new, and checks it as `gov verify` checks all. */
import { lstatSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Measurement } from "../runtime/events.ts";
import { checkBoundFiles, checkEnding, findUnbound } from "./bindings.ts";
import { checkCheckpoints } from "./checkpoints.ts";
import { payloadsOf } from "./decisions.ts";
import { digestsIn } from "./digest.ts";
import { EvidenceError, evidenceError } from "./error.ts";
import { followLog } from "./follow-log.ts";
import { openInputs } from "./inputs.ts";
import { LEDGER } from "./layout.ts";
import type { PublicKey } from "./ledger/keys.ts";
import type { LedgerFault, LedgerReading } from "./ledger/reading.ts";
import { listFiles } from "./ledger/tile-files.ts";
import { CHECKPOINT } from "./ledger/tiles.ts";
import { openMetrics } from "./metrics.ts";
import type { LogEntry, RecordProblem, RunOutline, SignedHead } from "./record.ts";
import { isRunId } from "./run-id.ts";

export interface FollowedRun {
  /** Reads what was signed since the last look, and so many bytes of measurements at most. */
  readonly advance: (bytes: number) => RunAdvance;
}

export interface RunAdvance {
  /** All that is known by now. */
  readonly outline: RunOutline;
  /** Measurements that were not told before. */
  readonly fresh: readonly Measurement[];
  /** Whether those that were count no longer: the run went back, or its files were cut or replaced. */
  readonly again: boolean;
  /** Bytes of measurements that are still to be read. */
  readonly behind: number;
}

/**
 * Opens the folder of a run, or the newest run where `path` is the file `runs/latest`. Whatever the folder holds, all
 * that can be read is given and the rest is listed in `problems`; only what the system refuses to open is thrown.
 *
 * @param key By which the ledger must be signed; the one that lies in the folder when left out.
 */
export function followRun(path: string, key?: PublicKey): FollowedRun {
  const folder = locateRun(path);
  const log = followLog(join(folder, LEDGER), key);
  const metrics = openMetrics(folder);
  const digestOf = digestsIn(folder);
  const inputs = openInputs(folder);
  return {
    advance(bytes) {
      const { ledger, decisions, problems } = log.advance();
      const measured = metrics.advance(decisions, bytes);
      const { ir, plan, environment, sources } = inputs.read(decisions);
      const { fresh, again, behind } = measured;
      return {
        ...{ fresh, again, behind },
        outline: {
          id: basename(folder),
          ir: ir.value,
          plan: plan.value,
          environment: environment.value,
          ...{ sources, decisions },
          head: describeHead(ledger, key),
          problems: [
            ...shorten(checkBoundFiles(digestOf, decisions)),
            ...shorten(checkCheckpoints(digestOf, decisions)),
            ...shorten(tellFaults(ledger.faults, decisions)),
            ...shorten(problems),
            ...(ledger.note === undefined && decisions.length === 0 ? [] : checkEnding(decisions)),
            ...checkOrigin(ledger, decisions),
            ...measured.mismatch,
            ...shorten(measured.malformed),
            ...[ir, plan, environment].flatMap(({ problem }) => problem ?? []),
            ...shorten(findUnbound(listFiles(folder, ""), decisions, payloadsOf(ledger.entries))),
          ],
        },
      };
    },
  };
}

/** What was written and not signed is what a killed run leaves, unless its end is signed: then somebody added it. */
function tellFaults(
  faults: readonly LedgerFault[],
  decisions: readonly LogEntry[],
): readonly RecordProblem[] {
  const hasEnded = decisions.some(({ event }) => event.kind === "run_ended");
  return faults.map(({ kind, file, ...rest }) => ({
    ...rest,
    kind: kind !== "unsigned" ? kind : hasEnded ? "altered" : "cut_off",
    file: `${LEDGER}/${file}`,
  }));
}

/** The checkpoint is one of this run, whatever the folder is called. */
function checkOrigin({ note, key }: LedgerReading, decisions: readonly LogEntry[]): readonly RecordProblem[] {
  const start = decisions[0]?.event;
  if (note === undefined || key === undefined || start?.kind !== "run_started") return [];
  const origin = `${key.name}/${start.run}`;
  if (note.checkpoint.origin === origin) return [];
  const message = `it is a checkpoint of ${note.checkpoint.origin}, and the run is ${origin}`;
  return [{ kind: "altered", file: `${LEDGER}/${CHECKPOINT}`, line: 1, message }];
}

function describeHead({ note, key }: LedgerReading, given: PublicKey | undefined): SignedHead | undefined {
  if (note === undefined || key === undefined) return undefined;
  const { origin, size, root } = note.checkpoint;
  return {
    ...{ origin, size, root: Buffer.from(root).toString("hex") },
    signer: { name: key.name, id: key.id },
    trust: given === undefined ? "enclosed" : "given",
    signatures: note.signatures.map(({ name, id }) => ({ name, id })),
  };
}

/** The folder of a run, found directly or through the pointer beside the runs. */
function locateRun(path: string): string {
  const place = resolve(path);
  try {
    if (lstatSync(place).isDirectory()) return place;
    const id = readFileSync(place, "utf8").trim();
    const folder = join(dirname(place), id);
    if (isRunId(id) && lstatSync(folder).isDirectory()) return folder;
  } catch (cause) {
    throw evidenceError("read the run", path, cause);
  }
  throw new EvidenceError(`cannot read the run ${path}: it is not a run's folder`);
}

// A file of nothing but broken lines is told of by its first ones.
const PROBLEMS_SHOWN_PER_FILE = 20;

function shorten(problems: readonly RecordProblem[]): readonly RecordProblem[] {
  const hidden = problems.slice(PROBLEMS_SHOWN_PER_FILE);
  const last = hidden.at(-1);
  if (last === undefined) return problems;
  const rest: RecordProblem = {
    kind: last.kind,
    file: last.file,
    message: `${hidden.length} more like these`,
  };
  return [...problems.slice(0, PROBLEMS_SHOWN_PER_FILE), rest];
}
