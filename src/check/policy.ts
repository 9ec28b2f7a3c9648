/**
 * What a policy means, once its names are resolved, its params are set, its rulesets applied and its profiles
 * written out as rules. Plain data, fit for JSON: the IR is this, with a digest. Every part carries the span of
 * the line that said it; `via` carries the places that led there (the `apply`, the profile's entry).
 */
import type { Span } from "../source/span.ts";
import type { ComparisonOperator, TimeUnit } from "../syntax/ast.ts";

export interface Policy {
  readonly name: string;
  readonly title?: string;
  readonly version?: string;
  readonly params: readonly Param[];
  readonly model: DeclaredModel;
  readonly example: ExampleSchema;
  readonly bands: readonly Band[];
  readonly cohorts: readonly Cohort[];
  readonly behaviors: readonly Behavior[];
  /** The weight where no rule speaks; `span` is absent when the policy leaves it at `full`. */
  readonly defaultWeight: { readonly weight: number; readonly span?: Span };
  readonly rules: readonly RouteRule[];
  readonly detaches: readonly DetachRule[];
  readonly bounds: readonly Bound[];
  readonly claims: readonly Claim[];
  readonly provenance: Provenance;
  readonly tests: readonly PolicyTest[];
}

declare const checked: unique symbol;
/** A policy without errors. Only `check/` makes one; `buildIr` takes nothing else. */
export type CheckedPolicy = Policy & { readonly [checked]: true };

interface Located {
  readonly span: Span;
}

/** A part that can come out of a ruleset or a profile. */
interface Derived extends Located {
  /** Outermost first; empty when the policy says it itself. */
  readonly via: readonly Span[];
}

// ── values, types, time ────────────────────────────────────────────────────────────────────────────────────────

/** Dates are ISO `YYYY-MM-DD`, digests `sha256:` and lower-case hex. */
export type Scalar = string | number | boolean;

export type FieldType =
  | { readonly kind: "string" | "int" | "float" | "bool" | "date" | "digest" | "fraction" | "steps" }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "set"; readonly element: FieldType };

export interface ScalarRange {
  readonly low: number | string;
  readonly high: number | string;
  readonly excludesHigh: boolean;
}

export interface Duration {
  readonly count: number;
  readonly unit: TimeUnit;
}

/** In force from `from` (inclusive) until `until` (exclusive), counted from the start of training. */
export interface Window {
  readonly from?: Duration;
  readonly until?: Duration;
}

export interface Param extends Located {
  readonly name: string;
  readonly type: FieldType;
  readonly value: Scalar;
  /** Whether `--set` gave the value. */
  readonly overridden: boolean;
}

export interface DeclaredModel {
  /** As written in `model "…"`, relative to the file that says it. */
  readonly path?: string;
  readonly layers: readonly {
    readonly name: string;
    readonly kind?: string;
    readonly units?: number;
    readonly span: Span;
  }[];
  readonly span?: Span;
}

export interface ExampleSchema {
  readonly fields: readonly Field[];
}

export interface Field extends Located {
  readonly name: string;
  readonly type: FieldType;
  readonly optional: boolean;
  readonly range?: ScalarRange;
}

/** Fields that the runtime supplies; a cohort that reads one is dynamic. Loss and entropy are per example, in nats. */
export const DYNAMIC_FIELDS = ["loss", "entropy", "epoch", "step"] as const;
export type DynamicField = (typeof DYNAMIC_FIELDS)[number];

// ── bands and cohorts ──────────────────────────────────────────────────────────────────────────────────────────

/** Names are unique: a band that is private to a module is called `std/depth#early`. `all` is built in, not listed. */
export interface Band extends Located {
  readonly name: string;
  readonly documentation?: string;
  readonly selector: BandSelector;
}

export type BandSelector =
  | {
      readonly kind: "union" | "intersection" | "difference";
      readonly left: BandSelector;
      readonly right: BandSelector;
    }
  | {
      readonly kind: "names";
      readonly globs: readonly string[];
      readonly units?: InclusiveRange;
      readonly span: Span;
    }
  | { readonly kind: "positions"; readonly low: number; readonly high: number; readonly span: Span }
  /**
   * Fractions of the trainable depth; the trainable layer k of n lies at k / (n - 1). Half-open unless `high` is 1 and
   * not excluded by `..<`.
   */
  | {
      readonly kind: "depth";
      readonly low: number;
      readonly high: number;
      readonly excludesHigh?: true;
      readonly span: Span;
    }
  | { readonly kind: "end"; readonly end: "first" | "last"; readonly count: number; readonly span: Span }
  /** In the model's snake case: `dense`, `conv2d`, `depthwise_conv2d`. */
  | { readonly kind: "layer_kind"; readonly layerKind: string; readonly span: Span }
  /** Every governed parameter that no band without `rest` takes. */
  | { readonly kind: "rest"; readonly span: Span }
  | { readonly kind: "band"; readonly name: string; readonly span: Span }
  | { readonly kind: "all"; readonly span: Span };

export interface InclusiveRange {
  readonly low: number;
  readonly high: number;
}

/** `all` is built in, not listed. */
export interface Cohort extends Located {
  readonly name: string;
  readonly documentation?: string;
  readonly predicate: Predicate;
  /** Reads `loss`, `entropy`, `epoch` or `step`, itself or through another cohort. */
  readonly dynamic: boolean;
}

