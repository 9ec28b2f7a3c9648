/**
 * What `import … from "strata-gov"` gives: compile a policy, lay it out, and train under it. Importing this loads
 * TensorFlow.js; whoever only checks policies uses the command `gov`.
 */
export { compile, type Compilation, type CompileInput } from "./compile.ts";
export { formatText, type Formatting } from "./format/format.ts";
export type { Ir } from "./ir/ir.ts";
export { readIr, type IrReading } from "./ir/read.ts";
export { serializeIr } from "./ir/serialize.ts";
export { lowerToTfjs } from "./lower/tfjs/lower.ts";
export type { TfjsPlan } from "./lower/tfjs/plan.ts";
export type { NetworkShape } from "./model/network.ts";
export { readNetwork } from "./model/read.ts";
export type { DiagnosticCode, Severity } from "./source/codes.ts";
export type { Diagnostic, Fix, Label, TextEdit } from "./source/diagnostic.ts";
export type { Span } from "./source/span.ts";
export type { SourceMap } from "./source/text.ts";
export type { ExampleRecord } from "./reason/example.ts";
export type { Ablate } from "./runtime/ablate.ts";
export type { Admission, Candidates } from "./runtime/admission.ts";
export { digestOf, type ContentOf, type Contents } from "./runtime/content.ts";
export {
  selectBackend,
  BackendError,
  type BackendChoice,
  type SelectedBackend,
} from "./runtime/backends/select.ts";
export { loadWeights, type ModelFiles } from "./runtime/artifacts.ts";
export type { Batch } from "./runtime/batch.ts";
export { batchesOf, type BatchingOptions, type TrainingData } from "./runtime/data.ts";
export { GovernanceError } from "./runtime/error.ts";
export type { Evaluation, Figure } from "./runtime/evaluation.ts";
export type * from "./reason/bounds/decisions.ts";
export type { Clock } from "./reason/clock.ts";
export type * from "./runtime/events.ts";
export {
  defineExperiment,
  type DataContext,
  type EvaluationContext,
  type Experiment,
  type ExperimentContext,
  type ExperimentData,
} from "./runtime/experiment.ts";
export type { BatchSource, FitCallbacks, FitOptions, FitResult } from "./runtime/fit.ts";
export { govern, type GovernOptions, type Governor } from "./runtime/governor.ts";
export type { LayersLoss } from "./runtime/network/layers-model.ts";
export type { PredictiveEntropy } from "./runtime/network/output-distribution.ts";
export type { PlainLayer, PlainNetwork, PlainPredictions } from "./runtime/network/plain.ts";
export { bernoulliEntropy, categoricalEntropy } from "./runtime/network/predictive-entropy.ts";
export { adamW, type AdamWOptions } from "./runtime/optimizer/adamw.ts";
export type { ProbeRecord, Probes } from "./runtime/probes.ts";
export type { Halt, StepResult } from "./runtime/step.ts";
export { stopGradient } from "./runtime/tape/stop-gradient.ts";
