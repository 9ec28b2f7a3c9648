import type { Bound } from "../../check/policy.ts";

/**
 * A bound's range as a line of `width` cells with the value on it: `├────●────┤`. A value outside lies beyond the end
 * that it crossed. Where a side is open, the line has no end there and is compressed towards it.
 */
export function drawGauge(value: number | null | undefined, range: Bound["range"], width: number): string {
  const inner = Math.max(1, width - 2);
  const ends = { left: range.low === undefined ? "─" : "├", right: range.high === undefined ? "─" : "┤" };
  if (value === undefined) return `${ends.left}${"─".repeat(inner)}${ends.right}`;
  if (value === null || Number.isNaN(value)) return `${ends.left}${"×".repeat(inner)}${ends.right}`;
  const place = placeInRange(value, range);
  if (place < 0) return `◀${"─".repeat(inner)}${ends.right}`;
  if (place > 1) return `${ends.left}${"─".repeat(inner)}▶`;
  const cell = Math.min(inner - 1, Math.floor(place * inner));
  return `${ends.left}${"─".repeat(cell)}●${"─".repeat(inner - 1 - cell)}${ends.right}`;
}

/** 0..1 within the range, below 0 or above 1 outside. */
export function placeInRange(value: number, { low, high, excludesHigh }: Bound["range"]): number {
  if (low !== undefined && value < low) return -1;
  if (high !== undefined && (value > high || (excludesHigh && value === high))) return 2;
  if (low !== undefined && high !== undefined) return high === low ? 0.5 : (value - low) / (high - low);
  if (low !== undefined) return saturate(value - low, low);
  if (high !== undefined) return 1 - saturate(high - value, high);
  return 0.5;
}

/** How far from a limit, in 0..1: half-way where it is as far as the limit is from 0. */
function saturate(distance: number, limit: number): number {
  const scale = limit === 0 ? 1 : Math.abs(limit);
  return Number.isFinite(distance) ? distance / (distance + scale) : 1;
}