export type Predicate =
  | { readonly kind: "and" | "or"; readonly operands: readonly Predicate[] }
  | { readonly kind: "not"; readonly operand: Predicate }
  | {
      readonly kind: "compare";
      readonly field: string;
      readonly operator: ComparisonOperator;
      readonly value: Scalar;
    }
  | { readonly kind: "in_range"; readonly field: string; readonly range: ScalarRange }
  | { readonly kind: "in_set"; readonly field: string; readonly values: readonly Scalar[] }
  /** The set field holds the value. */
  | { readonly kind: "contains"; readonly field: string; readonly value: Scalar }
  | { readonly kind: "matches"; readonly field: string; readonly glob: string }
  | { readonly kind: "has"; readonly field: string }
  /** The first 52 bits of SHA-256 of `${seed}:${id}`, read as a fraction, are below `share`. */
  | { readonly kind: "sample"; readonly share: number; readonly seed: number }
  | { readonly kind: "cohort"; readonly name: string }
  | { readonly kind: "all" };

export interface Behavior extends Located {
  readonly name: string;
  readonly probe: string;
}

// ── rules ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface RouteRule extends Derived {
  readonly cohort: string;
  readonly band: string;
  /** block = 0, full = 1, above 1 amplifies. */
  readonly weight: number;
  readonly window: Window;
}

export interface DetachRule extends Derived {
  readonly cohort: string;
  readonly band: string;
  readonly window: Window;
}

export interface Claim extends Derived {
  readonly claim: "never" | "always";
  readonly cohort: string;
  readonly band: string;
}

export type EntropySubject = "representation" | "weights" | "gradient";

export type Metric =
  | {
      readonly kind: "entropy";
      readonly band: string;
      readonly of: EntropySubject;
      readonly unit: "nats" | "bits" | "normalized";
    }
  | { readonly kind: "gradient_norm" | "update_ratio" | "dead_units"; readonly band: string }
  | { readonly kind: "influence"; readonly cohort: string; readonly band: string }
  | { readonly kind: "loss"; readonly cohort: string }
  | { readonly kind: "loss_gap"; readonly left: string; readonly right: string };

export interface Bound extends Derived {
  readonly metric: Metric;
  /** A missing side is unbounded. Values that are not finite are outside every range. */
  readonly range: { readonly low?: number; readonly high?: number; readonly excludesHigh: boolean };
  /** The metric is averaged over this; one step when left out. */
  readonly over: Duration;
  readonly arms: readonly BoundArm[];
}

export interface BoundArm extends Located {
  readonly side: "below" | "above" | "outside";
  readonly ladder: readonly BoundStep[];
}

export interface BoundStep extends Located {
  readonly action: Action;
  /** How long the step before this one has to achieve its intent; absent on the first. */
  readonly after?: Duration;
}

export type Action =
  | { readonly kind: "log" | "warn" | "halt" | "skip" | "rollback" }
  | { readonly kind: "freeze"; readonly band: string; readonly for?: Duration }
  | {
      readonly kind: "attenuate" | "amplify";
      readonly band: string;
      readonly to: number;
      readonly for?: Duration;
    }
  | { readonly kind: "clip"; readonly band: string; readonly at: number; readonly for?: Duration }
  | { readonly kind: "block"; readonly cohort: string; readonly band: string; readonly for?: Duration }
  | {
      readonly kind: "steer";
      readonly band: string;
      readonly toward: number;
      readonly strength: number;
      readonly for?: Duration;
    };

// ── provenance and tests ───────────────────────────────────────────────────────────────────────────────────────

export interface Provenance {
  readonly require: readonly Requirement[];
  readonly verifyDigest?: Located;
  readonly trace: readonly Trace[];
  readonly retain?: Located & { readonly duration: Duration | "forever" };
  readonly attest: readonly (Located & { readonly moment: "release" | "epoch" })[];
}

export interface Requirement extends Located {
  readonly fields: readonly string[];
  readonly otherwise: "reject" | "quarantine" | "halt";
}

export interface Trace extends Located {
  readonly bands: readonly string[];
  /** Empty: influence toward the batch's own loss. */
  readonly behaviors: readonly string[];
  readonly every: Duration;
  /** How many examples to keep for each traced step and band, the largest by magnitude; all when absent. */
  readonly top?: number;
}

export interface PolicyTest extends Located {
  readonly title: string;
  readonly given: readonly GivenStep[];
  /** What is left out is 0. */
  readonly at: { readonly step: number; readonly epoch?: number } | { readonly epoch: number };
  readonly expect: readonly Expectation[];
}

export type GivenStep =
  | {
      readonly kind: "example";
      readonly fields: Readonly<Record<string, Scalar | readonly Scalar[]>>;
      readonly span: Span;
    }
  | {
      readonly kind: "metric";
      readonly metric: Metric;
      readonly value: number;
      readonly for: Duration;
      readonly span: Span;
    };

export type Expectation =
  | { readonly kind: "weight"; readonly band: string; readonly weight: number; readonly span: Span }
  | { readonly kind: "cohort"; readonly cohort: string; readonly negated: boolean; readonly span: Span }
  | { readonly kind: "action"; readonly action: Action; readonly negated: boolean; readonly span: Span };
