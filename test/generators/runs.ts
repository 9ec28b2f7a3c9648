/**
 * How much the properties are tried, and on what: the same cases in every run, so that what fails is what has changed.
 * `STRATA_RUNS` multiplies their number, `STRATA_SEED` (a whole number, or `random`) draws others.
 */
import type { Parameters } from "fast-check";

const SEED = process.env["STRATA_SEED"] ?? "20261126";

/** How many cases are tried where `count` are by default. */
export function runs(count: number): number {
  return Math.ceil(count * Number(process.env["STRATA_RUNS"] ?? 1));
}

/** What fast-check is told of a property that is tried on `count` cases by default. */
export function cases(count: number): Pick<Parameters, "numRuns" | "seed"> {
  return { numRuns: runs(count), ...(SEED === "random" ? {} : { seed: Number(SEED) }) };
}
