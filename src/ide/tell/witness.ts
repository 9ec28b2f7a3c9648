/** An example that shows something, as people are told of it. */
import { sayNumber } from "../../lower/words.ts";
import type { Clock } from "../../reason/clock.ts";
import type { ExampleRecord } from "../../reason/example.ts";
import type { RunValues } from "../../reason/search.ts";

/** As `given` says it; undefined for an example without fields. */
export function showExample(example: ExampleRecord): string | undefined {
  const fields = Object.entries(example).map(([name, value]) =>
    Array.isArray(value)
      ? `${name}: {${value.map((element) => JSON.stringify(element)).join(", ")}}`
      : `${name}: ${JSON.stringify(value)}`,
  );
  return fields.length === 0 ? undefined : `{ ${fields.join(", ")} }`;
}

/** `with loss 3 and entropy not a number`; empty where nothing that only the run knows matters. */
export function sayMeasured(run: RunValues): readonly string[] {
  const measured = Object.entries(run).map(([name, value]) =>
    Number.isFinite(value) ? `${name} ${sayNumber(value)}` : `${name} not a number`,
  );
  return measured.length === 0 ? [] : [`with ${measured.join(" and ")}`];
}

/** `epoch 2, step 900`; empty at the start of training. */
export function sayMoment({ step, epoch, examples }: Clock): string {
  return [
    ...(epoch > 0 ? [`epoch ${epoch}`] : []),
    ...(step > 0 ? [`step ${step}`] : []),
    ...(examples > 0 ? [`${examples} examples seen`] : []),
  ].join(", ");
}
