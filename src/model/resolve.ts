import type { Band, BandSelector, Policy } from "../check/policy.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { compileGlob } from "../source/glob.ts";
import { suggestName } from "../source/nearest.ts";
import type { Span } from "../source/span.ts";
import { intersect, subtract, unite, type Extent } from "./extents.ts";
import type { BandExtents, NetworkLayer, NetworkShape } from "./network.ts";

/** Lays every band of a policy over a network; a selector that finds nothing is a diagnostic (GOV4xxx). */
export function resolveBands(
  policy: Pick<Policy, "bands">,
  network: NetworkShape,
): { readonly extents: BandExtents; readonly diagnostics: readonly Diagnostic[] } {
  const resolution = createResolution(policy, network);
  const extents = new Map<string, Extent>([["all", resolution.everything]]);
  const diagnostics: Diagnostic[] = [];
  for (const band of policy.bands) {
    const { extent, problems } = resolution.resolve(band);
    extents.set(band.name, extent);
    diagnostics.push(...problems);
    if (extent.length === 0 && problems.length === 0 && !resolution.dependsOnProblem(band.selector)) {
      diagnostics.push(
        diagnose("GOV4005", band.span, `band \`${band.name}\` holds no parameter of ${network.origin}`, {
          help: band.selector.kind === "rest" ? "the other bands take all of them" : undefined,
        }),
      );
    }
  }
  return { extents, diagnostics };
}

interface Resolved {
  readonly extent: Extent;
  readonly problems: readonly Diagnostic[];
}

interface Resolution {
  readonly everything: Extent;
  readonly resolve: (band: Band) => Resolved;
  /** Whether an empty result is already explained by a problem of a band that it is made of. */
  readonly dependsOnProblem: (selector: BandSelector) => boolean;
}

