import type { Policy } from "../../check/policy.ts";
import type { TraceAnswer, TraceQuestion } from "../../evidence/provenance/trace.ts";
import type { RunRecord } from "../../evidence/record.ts";
import { printWindow } from "../../lower/tfjs/print.ts";
import { sayWeight } from "../../lower/words.ts";
import type { TraceRule } from "../../report/trace.ts";

/**
 * The routes and detaches under which the answer came about: those of its cohorts, and of cohorts that read the
 * training, for in some step they may have held any example; on its bands, and on parameters that its bands share.
 */
export function rulesFor(
  { ir, plan }: Pick<RunRecord, "ir" | "plan">,
  question: TraceQuestion,
  answer: TraceAnswer,
): readonly TraceRule[] {
  if (ir === undefined) return [];
  const policy: Pick<Policy, "rules" | "detaches" | "cohorts" | "defaultWeight"> = ir.policy;
  const bands = new Set(question.bands ?? answer.bands.map(({ name }) => name));
  const cohorts = new Set([
    "all",
    ...answer.cohorts.map(({ name }) => name),
    ...policy.cohorts.flatMap(({ name, dynamic }) => (dynamic ? [name] : [])),
  ]);
  const holds = (band: string): boolean => bands.has(band) || band === "all" || bands.has("all");
  const segments = (plan?.parameters ?? []).flatMap((parameter) => parameter.segments);
  // Rules of the plan are those of the policy, in its order.
  const meeting = new Set(
    segments.flatMap((segment) => (segment.bands.some((band) => bands.has(band)) ? segment.rules : [])),
  );
  const { weight: rest, span } = policy.defaultWeight;
  const written =
    rest === 1 || span === undefined ? [] : [{ words: `route default ${sayWeight(rest)}`, span }];
  const routes = policy.rules
    .filter((rule, index) => cohorts.has(rule.cohort) && (holds(rule.band) || meeting.has(index)))
    .map(({ cohort, band, weight, window, span: place }) => ({
      words: `route ${cohort} -> ${band}${printWindow(window)}: ${sayWeight(weight)}`,
      span: place,
    }));
  const detaches = policy.detaches
    .filter(({ cohort, band }) => cohorts.has(cohort) && holds(band))
    .map(({ cohort, band, window, span: place }) => ({
      words: `detach ${cohort} at ${band}${printWindow(window)}`,
      span: place,
    }));
  return [...written, ...routes, ...detaches].map(({ words, span: { file, line } }) => ({
    words,
    place: `${file}:${line}`,
  }));
}
