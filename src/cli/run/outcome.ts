/** The end of `gov run` for programs: one JSON object. */
import { sayBound } from "../../lower/words.ts";
import type { ReadyRun } from "./prepare.ts";
import type { Result, SummaryPlaces } from "./summary.ts";

/** What a program is told about a run that was trained. */
export function resultToJson(result: Result, ready: ReadyRun, places: SummaryPlaces): object {
  const { training, tally, milliseconds, evaluated, saved } = result;
  const { outcome, halt, steps, updates, losses, clock } = training;
  const { closed, opened } = tally;
  return {
    outcome,
    ...(halt === undefined ? {} : { halt: { place: places.place(halt.span), reason: halt.reason, clock } }),
    run: places.runFolder,
    policy: { name: ready.ir.policy.name, digest: ready.ir.digest },
    ...{ backend: ready.backend.name, seed: ready.run.seed, epochs: ready.run.epochs },
    ...{ steps, updates, milliseconds: Math.round(milliseconds), losses: losses.map((loss) => loss ?? null) },
    bounds: tally.bounds.map(({ bound, average, ...counts }) => ({
      ...{ bound: sayBound(bound), place: places.place(bound.span), average: average ?? null },
      ...counts,
    })),
    interventions: { opened, ...closed },
    violations: tally.violations.map(({ code, message, span }) => ({
      code,
      message,
      place: places.place(span),
    })),
    refused: tally.refusals.map(({ disposition, count, span }) => ({
      ...{ disposition, count, place: places.place(span) },
    })),
    routing: tally.routing,
    ...(evaluated ?? { governed: null }),
    ...(saved === undefined ? {} : { saved }),
  };
}
