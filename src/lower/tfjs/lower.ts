import type { CheckedPolicy, DetachRule, EntropySubject, Metric } from "../../check/policy.ts";
import type { Ir } from "../../ir/ir.ts";
import type {
  BandExtents,
  LayerExtent,
  NetworkLayer,
  NetworkParameter,
  NetworkShape,
} from "../../model/network.ts";
import { findCouplings } from "../../model/couplings.ts";
import { resolveBands } from "../../model/resolve.ts";
import { segmentLayer, type Segment } from "../../model/segments.ts";
import { diagnose, hasErrors, type Diagnostic } from "../../source/diagnostic.ts";
import type { PlanBand, PlanParameter, PlanSegment, PlanStub, TfjsPlan } from "./plan.ts";

/**
 * Lays a policy over a network. What the policy asks for and this version cannot carry out is an error here, where it
 * would otherwise be passed over in training. A network without shapes (stubs) gives parameters without shapes.
 */
export function lowerToTfjs(
  ir: Ir,
  network: NetworkShape,
): { readonly plan?: TfjsPlan; readonly diagnostics: readonly Diagnostic[] } {
  const { policy } = ir;
  const { extents, diagnostics: unresolved } = resolveBands(policy, network);
  const diagnostics = [
    ...unresolved,
    ...findCouplings(policy, network, extents),
    ...findMissingRepresentations(policy, extents, network),
  ];
  if (hasErrors(diagnostics)) return { diagnostics };
  const plan: TfjsPlan = {
    target: "tfjs",
    planVersion: 1,
    policyDigest: ir.digest,
    policyName: policy.name,
    defaultWeight: policy.defaultWeight.weight,
    rules: policy.rules,
    bands: policy.bands.map((band) => planBand(band.name, extents, network)),
    everything: planBand("all", extents, network),
    parameters: network.layers
      .filter((layer) => layer.trainable)
      .flatMap((layer) => planLayer(layer, policy, extents)),
    ...(isOfStubs(network) && { stubs: network.layers.map((layer) => planStub(layer, policy, extents)) }),
    detaches: policy.detaches.map((rule) => ({ rule, extent: extentOf(rule, extents) })),
    bounds: policy.bounds,
    claims: policy.claims,
    provenance: policy.provenance,
  };
  return { plan, diagnostics };
}

/** Entropies of what a band does not have. */
function findMissingRepresentations(
  policy: CheckedPolicy,
  extents: BandExtents,
  network: NetworkShape,
): readonly Diagnostic[] {
  return policy.bounds.flatMap((bound) => {
    const steered = bound.arms.flatMap(({ ladder }) =>
      ladder.flatMap(({ action, span }) =>
        action.kind === "steer" ? [{ band: action.band, of: "representation" as const, span }] : [],
      ),
    );
    const measured = measuredBand(bound.metric);
    return [...(measured === undefined ? [] : [{ ...measured, span: bound.span }]), ...steered].flatMap(
      ({ band, of, span }) => {
        const missing = MISSING[of](extents.get(band) ?? [], network);
        return missing === undefined ? [] : [diagnose("GOV4010", span, `band \`${band}\` ${missing}`)];
      },
    );
  });
}

/** The band that a metric is measured on, and what of it. */
function measuredBand(metric: Metric): { readonly band: string; readonly of: EntropySubject } | undefined {
  if (metric.kind === "dead_units") return { band: metric.band, of: "representation" };
  return metric.kind === "entropy" ? metric : undefined;
}

const MISSING: Readonly<
  Record<EntropySubject, (extent: readonly LayerExtent[], network: NetworkShape) => string | undefined>
> = {
  representation: (extent) =>
    extent.length === 0 ? "has no layer whose output could be measured" : undefined,
  weights: (extent, network) => {
    const parameters = network.layers
      .filter((layer) => extent.some((part) => part.layer === layer.name))
      .flatMap((layer) => layer.parameters);
    // Stubs say nothing about shapes.
    const isKnown = parameters.length > 0;
    return isKnown && parameters.every(({ trainable, shape }) => !trainable || shape.length < 2)
      ? "has no kernel whose spectrum could be measured"
      : undefined;
  },
  gradient: () => undefined,
};

function extentOf(rule: DetachRule, extents: BandExtents): readonly LayerExtent[] {
  return extents.get(rule.band) ?? [];
}

function planBand(name: string, extents: BandExtents, network: NetworkShape): PlanBand {
  const extent = extents.get(name) ?? [];
  const sizes = extent.flatMap((part) => {
    const layer = network.layers.find((candidate) => candidate.name === part.layer);
    return layer === undefined
      ? []
      : layer.parameters.filter(({ trainable }) => trainable).map((parameter) => countIn(parameter, part));
  });
  return { name, extent, parameterCount: sizes.reduce((sum, size) => sum + size, 0), output: extent.at(-1) };
}

function countIn(parameter: NetworkParameter, extent: LayerExtent): number {
  const size = parameter.shape.reduce((product, length) => product * length, 1);
  if (extent.units === "whole" || parameter.unitAxis === undefined) return size;
  const units = parameter.shape[parameter.unitAxis] ?? 1;
  const held = extent.units.reduce((sum, { low, high }) => sum + high - low + 1, 0);
  return (size / units) * held;
}

function isOfStubs({ layers }: NetworkShape): boolean {
  return layers.every(({ parameters }) => parameters.length === 0);
}

function planStub(layer: NetworkLayer, policy: CheckedPolicy, extents: BandExtents): PlanStub {
  const segments = segmentLayer(layer, extents).map((segment) => withRules(segment, policy));
  return { layer: layer.name, kind: layer.kind, units: layer.units, segments };
}

function planLayer(
  layer: NetworkLayer,
  policy: CheckedPolicy,
  extents: BandExtents,
): readonly PlanParameter[] {
  const segments = segmentLayer(layer, extents).map((segment) => withRules(segment, policy));
  return layer.parameters
    .filter((parameter) => parameter.trainable)
    .map((parameter) => ({
      name: `${layer.name}/${parameter.name}`,
      layer: layer.name,
      role: parameter.name,
      shape: parameter.shape,
      unitAxis: parameter.unitAxis,
      segments,
    }));
}

function withRules({ units, bands }: Segment, policy: CheckedPolicy): PlanSegment {
  const rules = policy.rules.flatMap((rule, index) =>
    rule.band === "all" || bands.includes(rule.band) ? [index] : [],
  );
  return { units, bands, rules };
}
