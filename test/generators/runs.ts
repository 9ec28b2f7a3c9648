/** How many cases a property is tried on: more with the environment variable `STRATA_RUNS`, a multiplier. */
export function runs(count: number): number {
  return Math.ceil(count * Number(process.env["STRATA_RUNS"] ?? 1));
}
