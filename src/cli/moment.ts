/** `--at`: a moment of training. */
import type { Clock } from "../reason/clock.ts";
import type { EXIT } from "./exit-codes.ts";
import { fail } from "./problem.ts";
import type { Terminal } from "./terminal.ts";

/** `step 500`, `epoch 3`, `examples 1000`, or several of them; what is not said is 0. */
export function readMoment(text: string | undefined): Clock | undefined {
  const moment = { step: 0, epoch: 0, examples: 0 };
  if (text === undefined) return moment;
  if (!/^\s*(?:(?:step|epoch|examples)\s+\d+[\s,]*)+$/.test(text)) return undefined;
  for (const [, unit, count] of text.matchAll(/(step|epoch|examples)\s+(\d+)/g))
    if (unit === "step" || unit === "epoch" || unit === "examples") moment[unit] = Number(count);
  return moment;
}

export function failOnMoment(text: string | undefined, terminal: Terminal): typeof EXIT.failed {
  return fail(terminal, `\`--at ${text ?? ""}\` is no moment`, 'write "step 500" or "epoch 3"');
}
