/** How the numbers of a band are spread: its weights, the gradients that reach it, and what it answers. */
import { tidy, type Tensor } from "@tensorflow/tfjs";
import { cutPart, type BandPart } from "./bands.ts";
import { bandActivation, type StepEvidence } from "./metrics.ts";
import type { Distribution } from "./events.ts";

type Numbers = Float32Array | Int32Array | Uint8Array;

/** As many as a person can tell apart. */
const BINS = 32;

/** One for each band and each of its weights, gradients (as the update will take them) and activations that are there. */
export function measureDistributions(
  evidence: Pick<StepEvidence, "plan" | "parts" | "weights" | "gradients" | "activation">,
): readonly Distribution[] {
  const { plan, parts, weights, gradients } = evidence;
  return plan.bands.flatMap((band): readonly Distribution[] => {
    const own = parts.get(band.name) ?? [];
    const output = tidy(() => bandActivation(band, evidence)?.dataSync());
    const spread = (of: Distribution["of"], pieces: readonly Numbers[]): readonly Distribution[] => {
      const histogram = histogramOf(pieces);
      return histogram === undefined ? [] : [{ band: band.name, of, ...histogram }];
    };
    return [
      ...spread("weights", piecesOf(weights, own, evidence)),
      ...spread("gradients", piecesOf(gradients, own, evidence)),
      ...spread("activations", output === undefined ? [] : [output]),
    ];
  });
}

function piecesOf(
  tensors: readonly (Tensor | null)[],
  parts: readonly BandPart[],
  { plan }: Pick<StepEvidence, "plan">,
): readonly Numbers[] {
  return parts.flatMap((part) => {
    const tensor = tensors[part.parameter];
    const parameter = plan.parameters[part.parameter];
    if (!tensor || parameter === undefined) return [];
    return [tidy(() => cutPart(tensor, part, parameter).dataSync())];
  });
}

/** Bins of equal width from the least to the greatest; undefined where no number is finite. */
function histogramOf(
  pieces: readonly Numbers[],
): Pick<Distribution, "low" | "high" | "counts" | "notFinite"> | undefined {
  let [low, high, notFinite] = [Infinity, -Infinity, 0];
  for (const piece of pieces)
    for (const value of piece) {
      if (!Number.isFinite(value)) {
        notFinite += 1;
        continue;
      }
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  if (low > high) return undefined;
  const counts = Array.from({ length: BINS }, () => 0);
  const scale = high > low ? BINS / (high - low) : 0;
  for (const piece of pieces)
    for (const value of piece) {
      if (!Number.isFinite(value)) continue;
      const bin = Math.min(BINS - 1, Math.floor((value - low) * scale));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  return { low, high, counts, notFinite };
}
