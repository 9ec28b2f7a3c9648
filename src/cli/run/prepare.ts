/** From a request to a run that could begin: the experiment, its policy, the backend, the model and the data. */
import { dirname, relative, resolve } from "node:path";
import { compile } from "../../compile.ts";
import type { Ir } from "../../ir/ir.ts";
import type { Environment } from "../../evidence/record.ts";
import type { ProjectConfig } from "../../project/config/config.ts";
import { loadConfig } from "../../project/config/load.ts";
import { lookUpCohorts } from "../../reason/static-cohorts.ts";
import { loadExperiment } from "../../project/experiment.ts";
import { findFault, type Fault } from "../../project/fault.ts";
import { loadPolicy, type LoadedPolicy } from "../../project/load.ts";
import { ManifestError } from "../../project/manifest/manifest-error.ts";
import { loadMetadata } from "../../project/metadata.ts";
import { loadProbes } from "../../project/probes.ts";
import type { ExampleRecord } from "../../reason/example.ts";
import type { QuarantinedRow } from "../../runtime/admission.ts";
import { BackendError, selectBackend, type SelectedBackend } from "../../runtime/backends/select.ts";
import { ExperimentError, GovernanceError } from "../../runtime/error.ts";
import type { Experiment } from "../../runtime/experiment.ts";
import { tracedBehaviors, type ProbeText } from "../../runtime/probes.ts";
import { prepareRun, type GovernedRun, type RunSettings } from "../../runtime/run.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { exitCodeFor, explainJudgements, judge, type Judgement } from "../enforcement.ts";
import { EXIT } from "../exit-codes.ts";
import type { RunRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

export interface ReadyRun {
  readonly experiment: Experiment;
  readonly experimentPath: string;
  readonly policy: LoadedPolicy;
  readonly ir: Ir;
  readonly enforcement: RunEnforcement;
  readonly backend: SelectedBackend;
  readonly run: GovernedRun;
  /** By the name of the behaviour. */
  readonly probes: ReadonlyMap<string, ProbeText>;
  /** The file that the experiment names under `metadata`, read. */
  readonly metadata: RunSettings["metadata"] | undefined;
  /** The cohorts of an example that do not depend on the training, by its id. */
  readonly cohortsOf: (id: string) => readonly string[];
  /** Examples that the policy wants put aside, as they came, with what they lack. */
  readonly quarantined: readonly QuarantinedExample[];
}

/** How binding the findings of the check were for this run. */
export type RunEnforcement = NonNullable<Environment["enforcement"]>;

export interface QuarantinedExample extends QuarantinedRow {
  readonly example: ExampleRecord;
}

/** What kept a run from beginning, or from going on. */
export type Obstacle =
  /** In the policy, or between it and the model or the data. */
  | {
      readonly kind: "diagnostics";
      readonly policy: LoadedPolicy;
      readonly diagnostics: readonly Diagnostic[];
      /** What keeps the run from beginning although there are no errors, or how it could begin. */
      readonly note?: string;
    }
  /** In the experiment's own code. */
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "problem"; readonly problem: string; readonly help?: string };

export interface Stopped {
  readonly kind: "stopped";
  readonly obstacle: Obstacle;
}

export type Preparation = { readonly kind: "ready"; readonly ready: ReadyRun } | Stopped;

/** An experiment with its policy, read and not yet looked into. */
export interface OpenedExperiment {
  readonly kind: "opened";
  readonly experiment: Experiment;
  readonly experimentPath: string;
  readonly policy: LoadedPolicy;
  readonly config: ProjectConfig;
}

/** A policy that one may train under, with the params as they are. */
export interface PermittedPolicy {
  readonly kind: "permitted";
  readonly ir: Ir;
  readonly enforcement: RunEnforcement;
  readonly warnings: readonly Diagnostic[];
  /** What the level of enforcement made of them, in lines. */
  readonly notes: readonly string[];
}

/** What is told while the preparation goes on. */
export interface PreparationWatch {
  /** Warnings; errors are an obstacle. */
  readonly onWarnings: (diagnostics: readonly Diagnostic[], policy: LoadedPolicy) => void;
  /** What the level of enforcement made of them, in lines. */
  readonly onEnforcement: (lines: readonly string[]) => void;
  readonly onBackend: (backend: SelectedBackend) => void;
}

export async function prepare(
  request: RunRequest,
  terminal: Pick<Terminal, "workingDirectory">,
  watch: PreparationWatch,
): Promise<Preparation> {
  const opened = await openExperiment(request, terminal);
  if (opened.kind === "stopped") return opened;
  const permitted = permit(opened, request);
  if (permitted.kind === "stopped") return permitted;
  const { experiment, experimentPath, policy } = opened;
  const { ir, enforcement, warnings, notes } = permitted;
  watch.onWarnings(warnings, policy);
  watch.onEnforcement(notes);

  let backend: SelectedBackend;
  try {
    backend = await selectBackend(request.backend);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return stopped({ kind: "problem", problem: error.message, help: error.remedy });
  }
  watch.onBackend(backend);
  return await build(request, { experiment, experimentPath, policy, ir, enforcement, backend });
}

