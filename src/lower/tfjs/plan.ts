/**
 * The plan: a policy laid over one network, inert and printable, the last thing that can be reviewed before
 * training. It names parameters and numbers rules; it holds no tensor and no function. The runtime reads only this
 * and the predicates of the policy's cohorts.
 */
import type { Bound, Claim, DetachRule, Provenance, RouteRule } from "../../check/policy.ts";
import type { LayerExtent, UnitInterval } from "../../model/network.ts";

export interface TfjsPlan {
  readonly target: "tfjs";
  readonly planVersion: 1;
  /** SHA-256 of the policy's meaning, hex. */
  readonly policyDigest: string;
  readonly policyName: string;
  readonly defaultWeight: number;
  /** The routing rules by index; `PlanSegment.rules` points here. */
  readonly rules: readonly RouteRule[];
  readonly bands: readonly PlanBand[];
  /** The built-in band `all`. */
  readonly everything: PlanBand;
  readonly parameters: readonly PlanParameter[];
  /** In place of parameters where the network is one of stubs, of which no shapes are known; such a plan is never run. */
  readonly stubs?: readonly PlanStub[];
  readonly detaches: readonly PlanDetach[];
  readonly bounds: readonly Bound[];
  readonly claims: readonly Claim[];
  readonly provenance: Provenance;
}

export interface PlanBand {
  readonly name: string;
  readonly extent: readonly LayerExtent[];
  readonly parameterCount: number;
  /** The layer whose output is the band's representation (its last one), with the units of it that count. */
  readonly output: LayerExtent | undefined;
}

export interface PlanParameter {
  /** `layer/kernel`; unique. */
  readonly name: string;
  readonly layer: string;
  readonly role: string;
  readonly shape: readonly number[];
  readonly unitAxis: number | undefined;
  /** Disjoint, ascending, covering the parameter: one whole segment unless bands cut it by units. */
  readonly segments: readonly PlanSegment[];
}

export interface PlanStub {
  readonly layer: string;
  readonly kind: string;
  readonly units: number | undefined;
  /** As those of a parameter. */
  readonly segments: readonly PlanSegment[];
}

export interface PlanSegment {
  readonly units: "whole" | UnitInterval;
  /** The bands that hold this segment, `all` left out. */
  readonly bands: readonly string[];
  /** Indices into `rules` of those whose band holds this segment (rules on `all` included). */
  readonly rules: readonly number[];
}

export interface PlanDetach {
  readonly rule: DetachRule;
  readonly extent: readonly LayerExtent[];
}

/** One of the plan's bands, `all` among them. */
export function bandOf(plan: TfjsPlan, name: string): PlanBand {
  const band = name === "all" ? plan.everything : plan.bands.find((candidate) => candidate.name === name);
  if (band === undefined) throw new Error(`the plan has no band ${name}`);
  return band;
}
