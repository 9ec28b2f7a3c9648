/** Distributions under the names by which the tools that know histograms show them. */
import type { RunEvent } from "../runtime/events.ts";

export interface Histogram {
  /** `weights/encoder`. */
  readonly name: string;
  /** One more than there are counts, from left to right. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

export function histogramsOf(event: RunEvent): readonly Histogram[] {
  if (event.kind !== "distributions_measured") return [];
  return event.distributions.map(({ band, of, low, high, counts }) => {
    // All numbers the same: tools want bins of some width.
    const width = (high > low ? high - low : 1) / counts.length;
    const edges = Array.from({ length: counts.length + 1 }, (_, edge) => low + edge * width);
    return { name: `${of}/${band}`, edges, counts };
  });
}
