/** The shapes of everything a record holds, one table per union; see `shape.ts`. */
import type { Action, Duration, Metric } from "../check/policy.ts";
import type {
  CheckpointSaved,
  Distribution,
  DistributionsMeasured,
  ExamplesRefused,
  InfluenceMeasured,
  MeasuredEvaluation,
  MeasuredFigure,
  Measurement,
  RoutingMeasured,
  RunEvaluated,
  StepMeasured,
  StepSkipped,
  TrackerFailed,
  ViolationFound,
  WeightsRestored,
} from "../runtime/events.ts";
import { isDiagnosticCode, type DiagnosticCode } from "../source/codes.ts";
import type { Span } from "../source/span.ts";
import type {
  Enforcement,
  Environment,
  FileBound,
  LoggedDecision,
  LoggedEpochEnded,
  LoggedRunEnded,
  LoggedRunResumed,
  LoggedRunStarted,
  MetricsDigest,
  PayloadReference,
  RecordedPlan,
} from "./record.ts";
import {
  count,
  dictionary,
  digest,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
  union,
  type Shape,
} from "./shape.ts";
import type {
  BoundBreached,
  BoundCleared,
  Intent,
  InterventionClosed,
  InterventionOpened,
} from "../reason/bounds/decisions.ts";
import type { Clock } from "../reason/clock.ts";

const span = object<Span>({ file: text, start: count, end: count, line: count, column: count });
const clock = object<Clock>({ step: count, epoch: count, examples: count });
const measured = nullable(number);
const range = object<{ readonly low?: number; readonly high?: number }>({
  low: optional(number),
  high: optional(number),
});
const digests = dictionary(digest);
const code: Shape<DiagnosticCode> = (value): value is DiagnosticCode =>
  typeof value === "string" && isDiagnosticCode(value);

type MetricOf<Kind> = Extract<Metric, { readonly kind: Kind }>;
const onBand = object<Exclude<Metric, { readonly kind: "entropy" | "influence" | "loss" | "loss_gap" }>>({
  kind: oneOf("gradient_norm", "update_ratio", "dead_units"),
  band: text,
});
const metric = union<Metric>({
  entropy: object<MetricOf<"entropy">>({
    kind: oneOf("entropy"),
    band: text,
    of: oneOf("representation", "weights", "gradient"),
    unit: oneOf("nats", "bits", "normalized"),
  }),
  gradient_norm: onBand,
  update_ratio: onBand,
  dead_units: onBand,
  influence: object<MetricOf<"influence">>({ kind: oneOf("influence"), cohort: text, band: text }),
  loss: object<MetricOf<"loss">>({ kind: oneOf("loss"), cohort: text }),
  loss_gap: object<MetricOf<"loss_gap">>({ kind: oneOf("loss_gap"), left: text, right: text }),
});

const duration = object<Duration>({ count, unit: oneOf("steps", "epochs", "examples") });
type ActionOf<Kind> = Extract<Action, { readonly kind: Kind }>;
type Plain = Exclude<Action, { readonly band: string }>;
type Scaling = Extract<Action, { readonly to: number }>;
const plain = object<Plain>({ kind: oneOf("log", "warn", "halt", "skip", "rollback") });
const scaling = object<Scaling>({
  kind: oneOf("attenuate", "amplify"),
  band: text,
  to: number,
  for: optional(duration),
});
const action = union<Action>({
  log: plain,
  warn: plain,
  halt: plain,
  skip: plain,
  rollback: plain,
  freeze: object<ActionOf<"freeze">>({ kind: oneOf("freeze"), band: text, for: optional(duration) }),
  attenuate: scaling,
  amplify: scaling,
  clip: object<ActionOf<"clip">>({ kind: oneOf("clip"), band: text, at: number, for: optional(duration) }),
  block: object<ActionOf<"block">>({
    kind: oneOf("block"),
    cohort: text,
    band: text,
    for: optional(duration),
  }),
  steer: object<ActionOf<"steer">>({
    kind: oneOf("steer"),
    band: text,
    toward: number,
    strength: number,
    for: optional(duration),
  }),
});

const metricsDigest = object<MetricsDigest>({ bytes: count, sha256: digest });