function createResolution(policy: Pick<Policy, "bands">, network: NetworkShape): Resolution {
  const trainable = network.layers.filter((layer) => layer.trainable);
  const everything: Extent = trainable.map((layer) => ({ layer: layer.name, units: "whole" }));
  const bands = new Map(policy.bands.map((band) => [band.name, band]));
  const resolved = new Map<string, Resolved>();

  const resolve = (band: Band): Resolved => {
    const known = resolved.get(band.name);
    if (known !== undefined) return known;
    const problems: Diagnostic[] = [];
    const result = { extent: select(band.selector, problems), problems };
    resolved.set(band.name, result);
    return result;
  };

  // What no band without `rest` takes.
  const restOf = (): Extent =>
    policy.bands
      .filter((band) => !mentions(band.selector, (selector) => selector.kind === "rest", bands))
      .reduce<Extent>((remaining, band) => subtract(remaining, resolve(band).extent, network), everything);

  const select = (selector: BandSelector, problems: Diagnostic[]): Extent => {
    const found = (layers: readonly NetworkLayer[], span: Span, what: string): Extent => {
      const governed = layers.filter((layer) => layer.trainable);
      if (layers.length > 0 && governed.length === 0)
        problems.push(
          diagnose(
            "GOV4009",
            span,
            `${what} matches only layers without trainable parameters: ${listNames(layers)}`,
          ),
        );
      return governed.map((layer) => ({ layer: layer.name, units: "whole" }));
    };
    switch (selector.kind) {
      case "union":
        return unite(select(selector.left, problems), select(selector.right, problems), network);
      case "intersection":
        return intersect(select(selector.left, problems), select(selector.right, problems), network);
      case "difference":
        return subtract(select(selector.left, problems), select(selector.right, problems), network);
      case "names":
        return selectNames(selector, network, problems, found);
      case "positions": {
        if (selector.high >= trainable.length)
          problems.push(
            diagnose(
              "GOV4006",
              selector.span,
              `there is no trainable layer ${selector.high}: ${network.origin} has ${trainable.length}, counted from 0`,
            ),
          );
        return found(trainable.slice(selector.low, selector.high + 1), selector.span, "the range");
      }
      case "depth": {
        const at = (index: number): number => (trainable.length === 1 ? 0 : index / (trainable.length - 1));
        const isClosed = selector.high >= 1 && selector.excludesHigh !== true;
        const layers = trainable.filter(
          (_, index) => selector.low <= at(index) && (at(index) < selector.high || isClosed),
        );
        if (layers.length === 0)
          problems.push(
            diagnose(
              "GOV4001",
              selector.span,
              `no trainable layer of ${network.origin} lies in this range of depth`,
              {
                help: `its ${trainable.length} trainable layers lie at ${trainable.map((_, index) => `${Math.round(at(index) * 100)}%`).join(", ")}`,
              },
            ),
          );
        return found(layers, selector.span, "the range");
      }
      case "end": {
        if (selector.count > trainable.length)
          problems.push(
            diagnose(
              "GOV4006",
              selector.span,
              `there are no ${selector.count} trainable layers: ${network.origin} has ${trainable.length}`,
            ),
          );
        const layers =
          selector.end === "first" ? trainable.slice(0, selector.count) : trainable.slice(-selector.count);
        return found(layers, selector.span, "the selector");
      }
      case "layer_kind": {
        const layers = network.layers.filter((layer) => layer.kind === selector.layerKind);
        if (layers.length === 0) {
          const kinds = [...new Set(network.layers.map((layer) => layer.kind))];
          problems.push(
            diagnose(
              "GOV4001",
              selector.span,
              `${network.origin} has no layer of kind \`${selector.layerKind}\``,
              {
                help:
                  suggestName(selector.layerKind, kinds) ??
                  `its kinds are ${kinds.map((kind) => `\`${kind}\``).join(", ")}`,
              },
            ),
          );
        }
        return found(layers, selector.span, `kind \`${selector.layerKind}\``);
      }
      case "rest":
        return restOf();
      case "band": {
        const band = bands.get(selector.name);
        return band === undefined ? [] : resolve(band).extent;
      }
      case "all":
        return everything;
    }
  };

  return {
    everything,
    resolve,
    dependsOnProblem: (selector) =>
      mentions(
        selector,
        (part) => {
          const named = part.kind === "band" ? resolved.get(part.name) : undefined;
          return named !== undefined && (named.problems.length > 0 || named.extent.length === 0);
        },
        bands,
      ),
  };
}

function noMatch(glob: string, { layers, origin }: NetworkShape, span: Span): Diagnostic {
  const names = layers.map((layer) => escaped(layer.name));
  return diagnose("GOV4001", span, `no layer of ${origin} matches \`${escaped(glob)}\``, {
    help:
      suggestName(escaped(glob), names) ??
      suggestName(escaped(glob.replace(/\/?\*+.*$/, "")), names) ??
      `its layers are ${listNames(layers)}`,
  });
}

type NamesSelector = Extract<BandSelector, { kind: "names" }>;
type Found = (layers: readonly NetworkLayer[], span: Span, what: string) => Extent;

function selectNames(
  selector: NamesSelector,
  network: NetworkShape,
  problems: Diagnostic[],
  found: Found,
): Extent {
  const { globs, units, span } = selector;
  const matched = globs.map((glob) => {
    const matches = compileGlob(glob);
    const layers = network.layers.filter((layer) => matches(layer.name));
    if (layers.length === 0) problems.push(noMatch(glob, network, span));
    return layers;
  });
  const met = new Set(matched.flat());
  const layers = network.layers.filter((layer) => met.has(layer));
  const whole = found(layers, span, globs.map((glob) => `\`${glob}\``).join(", "));
  if (units === undefined) return whole;
  return whole.flatMap(({ layer: name }): Extent => {
    const layer = network.layers.find((candidate) => candidate.name === name);
    if (layer === undefined) return [];
    const unsliced = layer.parameters.find(
      (parameter) => parameter.trainable && parameter.unitAxis === undefined,
    );
    if (layer.units === undefined || unsliced !== undefined) {
      problems.push(
        diagnose("GOV4003", span, `layer \`${name}\` (\`${layer.kind}\`) cannot be cut by units`, {
          help:
            unsliced === undefined
              ? "the model does not say how many units it has"
              : `the units of its \`${unsliced.name}\` are not one axis`,
        }),
      );
      return [];
    }
    if (units.high >= layer.units) {
      problems.push(
        diagnose(
          "GOV4002",
          span,
          `layer \`${name}\` has ${layer.units} units, 0 to ${layer.units - 1}; \`units ${units.low}..${units.high}\` reaches beyond`,
        ),
      );
      return [];
    }
    const all = units.low === 0 && units.high === layer.units - 1;
    return [{ layer: name, units: all ? "whole" : [{ low: units.low, high: units.high }] }];
  });
}

/** Whether a selector, or one of the bands that it names, has a part that passes the test. */
function mentions(
  selector: BandSelector,
  test: (part: BandSelector) => boolean,
  bands: ReadonlyMap<string, Band>,
): boolean {
  if (test(selector)) return true;
  if ("left" in selector)
    return mentions(selector.left, test, bands) || mentions(selector.right, test, bands);
  const named = selector.kind === "band" ? bands.get(selector.name) : undefined;
  return named !== undefined && mentions(named.selector, test, bands);
}

/** As it is written between quotes in a policy: names come from files, and may hold anything. */
function escaped(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}

function listNames(layers: readonly NetworkLayer[]): string {
  const shown = layers.slice(0, 8).map((layer) => `\`${escaped(layer.name)}\``);
  return layers.length > shown.length
    ? `${shown.join(", ")} and ${layers.length - shown.length} more`
    : shown.join(", ");
}
