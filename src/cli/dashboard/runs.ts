/**
 * The runs of a folder as a dashboard needs them. Each is read on from where the last look ended, a little at a time: a
 * long run is shown at once, as far as it has been read, and to watch one that is up to date takes a tenth of a
 * processor at most.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import { listRuns } from "../../evidence/find-run.ts";
import { followRun, type FollowedRun } from "../../evidence/follow.ts";
import { followFlow, type FollowedFlow } from "../../evidence/provenance/flow.ts";
import type { FlowCell } from "../../evidence/provenance/trace.ts";
import type { RunOutline } from "../../evidence/record.ts";
import { createHistory, type History } from "../../report/history.ts";

/** A run and what its provenance says, as far as both have been read. */
export interface ShownRun {
  readonly outline: RunOutline;
  readonly history: History;
  readonly flow: readonly FlowCell[];
  /** Bytes of measurements that are still to be read. */
  readonly behind: number;
}

export interface RunShelf {
  /** The newest first. */
  readonly list: () => readonly string[];
  /** As of a moment ago at the most, or as far as a look has come; undefined where there is no such run. */
  readonly read: (id: string) => ShownRun | undefined;
  /** Looks whether the run has gone on, unless that was done a moment ago. */
  readonly refresh: (id: string) => Freshness;
}

export interface Freshness {
  /** Changes whenever what `read` gives does. */
  readonly version: number;
  /** Whether there is more to be read already. */
  readonly isBehind: boolean;
}

interface FollowedOne {
  readonly run: FollowedRun;
  readonly provenance: FollowedFlow;
  shown: ShownRun;
  state: Freshness;
  /** Until when it is good enough as it is. */
  until: number;
}

export interface ShelfOptions {
  /** Milliseconds of a clock that only goes on. */
  readonly now?: () => number;
  /** Bytes of measurements that one look reads at most; a tenth of a second's work or two when left out. */
  readonly bytesALook?: number;
}

const BYTES_A_LOOK = 4 << 20;
const BLOCKS_A_LOOK = 32;

/** How many times as long as a look took the run is then left alone. */
const PATIENCE = {
  upToDate: 9,
  behind: 1,
  /** Nobody is kept from training. */
  ended: 0,
} as const;

// Twice as many as are compared at once: whoever goes through a folder of long runs does not keep them all.
const MOST_KEPT = 24;

const NO_RUN: Freshness = { version: 0, isBehind: false };

export function openShelf(folder: string, options: ShelfOptions = {}): RunShelf {
  const { now = () => performance.now(), bytesALook = BYTES_A_LOOK } = options;
  const kept = new Map<string, FollowedOne>();
  // A link could lead out of the folder.
  const list = (): readonly string[] =>
    listRuns(folder).filter((id) => lstatSync(join(folder, id)).isDirectory());

  function look(id: string): FollowedOne | undefined {
    const known = kept.get(id);
    if (known !== undefined && now() < known.until) return known;
    // Only what the folder itself lists is opened: no name from outside leads anywhere else.
    if (!list().includes(id)) {
      kept.delete(id);
      return undefined;
    }
    const began = now();
    try {
      const one = known ?? open(join(folder, id), bytesALook);
      if (known !== undefined) readOn(one, bytesALook);
      const ended = now();
      one.until = ended + (ended - began) * PATIENCE[standing(one)];
      // The one that was asked for last is the last to go.
      kept.delete(id);
      kept.set(id, one);
      for (const oldest of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(oldest);
      return one;
    } catch (error) {
      // A run that is being removed, or that nobody may read.
      if (!(error instanceof EvidenceError)) throw error;
      kept.delete(id);
      return undefined;
    }
  }

  return {
    list,
    read: (id) => look(id)?.shown,
    refresh: (id) => look(id)?.state ?? NO_RUN,
  };
}

function standing({ state, shown }: FollowedOne): keyof typeof PATIENCE {
  if (!state.isBehind) return "upToDate";
  return shown.outline.decisions.some(({ event }) => event.kind === "run_ended") ? "ended" : "behind";
}

function open(folder: string, bytes: number): FollowedOne {
  const run = followRun(folder);
  const provenance = followFlow(folder);
  const history = createHistory();
  const { outline, fresh, behind } = run.advance(bytes);
  fresh.forEach(history.add);
  const { flow, isBehind } = provenance.advance(outline.decisions, BLOCKS_A_LOOK);
  return {
    ...{ run, provenance, until: 0 },
    shown: { outline, history, flow, behind },
    state: { version: 1, isBehind: behind > 0 || isBehind },
  };
}

function readOn(one: FollowedOne, bytes: number): void {
  const { outline, fresh, again, behind } = one.run.advance(bytes);
  const { flow, isBehind } = one.provenance.advance(outline.decisions, BLOCKS_A_LOOK);
  const history = again ? createHistory() : one.shown.history;
  fresh.forEach(history.add);
  const before = one.shown;
  const isNews =
    again ||
    fresh.length > 0 ||
    isBehind ||
    outline.decisions !== before.outline.decisions ||
    JSON.stringify(outline.problems) !== JSON.stringify(before.outline.problems);
  one.shown = { outline, history, flow, behind };
  one.state = {
    version: one.state.version + (isNews ? 1 : 0),
    isBehind: behind > 0 || isBehind,
  };
}