const decision = union<LoggedDecision>({
  run_started: object<LoggedRunStarted>({
    kind: oneOf("run_started"),
    clock,
    run: text,
    inputs: dictionary(text),
    files: digests,
  }),
  run_resumed: object<LoggedRunResumed>({ kind: oneOf("run_resumed"), clock, metrics: metricsDigest }),
  file_bound: object<FileBound>({
    kind: oneOf("file_bound"),
    clock,
    role: oneOf("attestation", "provenance"),
    path: text,
    sha256: digest,
  }),
  run_ended: object<LoggedRunEnded>({
    kind: oneOf("run_ended"),
    clock,
    outcome: oneOf("finished", "halted", "interrupted", "failed"),
    span: optional(span),
    reason: optional(text),
    updates: optional(count),
    saved: optional(digests),
    metrics: metricsDigest,
  }),
  epoch_ended: object<LoggedEpochEnded>({
    kind: oneOf("epoch_ended"),
    clock,
    loss: measured,
    weightsDigest: text,
    judged: list(count),
    metrics: metricsDigest,
  }),
  bound_breached: object<BoundBreached>({
    kind: oneOf("bound_breached"),
    clock,
    bound: count,
    metric,
    side: oneOf("below", "above"),
    measured,
    range,
    span,
  }),
  bound_cleared: object<BoundCleared>({ kind: oneOf("bound_cleared"), clock, bound: count, measured, span }),
  intervention_opened: object<InterventionOpened>({
    kind: oneOf("intervention_opened"),
    clock,
    id: count,
    bound: count,
    action,
    intent: object<Intent>({ metric, before: measured, target: range, deadline: measured }),
    span,
  }),
  intervention_closed: object<InterventionClosed>({
    kind: oneOf("intervention_closed"),
    clock,
    id: count,
    bound: count,
    outcome: oneOf("achieved", "not_achieved", "superseded"),
    measured,
    span,
  }),
  examples_refused: object<ExamplesRefused>({
    kind: oneOf("examples_refused"),
    clock,
    disposition: oneOf("reject", "quarantine", "halt"),
    count,
    examples: list(
      object<ExamplesRefused["examples"][number]>({ id: text, missing: list(text), altered: list(text) }),
    ),
    span,
  }),
  weights_restored: object<WeightsRestored>({
    kind: oneOf("weights_restored"),
    clock,
    bound: count,
    from: clock,
    span,
  }),
  checkpoint_saved: object<CheckpointSaved>({
    kind: oneOf("checkpoint_saved"),
    clock,
    file: text,
    sha256: digest,
    pruned: list(text),
  }),
  step_skipped: object<StepSkipped>({ kind: oneOf("step_skipped"), clock, bound: count, span }),
  tracker_failed: object<TrackerFailed>({
    kind: oneOf("tracker_failed"),
    clock,
    tracker: text,
    reason: text,
  }),
  violation_found: object<ViolationFound>({
    kind: oneOf("violation_found"),
    clock,
    code,
    message: text,
    span,
  }),
});

const evaluation = object<MeasuredEvaluation>({
  figures: list(object<MeasuredFigure>({ name: text, value: measured, unit: optional(text) })),
  summary: optional(text),
});

export const decisionShape: Shape<LoggedDecision> = decision;

/** What an entry holds in place of an event that is too long for one. */
export const payloadShape = object<PayloadReference>({ payload: digest, bytes: count });

export const measurementShape = union<Measurement>({
  step_measured: object<StepMeasured>({
    kind: oneOf("step_measured"),
    clock,
    loss: measured,
    milliseconds: number,
    examples: count,
    bounds: dictionary(
      object<StepMeasured["bounds"][number]>({ value: measured, average: measured }),
    ) satisfies Shape<StepMeasured["bounds"]>,
  }),
  routing_measured: object<RoutingMeasured>({
    kind: oneOf("routing_measured"),
    clock,
    cells: list(
      object<RoutingMeasured["cells"][number]>({
        cohort: text,
        band: text,
        examples: count,
        intended: number,
        share: measured,
      }),
    ),
  }),
  distributions_measured: object<DistributionsMeasured>({
    kind: oneOf("distributions_measured"),
    clock,
    distributions: list(
      object<Distribution>({
        band: text,
        of: oneOf("weights", "gradients", "activations"),
        low: number,
        high: number,
        counts: list(count),
        notFinite: count,
      }),
    ),
  }),
  influence_measured: object<InfluenceMeasured>({
    kind: oneOf("influence_measured"),
    clock,
    band: text,
    behavior: nullable(text),
    rows: list(object<InfluenceMeasured["rows"][number]>({ id: text, weight: number, influence: measured })),
    span,
  }),
  run_evaluated: object<RunEvaluated>({
    kind: oneOf("run_evaluated"),
    clock,
    governed: nullable(evaluation),
    ungoverned: nullable(evaluation),
    comparison: nullable(text),
    problem: optional(text),
  }),
});

type PlannedParameter = NonNullable<RecordedPlan["parameters"]>[number];

export const planShape = object<RecordedPlan>({
  policyName: text,
  policyDigest: text,
  bands: list(
    object<RecordedPlan["bands"][number]>({
      name: text,
      parameterCount: count,
      extent: optional(list(object<{ readonly layer: string }>({ layer: text }))),
    }),
  ),
  parameters: optional(
    list(
      object<PlannedParameter>({
        layer: text,
        segments: list(
          object<PlannedParameter["segments"][number]>({ bands: list(text), rules: list(count) }),
        ),
      }),
    ),
  ),
});

export const environmentShape = object<Environment>({
  seed: optional(number),
  backend: optional(text),
  started: optional(text),
  command: optional(list(text)),
  versions: optional(dictionary(text)),
  enforcement: optional(
    object<Enforcement>({
      level: oneOf("advisory", "soft", "hard"),
      override: optional(text),
      found: object<Enforcement["found"]>({ errors: count, warnings: count }),
    }),
  ),
  git: optional(object<NonNullable<Environment["git"]>>({ commit: text, state: oneOf("clean", "changed") })),
  data: optional(dictionary(text)),
});
