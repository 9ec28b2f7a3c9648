import type { DetachRule, Policy, RouteRule } from "../check/policy.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import type { BandExtents, NetworkLayer, NetworkShape } from "./network.ts";

/**
 * Layers that let one example of a batch change what becomes of another (GOV4008). Where rules tell examples apart on
 * such a layer or before it, what is blocked for one still comes through the others that it was normalised with.
 */
export function findCouplings(
  policy: Policy,
  network: NetworkShape,
  extents: BandExtents,
): readonly Diagnostic[] {
  return network.layers
    .filter((layer) => COUPLING.has(layer.kind))
    .flatMap((layer) => {
      const touched = new Set([layer.name, ...layersBefore(layer, network)]);
      const rule = firstRule(policy, (band) =>
        (extents.get(band) ?? []).some((part) => touched.has(part.layer)),
      );
      if (rule === undefined) return [];
      return [
        diagnose(
          "GOV4008",
          rule.span,
          `layer \`${layer.name}\` (\`${layer.kind}\`) normalises each example by the whole batch, so this rule does not keep examples fully apart`,
          {
            related: rule.via.map((span) => ({ span, text: "brought in here" })),
            help: "use layer normalization, which looks at one example at a time (`tf.layers.layerNormalization`), in its place",
          },
        ),
      ];
    });
}

/** In training mode, which they are in even when they are frozen. */
const COUPLING: ReadonlySet<string> = new Set(["batch_normalization"]);

/** The first that tells examples apart on a band; what is said of `all` examples tells none apart. */
function firstRule(policy: Policy, isTouched: (band: string) => boolean): RouteRule | DetachRule | undefined {
  return [...policy.rules, ...policy.detaches].find(
    ({ cohort, band }) => cohort !== "all" && isTouched(band),
  );
}

/** The layers whose outputs reach a layer; where the model does not say, all that stand before it. */
function layersBefore(layer: NetworkLayer, network: NetworkShape): readonly string[] {
  const byName = new Map(network.layers.map((candidate) => [candidate.name, candidate]));
  const inputs = network.layers.flatMap((candidate) => candidate.inputs);
  if (inputs.length === 0 || inputs.some((name) => !byName.has(name)))
    return network.layers.slice(0, network.layers.indexOf(layer)).map(({ name }) => name);
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const input of byName.get(name)?.inputs ?? []) visit(input);
  };
  for (const name of layer.inputs) visit(name);
  return [...found];
}
