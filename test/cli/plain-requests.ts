/** What the commands are asked for where nothing but the defaults is. */
import type { RunRequest, TrackingRequest } from "../../src/cli/requests.ts";

export const NO_TRACKING: TrackingRequest = {
  ...{ trackers: [], project: undefined, entity: undefined, name: undefined, logdir: undefined },
};

/** The tiny experiment on the reference backend. */
export const PLAIN_RUN: RunRequest = {
  experiment: "experiment.ts",
  resume: undefined,
  policy: undefined,
  override: undefined,
  params: new Map(),
  seed: undefined,
  epochs: undefined,
  backend: "cpu",
  runs: "runs",
  save: undefined,
  baseline: false,
  quiet: false,
  format: "pretty",
  key: undefined,
  jsonl: undefined,
  tracking: NO_TRACKING,
};
