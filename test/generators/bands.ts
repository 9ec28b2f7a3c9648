/** Random bands over a network, each of which holds something. */
import type { NetworkShape } from "../../src/model/network.ts";
import type { Choices } from "../gradients/exactness/choices.ts";
import { interpret } from "../oracle/interpreter.ts";
import { meetsGlob } from "../oracle/names.ts";
import { canBeCut, learningLayers, placesOf } from "./networks.ts";

const GLOBS = [
  "**", "*", "*/*", "encoder/**", "encoder/*", "**/0", "*/0", "dec*/o?t", "?????", "c**", "**/inner/?", "**o*",
] as const; // prettier-ignore

/** Band declarations; those after the first may name the ones before, and the last ones `rest`. */
export function drawBands(
  choices: Choices,
  network: NetworkShape,
  params: readonly string[],
): readonly string[] {
  const { whole, often, list } = choices;
  const places = placesOf(network);
  const declarations: string[] = [];
  const names: string[] = [];
  const holdsSome = (declaration: string, name: string): boolean => {
    const { isInBand } = interpret([...params, ...declarations, declaration].join("\n"));
    return places.some((place) => isInBand(name, place));
  };
  const term = (): string => selector(choices, network, names);
  const operator = (): string => choices.one(["|", "&", "-"]);
  const add = (first: () => string, orElse: (() => string) | undefined): void => {
    const name = `b${String(names.length)}`;
    const others = list(
      0,
      often(4) ? 2 : 0,
      () => `${operator()} ${often(2) ? grouped(term, operator) : term()}`,
    );
    const written = `band ${name} = ${[first(), ...others].join(" ")}`;
    const declaration = holdsSome(written, name) ? written : orElse && `band ${name} = ${orElse()}`;
    if (declaration === undefined) return;
    declarations.push(declaration);
    names.push(name);
  };

  for (let count = whole(1, 4); count > 0; count -= 1) add(term, () => layersByName(choices, network));
  // Only what mentions `rest` may follow: another band would take from it.
  for (let count = whole(0, 2); count > 0; count -= 1)
    add(() => (often(3) ? `(${term()} ${operator()} rest)` : "rest"), undefined);
  return declarations;
}

function grouped(term: () => string, operator: () => string): string {
  return `(${term()} ${operator()} ${term()})`;
}

function selector(choices: Choices, network: NetworkShape, earlier: readonly string[]): string {
  const { whole, one, often } = choices;
  const layers = learningLayers(network);
  const last = layers.length - 1;
  const [some = "all"] = earlier.slice(whole(0, Math.max(0, earlier.length - 1)));
  return one<() => string>([
    () => layersByName(choices, network),
    () => unitsOfLayers(choices, network),
    () => unitsOfLayers(choices, network),
    () => {
      const low = whole(0, last);
      const high = whole(low, last);
      return often(3) ? `layers ${low}..<${high + 1}` : `layers ${low}..${high}`;
    },
    () => "layers 0..edge",
    () => {
      const range = one(["0%..50%", "0%..100%", "20%..60%", "20%..<60%", "50%..100%", "50%..<100%", "0%..<100%", "33.4%..66.7%", "0%..share", "share..100%", "100%..100%"]); // prettier-ignore
      return `depth ${range}`;
    },
    () => `${one(["first", "last"])} ${often(3) ? "edge" : whole(1, layers.length)} layers`,
    () => `kind ${layers[whole(0, last)]?.kind ?? "dense"}`,
    () => some,
    () => some,
    () => one(["all", `all - ${some}`]),
  ])();
}

function layersByName({ whole, one, often, list }: Choices, network: NetworkShape): string {
  const layers = learningLayers(network);
  const globs = list(1, 2, () => {
    const { name } = layers[whole(0, layers.length - 1)] ?? { name: "" };
    const glob = one(GLOBS);
    return often(5) && layers.some((layer) => meetsGlob(glob, layer.name)) ? glob : name;
  });
  return `layers ${[...new Set(globs)].map((glob) => JSON.stringify(glob)).join(", ")}`;
}

function unitsOfLayers({ whole, often, list }: Choices, network: NetworkShape): string {
  const layers = learningLayers(network).filter(canBeCut);
  if (layers.length === 0) return "all";
  const chosen = list(1, 2, () => layers[whole(0, layers.length - 1)]).filter((layer) => layer !== undefined);
  const last = Math.min(...chosen.map(({ units = 1 }) => units)) - 1;
  const low = whole(0, last);
  const high = whole(low, last);
  const names = [...new Set(chosen.map(({ name }) => JSON.stringify(name)))].join(", ");
  if (last >= 1 && often(2)) return `layers ${names} units 0..edge`;
  return `layers ${names} units ${often(3) ? `${low}..<${high + 1}` : `${low}..${high}`}`;
}
