import type { Cohort, Policy } from "../../check/policy.ts";
import { diagnose, type Diagnostic, type Label } from "../../source/diagnostic.ts";
import { placeOfName, type ReviewContext, type ReviewRule } from "./context.ts";
import { findDecidedComparisons } from "./comparisons.ts";
import { namedCohorts } from "../predicate.ts";
import { mentionsParam, ownDeclaration } from "./syntax.ts";

/** Cohorts that hold no example of the schema (GOV5004), and ones that hold all without saying `all` (GOV5005). */
export const findExtremeCohorts: ReviewRule = (context) => {
  const { policy, bound, reach } = context;
  const isStrange = ({ name }: Cohort): boolean =>
    reach.get(name) === "nothing" || reach.get(name) === "everything";
  const strange = policy.cohorts.filter(isStrange);
  if (strange.length === 0) return [];
  // A comparison that the schema decides says more precisely what is wrong.
  const explained = findDecidedComparisons(context).map(({ labels }) => labels[0].span);
  const hasExplanation = ({ span }: Cohort): boolean =>
    explained.some(({ file, start }) => file === span.file && span.start <= start && start < span.end);
  const dependsOnParam = (cohort: Cohort): boolean => {
    const declaration = ownDeclaration(cohort.span, bound);
    return declaration !== undefined && mentionsParam(declaration);
  };
  return strange.flatMap((cohort): readonly Diagnostic[] => {
    const place = placeOfName(cohort.name, "cohort", context);
    const below = cohortsBelow(cohort, policy);
    const isSaid = [cohort, ...below].some((part) => hasExplanation(part) || dependsOnParam(part));
    if (place === undefined || isSaid || below.some(isStrange)) return [];
    const { predicate, name } = cohort;
    if (reach.get(name) === "nothing")
      return [
        diagnose("GOV5004", place.span, `cohort \`${name}\` holds no example that the schema admits`, {
          related: usesOf(name, context),
          help: "what is said of it is said of nothing: a claim holds without meaning anything, a rule decides nothing",
        }),
      ];
    // That a module's cohort holds everything under this schema may be what was wanted of the schema.
    if (reach.get(name) === "everything" && place.isOwn && predicate.kind !== "all")
      return [
        diagnose("GOV5005", place.span, `cohort \`${name}\` holds every example that the schema admits`, {
          help: `write \`cohort ${name} = all\`, or \`all\` in its place, where that is meant`,
        }),
      ];
    return [];
  });
};

/** The cohorts that one is made of, at any depth. */
function cohortsBelow(cohort: Cohort, policy: Policy): readonly Cohort[] {
  const found = new Set<Cohort>();
  const visit = ({ predicate }: Cohort): void => {
    for (const name of namedCohorts(predicate)) {
      const named = policy.cohorts.find((candidate) => candidate.name === name);
      if (named === undefined || found.has(named)) continue;
      found.add(named);
      visit(named);
    }
  };
  visit(cohort);
  return [...found];
}

const MOST_SHOWN = 3;

/** The lines that are about a cohort. */
function usesOf(name: string, { policy }: ReviewContext): readonly Label[] {
  const metricIsAbout = (metric: Policy["bounds"][number]["metric"]): boolean =>
    ("cohort" in metric && metric.cohort === name) ||
    (metric.kind === "loss_gap" && [metric.left, metric.right].includes(name));
  const uses: readonly Label[] = [
    ...policy.claims
      .filter(({ cohort }) => cohort === name)
      .map(({ span }) => ({ span, text: "holds because it is about nothing" })),
    ...[...policy.rules, ...policy.detaches]
      .filter(({ cohort }) => cohort === name)
      .map(({ span }) => ({ span, text: "decides nothing" })),
    ...policy.bounds
      .filter(({ metric }) => metricIsAbout(metric))
      .map(({ span }) => ({ span, text: "is never measured" })),
  ];
  const distinct = new Map(uses.map((use) => [`${use.span.file} ${use.span.start}`, use]));
  return [...distinct.values()].slice(0, MOST_SHOWN);
}
