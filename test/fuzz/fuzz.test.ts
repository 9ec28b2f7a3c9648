/** The first mutants of `bench/fuzz.ts`, which takes as many as one has time for and watches time and memory as well. */
import { expect, test } from "vitest";
import { runs } from "../generators/runs.ts";
import { examine, fixesOf } from "./examine.ts";
import { mutantOf } from "./mutate.ts";
import { readSeeds } from "./seeds.ts";

test("no damaged policy brings the compiler, the formatter or the fixes down", async () => {
  const seeds = readSeeds();
  for (let index = 0; index < runs(200); index += 1) {
    const text = mutantOf(seeds.texts, index);
    await expect(
      examine(text, seeds, fixesOf(index)),
      `mutant ${String(index)}:\n${text}`,
    ).resolves.toBeUndefined();
  }
});
