import { hostname } from "node:os";
import { join } from "node:path";
import { createByteFile } from "../byte-file.ts";
import { decisionRow } from "../decision-rows.ts";
import { createFigureReader } from "../figures.ts";
import { histogramsOf } from "../histograms.ts";
import { byStep } from "../steps.ts";
import { createSampler, type SystemSample } from "../system.ts";
import type { TrackedRun, Tracker } from "../tracker.ts";
import { fileVersion, frame, histogram, scalar, summaryEvent, text } from "./record.ts";

export interface TensorBoardOptions {
  /** The folder that becomes a run of TensorBoard's, absolute. */
  readonly folder: string;
  /** When the run began, in milliseconds since 1970. */
  readonly started: number;
  readonly sampleSystem?: () => SystemSample;
}

/** Writes an event file as TensorBoard reads it: scalars, histograms, the policy and the decisions as text. */
export function createTensorBoardTracker(run: TrackedRun, options: TensorBoardOptions): Tracker {
  const { folder, started } = options;
  const seconds = String(Math.floor(started / 1000)).padStart(10, "0");
  const file = createByteFile(join(folder, `events.out.tfevents.${seconds}.${hostname()}.gov-${run.id}`));
  const bounds = run.ir?.policy.bounds ?? [];
  const figuresOf = createFigureReader(bounds);
  const sample = createSampler(options.sampleSystem);
  const write = (event: Uint8Array): void => file.write(frame(event));
  write(fileVersion(started));
  write(
    summaryEvent(started, 0, [
      ...run.sources.map(({ path, text: source }) => text(`policy/${path}`, asCode(source))),
      text("run/environment", asCode(JSON.stringify(run.environment ?? {}, null, 2))),
    ]),
  );
  const steps = byStep<Uint8Array>(({ step, moment, parts }) => write(summaryEvent(moment, step, parts)));
  return {
    name: "TensorBoard",
    record: (event, moment) => {
      const row = decisionRow(event, bounds);
      const said = row === undefined ? [] : [text(`decisions/${row.decision}`, asCode(sayRow(row)))];
      const values = figuresOf(event).map(({ name, value }) => scalar(name, value));
      const spreads = histogramsOf(event).map(({ name, edges, counts }) =>
        histogram(
          name,
          counts.map((count, bin) => [edges[bin] ?? 0, edges[bin + 1] ?? 0, count] as const),
        ),
      );
      const system = Object.entries(sample(moment) ?? {}).map(([name, value]) =>
        scalar(`system/${name}`, value),
      );
      steps.add(event.clock.step, moment, [...values, ...spreads, ...said, ...system]);
    },
    flush: async () => {
      steps.flush();
      file.sync();
      return Promise.resolve();
    },
    close: async () => {
      steps.flush();
      file.close();
      return Promise.resolve({
        ...{ name: "TensorBoard", place: folder },
        next: ["tensorboard", "--logdir", folder],
      });
    },
  };
}

function sayRow({ text: said, policyLine }: { readonly text: string; readonly policyLine: string }): string {
  return policyLine === "" ? said : `${said}\n${policyLine}`;
}

/** A block of code in Markdown: nothing in it is interpreted. */
function asCode(content: string): string {
  return content
    .split(/\r\n|[\n\r]/)
    .map((line) => `    ${line}`)
    .join("\n");
}
