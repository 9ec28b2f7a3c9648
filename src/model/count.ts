import type { LayerExtent, NetworkLayer, NetworkShape, UnitInterval } from "./network.ts";

/**
 * How many numbers of a layer some of its units train: products of the shapes, each cut along its axis of units.
 * Undefined where the model gives no shapes.
 */
export function countParameters(layer: NetworkLayer, units: LayerExtent["units"]): number | undefined {
  const trainable = layer.parameters.filter((parameter) => parameter.trainable);
  if (trainable.length === 0) return undefined;
  return trainable.reduce((sum, { shape, unitAxis }) => {
    const whole = shape.reduce((product, size) => product * size, 1);
    const axis = unitAxis === undefined ? undefined : shape[unitAxis];
    return sum + (units === "whole" || axis === undefined ? whole : (whole / axis) * countUnits(units));
  }, 0);
}

/** The same for all that a band holds; undefined where one of the layers gives no shapes. */
export function countBandParameters(
  extent: readonly LayerExtent[],
  network: NetworkShape,
): number | undefined {
  let sum = 0;
  for (const { layer: name, units } of extent) {
    const layer = network.layers.find((candidate) => candidate.name === name);
    const count = layer && countParameters(layer, units);
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}

function countUnits(units: readonly UnitInterval[]): number {
  return units.reduce((sum, { low, high }) => sum + high - low + 1, 0);
}
