/**
 * A leak audit: an experiment is trained for a few steps under mechanisms that make one known mistake, once for each
 * mistake, and it is seen whether the checks of the run notice; then under those that make none, which must raise no alarm.
 */
import * as tf from "@tensorflow/tfjs";
import type { Ir } from "../../ir/ir.ts";
import type { ViolationFound } from "../events.ts";
import { adaptModel } from "../governor.ts";
import { MECHANISMS, type Mechanisms } from "../mechanisms.ts";
import type { PlainNetwork } from "../network/plain.ts";
import type { Experiment, ExperimentData } from "../experiment.ts";
import { prepareRun, type RunSettings } from "../run.ts";
import { auditBatches } from "./batches.ts";
import { COHORT_FAULTS } from "./cohort-faults.ts";
import type { Fault } from "./fault.ts";
import { HOOK_FAULTS } from "./hook-faults.ts";
import { UPDATE_FAULTS } from "./update-faults.ts";

export const FAULTS: readonly Fault[] = [...COHORT_FAULTS, ...HOOK_FAULTS, ...UPDATE_FAULTS];

export interface AuditOptions {
  readonly experiment: Experiment;
  readonly ir: Ir;
  readonly settings: RunSettings;
  /** Of each run. */
  readonly steps: number;
  /** Runs without a mistake, each with a seed of its own. */
  readonly cleanRuns: number;
  readonly faults: readonly Fault[];
  readonly onFault?: (result: FaultResult) => void;
  readonly onCleanRun?: (result: CleanResult) => void;
}

export interface Audit {
  readonly faults: readonly FaultResult[];
  readonly cleanRuns: readonly CleanResult[];
  /** Why gradients could not be compared in some steps, if so. */
  readonly incomparable: readonly string[];
}

export interface FaultResult {
  readonly fault: Pick<Fault, "name" | "what" | "needs">;
  /** `late`: it was noticed, though not in the first step in which it made a difference. */
  readonly verdict: "caught" | "late" | "missed" | "not applicable";
  /** The first step in which it made a difference. */
  readonly planted: number | undefined;
  readonly alarm: ViolationFound | undefined;
}

export interface CleanResult {
  readonly seed: number;
  readonly steps: number;
  readonly alarms: readonly ViolationFound[];
}

export async function audit(options: AuditOptions): Promise<Audit> {
  const { experiment, cleanRuns, faults, settings } = options;
  const reasons = new Set<string>();
  const data = keepData(experiment);
  const trials = { ...options, experiment: { ...experiment, data: data.give }, reasons };
  try {
    const results: FaultResult[] = [];
    for (const fault of faults) {
      const result = await tryFault(fault, trials);
      results.push(result);
      options.onFault?.(result);
    }
    const clean: CleanResult[] = [];
    const first = settings.seed ?? experiment.seed ?? 1;
    for (let seed = first; seed < first + cleanRuns; seed += 1) {
      const { alarms, steps } = await tryOnce(
        { ...trials, settings: { ...settings, seed } },
        () => MECHANISMS,
      );
      clean.push({ seed, steps, alarms });
      options.onCleanRun?.({ seed, steps, alarms });
    }
    return { faults: results, cleanRuns: clean, incomparable: [...reasons] };
  } finally {
    data.dispose();
  }
}

interface Trials extends AuditOptions {
  /** Filled with why gradients could not be compared. */
  readonly reasons: Set<string>;
}

async function tryFault(fault: Fault, trials: Trials): Promise<FaultResult> {
  const differing: number[] = [];
  const { alarms } = await tryOnce(trials, (parts) =>
    fault.plant({ ...parts, sound: MECHANISMS, planted: () => differing.push(parts.step()) }),
  );
  const [planted] = differing;
  const [alarm] = alarms;
  const { name, what, needs } = fault;
  const result = { fault: { name, what, needs }, planted, alarm };
  if (planted === undefined) return { ...result, verdict: "not applicable" };
  if (alarm === undefined) return { ...result, verdict: "missed" };
  return { ...result, verdict: alarm.clock.step === planted ? "caught" : "late" };
}

interface TrialParts {
  readonly plan: Parameters<Fault["plant"]>[0]["plan"];
  readonly untrained: readonly tf.Variable[];
  /** The step under way. */
  readonly step: () => number;
}

async function tryOnce(
  { experiment, ir, settings, steps, reasons }: Trials,
  choose: (parts: TrialParts) => Mechanisms,
): Promise<{ readonly alarms: readonly ViolationFound[]; readonly steps: number }> {
  const models: (tf.LayersModel | PlainNetwork)[] = [];
  const watched: Experiment = {
    ...experiment,
    model: async (context) => {
      const model = await experiment.model(context);
      models.push(model);
      return model;
    },
  };
  const run = await prepareRun(watched, ir, settings);
  const [model] = models;
  if (model === undefined) throw new Error("the run was prepared without a model");
  const { state, variables } = adaptModel(model, experiment);
  const trained = new Set(variables.values());
  const alarms: ViolationFound[] = [];
  const enough = new AbortController();
  let done = 0;
  try {
    const mechanisms = choose({
      plan: run.plan,
      untrained: [...state.values()].filter((variable) => !trained.has(variable)),
      step: () => done,
    });
    await run.train({
      recorder: (event) => {
        if (event.kind === "violation_found") alarms.push(event);
      },
      signal: enough.signal,
      callbacks: {
        onBatchEnd: () => {
          done += 1;
          if (done >= steps) enough.abort();
        },
      },
      audit: {
        mechanisms,
        checkEvery: 1,
        onChecked: (reason) => reason !== undefined && reasons.add(reason),
        batches: (data, { rows }) => {
          const { plan, batchSize, seed } = run;
          return auditBatches({ plan, policy: ir.policy, data, rows, batchSize, seed });
        },
      },
    });
    return { alarms, steps: done };
  } finally {
    run.dispose();
    for (const variable of state.values()) if (!variable.isDisposed) variable.dispose();
  }
}

/** Reads the data of an experiment once, and gives copies, which whoever asks may dispose. */
function keepData(experiment: Experiment): {
  readonly give: Experiment["data"];
  readonly dispose: () => void;
} {
  let kept: ExperimentData | undefined;
  type Tensors = tf.Tensor | readonly tf.Tensor[];
  const copy = (tensors: Tensors): Tensors =>
    tensors instanceof tf.Tensor ? tensors.clone() : tensors.map((tensor) => tensor.clone());
  return {
    give: async (context) => {
      kept ??= await experiment.data(context);
      const { inputs, targets } = kept;
      return {
        ...kept,
        inputs: copy(inputs),
        ...(targets === undefined ? {} : { targets: copy(targets) }),
      };
    },
    dispose: () => tf.dispose([kept?.inputs ?? [], kept?.targets ?? []] as tf.TensorContainer),
  };
}
