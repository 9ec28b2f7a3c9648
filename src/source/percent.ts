/** The fraction that a percentage says, given without its sign: `0.7` is 0.007, which 0.7 / 100 is not quite. */
export function fractionOf(percentage: string): number {
  return withPointMoved(percentage, -2);
}

/** A fraction as a percentage that says the same: `0.7%`. */
export function writePercent(fraction: number): string {
  return `${String(withPointMoved(String(fraction), 2)).replace("e+", "e")}%`;
}

/** Moving the point of what is written rounds once; arithmetic with the number rounds again. */
function withPointMoved(written: string, places: number): number {
  const [digits = "", exponent = "0"] = written.split(/e/i);
  return Number(`${digits}e${String(Number(exponent) + places)}`);
}
