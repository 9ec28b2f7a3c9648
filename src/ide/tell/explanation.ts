import type { RouteRule } from "../../check/policy.ts";
import { printPlaces, printWindow, type ShowPlace } from "../../lower/tfjs/print.ts";
import { sayWeight } from "../../lower/words.ts";
import type { ExplainedPart, ExplainedSegment, Explanation } from "../../reason/why.ts";
import type { Clock } from "../../reason/clock.ts";
import { sayMoment } from "./witness.ts";

/** What one example may teach every band, in lines for people; route and detach are told apart. */
export function showExplanation(
  { cohorts, unknown, bands, detaches, possibleDetaches }: Explanation,
  { moment, showPlace }: { readonly moment: Clock; readonly showPlace: ShowPlace },
): readonly string[] {
  const width = Math.max(0, ...bands.map(({ band }) => band.length));
  const inCohorts = cohorts.length === 0 ? "no cohort but `all`" : cohorts.join(", ");
  const cut = (kind: string, rules: Explanation["detaches"]): readonly string[] =>
    rules.map(
      (rule) =>
        `  at ${rule.band}${printWindow(rule.window)}: ${kind}  (${rule.cohort})  ${printPlaces(rule, showPlace)}`,
    );
  const time = sayMoment(moment);
  return [
    `the example is in ${inCohorts}; ${time === "" ? "at the start of training" : `at ${time}`}`,
    ...(unknown.length === 0 ? [] : [`only a run knows whether it is in ${unknown.join(", ")}`]),
    "",
    "route: what each band's own parameters may learn from it (absorption)",
    ...bands.flatMap(({ band, parts }) =>
      parts.flatMap((part) => {
        const others = part.bands.filter((other) => other !== band);
        // Parts are told apart only where a band has several.
        const where =
          parts.length === 1 ? "" : others.length === 0 ? " alone" : ` where in ${others.join(", ")}, too`;
        return showPart(`  ${band.padEnd(width)}${where}`, part, showPlace);
      }),
    ),
    "",
    "detach: where its error stops on the way to the input (flow)",
    ...cut("nothing before this band learns from it through this band", detaches),
    ...cut("may stop here: only a run knows the cohort", possibleDetaches),
    ...(detaches.length + possibleDetaches.length === 0 ? ["  nowhere"] : []),
  ];
}

/** What one example may teach a layer, piece by piece. */
export function showLayerExplanation(
  layer: string,
  segments: readonly ExplainedSegment[],
  showPlace: ShowPlace,
): readonly string[] {
  return [
    `route: what the parameters of ${layer} may learn from the example (absorption)`,
    ...segments.flatMap((segment) => {
      const { units, bands } = segment;
      const part = units === "whole" ? "all units" : `units ${units.low}..${units.high}`;
      const holders = bands.length === 0 ? "in no band" : `in ${bands.join(", ")}`;
      return showPart(`  ${part}, ${holders}`, segment, showPlace);
    }),
  ];
}

function showPart(name: string, part: ExplainedPart, showPlace: ShowPlace): readonly string[] {
  const { weight, spoken, possible } = part;
  const line = (rule: RouteRule, role: string): string =>
    `      ${role} ${rule.cohort} -> ${rule.band}: ${sayWeight(rule.weight)}${printWindow(rule.window)}  ${printPlaces(rule, showPlace)}`;
  return [
    `${name}  ${sayWeight(weight)}${spoken.length === 0 ? "  no rule speaks: the default" : ""}`,
    ...spoken.map(({ rule, decides }) => line(rule, decides ? "decides" : "outweighed")),
    ...possible.map((rule) => line(rule, "only a run knows")),
  ];
}
