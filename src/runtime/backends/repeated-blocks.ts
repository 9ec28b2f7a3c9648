/** What a tile does to the elements of a tensor, in as few axes as it can be told. */

/** A block of `length` things in a row, each of them a block of the next axis, that is written `repeats` times. */
export interface RepeatedBlock {
  readonly repeats: number;
  readonly length: number;
}

/**
 * The tiling of a tensor of `shape` by `repetitions`, one number for each axis, from the outermost axis to the
 * innermost. An axis that is not repeated lies within the block of the axis in front of it; a repeated axis of length
 * 1 only repeats the block of the next one.
 */
export function repeatedBlocks(
  shape: readonly number[],
  repetitions: readonly number[],
): readonly RepeatedBlock[] {
  const blocks: RepeatedBlock[] = [{ repeats: 1, length: 1 }];
  for (const [axis, length] of shape.entries()) {
    const repeats = repetitions[axis] ?? 1;
    const outer = blocks.at(-1);
    if (outer !== undefined && repeats === 1)
      blocks.splice(-1, 1, { ...outer, length: outer.length * length });
    else if (outer?.length === 1) blocks.splice(-1, 1, { repeats: outer.repeats * repeats, length });
    else blocks.push({ repeats, length });
  }
  return blocks;
}
