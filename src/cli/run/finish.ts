/** After the record is closed: the summary, and the exit code. */
import { join } from "node:path";
import type { RunFolder } from "../../evidence/run-folder.ts";
import type { Delivery } from "../../trackers/tracker.ts";
import { showPath } from "../../project/root.ts";
import { sayMany } from "../../lower/words.ts";
import { diagnose } from "../../source/diagnostic.ts";
import type { Span } from "../../source/span.ts";
import { EXIT } from "../exit-codes.ts";
import { sayProblem } from "../problem.ts";
import { paintLine } from "../progress/pieces.ts";
import type { RunRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { sayDelivery } from "../tracking/say.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import type { Release } from "./attestation.ts";
import type { Conclusion } from "./conclude.ts";
import { exitCodeOf, showDiagnostics, showObstacle } from "./obstacle.ts";
import { resultToJson } from "./outcome.ts";
import type { ReadyRun } from "./prepare.ts";
import type { Trained } from "./session.ts";
import { sayMoment, summarize, type SummaryPlaces } from "./summary.ts";

export interface Ending {
  readonly ready: ReadyRun;
  readonly request: RunRequest;
  readonly terminal: Terminal;
  readonly place: (span: Span) => string;
  readonly folder: Pick<RunFolder, "path">;
  readonly trained: Extract<Trained, { readonly kind: "trained" }>;
  readonly conclusion: Conclusion;
  /** Where the copies for other tools are. */
  readonly deliveries: readonly Delivery[];
  readonly release: Release | undefined;
  readonly signal: AbortSignal;
}

/** Says what the run came to, and returns the exit code. */
export function finishRun(ending: Ending): number {
  const { ready, request, terminal, place, folder, trained, conclusion, deliveries, signal } = ending;
  const { saved, evaluated, obstacles } = conclusion;
  const show = (path: string): string => showPath(path, terminal.workingDirectory);
  const runFolder = show(folder.path);
  const places: SummaryPlaces = {
    ...{ place, runFolder, columns: terminal.columns },
    quarantine: ready.quarantined.length === 0 ? undefined : join(runFolder, "quarantine.jsonl"),
  };
  const result = {
    ...trained,
    evaluated,
    saved: saved === undefined ? undefined : { ...saved, folder: show(saved.folder) },
    unsaved: saved === undefined && request.save !== undefined ? show(request.save) : undefined,
  };
  if (request.format === "json") {
    terminal.out(
      `${JSON.stringify({ ...resultToJson(result, ready, places), ...releaseToJson(ending) }, null, 2)}\n`,
    );
  } else {
    terminal.out(showHalt(ending));
    for (const line of summarize(result, places))
      terminal.out(`${paintLine(line, Number.POSITIVE_INFINITY, terminal.colors)}\n`);
    for (const delivery of deliveries) terminal.out(sayDelivery(delivery, terminal));
  }
  terminal.err(showMissing(ending));
  for (const obstacle of obstacles) terminal.err(showObstacle(obstacle, terminal));
  const [first] = obstacles;
  if (first !== undefined) return exitCodeOf(first);
  if (trained.training.outcome === "halted" || isRefused(ending)) return EXIT.halted;
  return signal.aborted ? EXIT.interrupted : EXIT.clean;
}

/** A run that was stopped from outside has another reason for not being released. */
function isRefused({ release, trained }: Ending): boolean {
  return trained.training.outcome === "finished" && release !== undefined && release.missing.length > 0;
}

/** Which properties keep `attest release` from vouching for what was trained. */
function showMissing(ending: Ending): string {
  const { release, terminal, place } = ending;
  if (release === undefined || !isRefused(ending)) return "";
  const { properties, missing } = release;
  const count = `${missing.length} of ${sayMany(properties.length, "property", "properties")}`;
  return [
    sayProblem(
      terminal,
      `the policy does not release this run: ${count} ${missing.length === 1 ? "does" : "do"} not hold`,
    ),
    ...missing.map(({ name, found, span }) => {
      const line = span === undefined ? "" : `  ${place(span)}`;
      return `  ${escapeControls(`${name}: ${found}${line}`)}\n`;
    }),
  ].join("");
}

function releaseToJson({ release, place }: Ending): object {
  if (release === undefined) return {};
  const { properties, missing } = release;
  return {
    release: {
      attested: missing.length === 0,
      properties: properties.map(({ name, holds, found, span }) => ({
        ...{ name, holds, found },
        place: span === undefined ? null : place(span),
      })),
    },
  };
}

/** The line of the policy that halted the run, with the reason and the moment. */
function showHalt({ trained, ready, terminal }: Ending): string {
  const { halt, clock, updates } = trained.training;
  if (halt === undefined) return "";
  const moment = sayMoment(trained.training);
  const before = `after ${sayMany(updates, "update")} from ${sayMany(clock.examples, "example")}`;
  const halted = diagnose("GOV8004", halt.span, `the policy halted the run ${moment}, ${before}`, {
    label: halt.reason,
  });
  return `\n${showDiagnostics([halted], ready.policy, terminal)}`;
}
