/** Combinations that cannot be trained: why is said once for all that it holds for. */
import { sayCount } from "../../lower/words.ts";
import type { ParamTexts } from "../requests.ts";

export interface UnfitCombination {
  readonly params: ParamTexts;
  /** What is shown of each thing that is wrong; ends with a line break. */
  readonly why: readonly string[];
}

/** Each reason once, under the combinations that it holds for; under nothing where it holds for all. */
export function tellUnfit(unfit: readonly UnfitCombination[], all: readonly ParamTexts[]): string {
  return [...new Set(unfit.flatMap(({ why }) => why))]
    .map((reason) => {
      const own = unfit.filter(({ why }) => why.includes(reason)).map(({ params }) => params);
      if (own.length === all.length) return reason;
      return `with ${sayWhich(own, all)} (${sayCount(own.length)} of ${sayCount(all.length)}):\n${reason}`;
    })
    .join("");
}

export function sayParams(params: Iterable<readonly [name: string, value: string]>): string {
  return [...params].map(([name, value]) => `${name}=${value}`).join("  ");
}

const MOST_LISTED = 5;

/** The values that these combinations have in common, where no others have them; else one after the other. */
function sayWhich(own: readonly ParamTexts[], all: readonly ParamTexts[]): string {
  const common = [...(own[0] ?? [])].filter(([name, value]) =>
    own.every((params) => params.get(name) === value),
  );
  const alike = all.filter((params) => common.every(([name, value]) => params.get(name) === value));
  if (alike.length === own.length) return sayParams(common);
  const listed = own.slice(0, MOST_LISTED).map(sayParams);
  const rest = own.length - listed.length;
  return [...listed, ...(rest > 0 ? [`${sayCount(rest)} more`] : [])].join(", ");
}
