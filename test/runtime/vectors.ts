/** Gradients as plain lists of numbers, for oracles that share nothing with what they check. */

export function sumOf(rows: readonly (readonly number[])[]): readonly number[] {
  return (rows[0] ?? []).map((_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0));
}

export function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}

export function norm(values: readonly number[]): number {
  return Math.sqrt(dot(values, values));
}
