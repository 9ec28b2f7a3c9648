import type { Policy } from "../../check/policy.ts";
import type { TraceAnswer, TraceQuestion } from "../../evidence/provenance/trace.ts";
import type { RunRecord } from "../../evidence/record.ts";
import { sayWeight } from "../../lower/words.ts";
import type { TraceRule } from "../../report/trace.ts";

/** The routes and detaches of the bands and cohorts that the answer is about. */
export function rulesFor(
  { ir }: RunRecord,
  question: TraceQuestion,
  answer: TraceAnswer,
): readonly TraceRule[] {
  const policy: Pick<Policy, "rules" | "detaches"> = ir?.policy ?? { rules: [], detaches: [] };
  const bands = new Set(question.bands ?? answer.bands.map(({ name }) => name));
  const cohorts = new Set(["all", ...answer.cohorts.map(({ name }) => name)]);
  const isAsked = (rule: { readonly cohort: string; readonly band: string }): boolean =>
    (bands.has(rule.band) || rule.band === "all") && cohorts.has(rule.cohort);
  return [
    ...policy.rules.filter(isAsked).map(({ cohort, band, weight, span }) => ({
      words: `route ${cohort} -> ${band}: ${weight === 0 ? "block" : sayWeight(weight)}`,
      place: `${span.file}:${span.line}`,
    })),
    ...policy.detaches.filter(isAsked).map(({ cohort, band, span }) => ({
      words: `detach ${cohort} at ${band}`,
      place: `${span.file}:${span.line}`,
    })),
  ];
}
