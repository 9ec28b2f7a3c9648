import type { LogEntry } from "../record.ts";
import { openRunProvenance } from "./open.ts";
import { listSegments, segmentSize } from "./segments.ts";
import { STORE_START, type StorePlace } from "./scan.ts";
import { trace, type FlowCell } from "./trace.ts";

/** From cohorts through bands to behaviours, over all that a run traced; nothing where it traced nothing. */
export function influenceFlow(folder: string, decisions: readonly LogEntry[]): readonly FlowCell[] {
  return followFlow(folder).advance(decisions, Number.POSITIVE_INFINITY).flow;
}

export interface FollowedFlow {
  /**
   * Reads on, by so many blocks of rows at most.
   *
   * @param decisions All that the ledger holds.
   */
  readonly advance: (decisions: readonly LogEntry[], blocks: number) => FlowAdvance;
}

export interface FlowAdvance {
  readonly flow: readonly FlowCell[];
  /** Whether there is more to be read now. */
  readonly isBehind: boolean;
}

/** The same of a run that goes on: rows are added up once. */
export function followFlow(folder: string): FollowedFlow {
  let reached = STORE_START;
  let resumptions = 0;
  let cells = new Map<string, FlowCell>();
  return {
    advance(decisions, blocks) {
      const resumed = decisions.filter(({ event }) => event.kind === "run_resumed").length;
      const store = openRunProvenance(folder, decisions);
      // A run that went back has taken rows out again.
      if (resumed !== resumptions || isCut(store.folder, reached)) {
        resumptions = resumed;
        reached = STORE_START;
        cells = new Map();
      }
      const before = reached;
      const answer = trace(store, { top: 0, part: { from: reached, blocks } });
      for (const cell of answer.flow) {
        const key = JSON.stringify([cell.cohorts, cell.band, cell.behavior]);
        const { influence = 0, magnitude = 0 } = cells.get(key) ?? {};
        cells.set(key, {
          ...cell,
          influence: influence + cell.influence,
          magnitude: magnitude + cell.magnitude,
        });
      }
      reached = answer.reached;
      return { flow: [...cells.values()], isBehind: blocks > 0 && isBefore(before, reached) };
    },
  };
}

function isCut(folder: string, { segment, byte }: StorePlace): boolean {
  const name = listSegments(folder)[segment];
  return byte > 0 && (name === undefined || segmentSize(folder, name) < byte);
}

function isBefore(one: StorePlace, other: StorePlace): boolean {
  return one.segment < other.segment || (one.segment === other.segment && one.byte < other.byte);
}