export async function openExperiment(
  request: Pick<RunRequest, "experiment" | "policy">,
  terminal: Pick<Terminal, "workingDirectory">,
): Promise<OpenedExperiment | Stopped> {
  if (request.experiment === undefined) throw new Error("a run needs an experiment");
  const loading = await loadExperiment(resolve(terminal.workingDirectory, request.experiment));
  if (loading.kind === "failed") return stopped({ kind: "fault", fault: loading.fault });
  const { experiment, path } = loading;

  const policyPath =
    request.policy === undefined
      ? resolve(dirname(path), experiment.policy)
      : resolve(terminal.workingDirectory, request.policy);
  const policy = loadPolicy(policyPath, terminal.workingDirectory);
  if (policy.kind === "problem") {
    const problem = `${relative(terminal.workingDirectory, policy.path)}: ${policy.problem}`;
    return stopped({ kind: "problem", problem, ...(policy.help === undefined ? {} : { help: policy.help }) });
  }
  const config = await loadConfig(policyPath);
  if (config.kind === "problem") {
    const problem = `${relative(terminal.workingDirectory, config.path)}: ${config.problem}`;
    return stopped({ kind: "problem", problem, ...(config.help === undefined ? {} : { help: config.help }) });
  }
  return { kind: "opened", experiment, experimentPath: path, policy, config };
}

/** Whether the policy lets a run begin, which its params may decide. */
export function permit(
  { policy, config }: Pick<OpenedExperiment, "policy" | "config">,
  { params, override }: Pick<RunRequest, "params" | "override">,
): PermittedPolicy | Stopped {
  // Whether the probes are present is left out: the run is about to read those that it needs.
  const { entry, sources, parsed } = policy;
  const compilation = compile({ entry, sources, parsed, params, severities: config.severities });
  const { ir } = compilation;
  // The model itself is about to be built: that its file is not there matters to nobody.
  const diagnostics = compilation.diagnostics.filter(({ code }) => code !== "GOV4012");
  // A policy with errors of its own means nothing that one could train under, at whatever level.
  if (ir === undefined) return stopped({ kind: "diagnostics", policy, diagnostics });
  const judgement = judge(diagnostics, config, { maximumWarnings: undefined, override });
  const notes = explainJudgements([judgement], override);
  if (exitCodeFor(judgement) !== EXIT.clean)
    return stopped({ kind: "diagnostics", policy, diagnostics, note: sayStop(judgement, notes) });
  const enforcement: RunEnforcement = {
    level: config.enforcement,
    ...(judgement.waived === "overridden" && override !== undefined && { override }),
    found: {
      errors: diagnostics.filter(({ severity }) => severity === "error").length,
      warnings: diagnostics.filter(({ severity }) => severity === "warning").length,
    },
  };
  // Notes are for `gov check`, as everywhere where something else is the command's output.
  const warnings = diagnostics.filter(({ severity }) => severity !== "info");
  return { kind: "permitted", ir, enforcement, warnings, notes };
}

async function build(
  { seed, epochs }: RunRequest,
  parts: Omit<ReadyRun, "run" | "probes" | "metadata" | "quarantined" | "cohortsOf">,
): Promise<Preparation> {
  const { experiment, experimentPath, policy, ir } = parts;
  const probes = loadProbes(tracedBehaviors(ir.policy), policy);
  try {
    const metadata = await loadMetadata(experiment, experimentPath, ir.policy.example);
    const run = await prepareRun(experiment, ir, {
      probes,
      ...(metadata === undefined ? {} : { metadata }),
      ...(seed === undefined ? {} : { seed }),
      ...(epochs === undefined ? {} : { epochs }),
    });
    const { records, admission } = run;
    const aside = admission.quarantined.map((own) => ({ ...own, example: records[own.row] ?? {} }));
    return {
      kind: "ready",
      ready: {
        ...{ ...parts, run, probes, metadata, quarantined: aside },
        cohortsOf: lookUpCohorts(ir.policy, records),
      },
    };
  } catch (error) {
    return stopped(obstacleOf(error, experimentPath, policy));
  }
}

function sayStop({ code }: Judgement, notes: readonly string[]): string {
  const cause = code === EXIT.warnings ? ["there are more warnings than `maxWarnings` allows"] : [];
  return [...cause, ...notes].join("; ");
}

/** What is to be said about an error that the model, the data or the training threw. */
export function obstacleOf(error: unknown, experimentPath: string, policy: LoadedPolicy): Obstacle {
  if (error instanceof GovernanceError)
    return { kind: "diagnostics", policy, diagnostics: error.diagnostics };
  if (error instanceof ManifestError)
    return {
      kind: "problem",
      problem: error.message,
      ...(error.help === undefined ? {} : { help: error.help }),
    };
  if (error instanceof ExperimentError)
    return { kind: "fault", fault: { file: experimentPath, message: error.message } };
  return { kind: "fault", fault: findFault(error, experimentPath, "it failed without saying why") };
}

function stopped(obstacle: Obstacle): Stopped {
  return { kind: "stopped", obstacle };
}
