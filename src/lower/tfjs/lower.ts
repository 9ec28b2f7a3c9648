import type { CheckedPolicy, DetachRule } from "../../check/policy.ts";
import { unsupported } from "../../check/support.ts";
import type { Ir } from "../../ir/ir.ts";
import { intervalsOf } from "../../model/extents.ts";
import type {
  BandExtents,
  LayerExtent,
  NetworkLayer,
  NetworkParameter,
  NetworkShape,
  UnitInterval,
} from "../../model/network.ts";
import { resolveBands } from "../../model/resolve.ts";
import { CODES } from "../../source/codes.ts";
import { diagnose, hasErrors, type Diagnostic } from "../../source/diagnostic.ts";
import type { PlanBand, PlanParameter, PlanSegment, TfjsPlan } from "./plan.ts";

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
    ...unsupported(policy).map(refuse),
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
    parameters: network.layers
      .filter((layer) => layer.trainable)
      .flatMap((layer) => planLayer(layer, policy, extents)),
    detaches: policy.detaches.map((rule) => ({ rule, extent: extentOf(rule, extents) })),
    bounds: policy.bounds,
    claims: policy.claims,
    provenance: policy.provenance,
  };
  return { plan, diagnostics };
}

/** What `gov check` warns about (GOV4013) is refused where it would have to be done (GOV4011). */
function refuse(warning: Diagnostic): Diagnostic {
  return { ...warning, code: "GOV4011", severity: CODES.GOV4011.severity };
}

function findMissingRepresentations(
  policy: CheckedPolicy,
  extents: BandExtents,
  network: NetworkShape,
): readonly Diagnostic[] {
  return policy.bounds.flatMap((bound) => {
    const { metric } = bound;
    if (metric.kind !== "entropy" || metric.of !== "representation") return [];
    if (planBand(metric.band, extents, network).output !== undefined) return [];
    return [
      diagnose("GOV4010", bound.span, `band \`${metric.band}\` has no layer whose output could be measured`),
    ];
  });
}

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

function planLayer(
  layer: NetworkLayer,
  policy: CheckedPolicy,
  extents: BandExtents,
): readonly PlanParameter[] {
  const segments = cutLayer(layer, policy, extents);
  const whole = segments.length === 1;
  return layer.parameters
    .filter((parameter) => parameter.trainable)
    .map((parameter) => ({
      name: `${layer.name}/${parameter.name}`,
      layer: layer.name,
      role: parameter.name,
      shape: parameter.shape,
      unitAxis: parameter.unitAxis,
      segments: whole ? segments.map((segment) => ({ ...segment, units: "whole" as const })) : segments,
    }));
}

/** The layer in pieces whose units lie in the same bands. */
function cutLayer(layer: NetworkLayer, policy: CheckedPolicy, extents: BandExtents): readonly PlanSegment[] {
  const held = [...extents].flatMap(([band, extent]) => {
    const own = extent.find((part) => part.layer === layer.name);
    return own === undefined || band === "all" ? [] : [{ band, own }];
  });
  const units = layer.units ?? 1;
  const isCut = held.some(({ own }) => own.units !== "whole");
  if (!isCut)
    return [
      segmentOf(
        "whole",
        held.map(({ band }) => band),
        policy,
      ),
    ];
  const edges = held.flatMap(({ own }) =>
    intervalsOf(own, units).flatMap(({ low, high }) => [low, high + 1]),
  );
  const starts = [...new Set([0, ...edges])].filter((edge) => edge < units).toSorted((a, b) => a - b);
  return starts.map((low, index) => {
    const interval: UnitInterval = { low, high: (starts[index + 1] ?? units) - 1 };
    const bands = held.filter(({ own }) =>
      intervalsOf(own, units).some((part) => part.low <= low && low <= part.high),
    );
    return segmentOf(
      interval,
      bands.map(({ band }) => band),
      policy,
    );
  });
}

function segmentOf(
  units: PlanSegment["units"],
  bands: readonly string[],
  policy: CheckedPolicy,
): PlanSegment {
  const rules = policy.rules.flatMap((rule, index) =>
    rule.band === "all" || bands.includes(rule.band) ? [index] : [],
  );
  return { units, bands, rules };
}
