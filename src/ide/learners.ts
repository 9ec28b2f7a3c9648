/** Who may train a band: the routes that speak about any of its parameters. */
import type { RouteRule } from "../check/policy.ts";
import { sayWeight } from "../lower/words.ts";
import type { Draft } from "./draft.ts";

/** The rules that bear on a band, its own and those of bands that share parameters with it. */
export function rulesOn(band: string, draft: Draft): readonly RouteRule[] {
  const shared = new Set(draft.cells().flatMap((cell) => (cell.has(band) ? [...cell] : [])));
  return draft.compilation.draft.rules.filter((rule) => shared.has(rule.band));
}

const MOST_COHORTS = 4;

/** `low block, closed 25%, others full` */
export function sayLearners(band: string, draft: Draft): string {
  const { defaultWeight } = draft.compilation.draft;
  const weights = new Map<string, number>();
  for (const { cohort, weight } of rulesOn(band, draft))
    weights.set(cohort, Math.min(weight, weights.get(cohort) ?? Number.POSITIVE_INFINITY));
  const said = [...weights]
    .slice(0, MOST_COHORTS)
    .map(([cohort, weight]) => `${cohort} ${sayWeight(weight)}`);
  const more = weights.size - said.length;
  const others = weights.has("all") ? [] : [`others ${sayWeight(defaultWeight.weight)}`];
  return [...said, ...(more > 0 ? [`${more} more cohorts`] : []), ...others].join(", ");
}
