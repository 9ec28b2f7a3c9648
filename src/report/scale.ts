import type { Extent } from "./series.ts";

/** A linear map from data to picture coordinates. */
export interface Scale {
  (value: number): number;
  readonly domain: Extent;
}

export function linearScale(domain: Extent, start: number, end: number): Scale {
  const width = domain.high - domain.low;
  const map = (value: number): number =>
    width === 0 ? (start + end) / 2 : start + ((value - domain.low) / width) * (end - start);
  return Object.assign(map, { domain });
}

/** Round numbers within a domain, about `wanted` of them. */
export function ticks({ low, high }: Extent, wanted: number): readonly number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Whole numbers only, for steps. */
export function wholeTicks(domain: Extent, wanted: number): readonly number[] {
  return ticks(domain, wanted).filter(Number.isInteger);
}

/** A coordinate as written into a picture: a tenth of a unit is finer than the eye. */
export function coordinate(value: number): string {
  return String(Number(value.toFixed(1)));
}
