import type { LogEntry } from "../record.ts";
import { openRunProvenance } from "./open.ts";
import { trace, type FlowCell } from "./trace.ts";

/** From cohorts through bands to behaviours, over all that a run traced; nothing where it traced nothing. */
export function influenceFlow(folder: string, decisions: readonly LogEntry[]): readonly FlowCell[] {
  return trace(openRunProvenance(folder, decisions), { top: 0 }).flow;
}
