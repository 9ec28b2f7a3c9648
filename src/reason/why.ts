import type { DetachRule, Policy, Predicate, RouteRule } from "../check/policy.ts";
import type { NetworkLayer, UnitInterval } from "../model/network.ts";
import { segmentLayer } from "../model/segments.ts";
import { cellsOf, type Cell, type ResolvedBands } from "./cells.ts";
import type { ExampleRecord } from "./example.ts";
import { compileCohorts } from "./predicate.ts";
import { weigh } from "./weights.ts";
import { windowHolds } from "./windows.ts";
import type { Clock } from "./clock.ts";

export interface Question {
  readonly policy: Policy;
  /** With a network at hand, bands overlap as they do there; else as far as their set algebra says. */
  readonly resolved?: ResolvedBands;
  readonly example: ExampleRecord;
  readonly moment: Clock;
}

/** What one example may teach at one moment, and the lines that decide it. */
export interface Explanation {
  /** The cohorts that hold the example, `all` left out. */
  readonly cohorts: readonly string[];
  /** Cohorts that read its loss or entropy, which only a run knows. */
  readonly unknown: readonly string[];
  /** What its loss may do to each band's own parameters: absorption. */
  readonly bands: readonly ExplainedBand[];
  /** The bands that its error does not pass on its way to the input: flow. */
  readonly detaches: readonly DetachRule[];
  /** Detach rules about cohorts that only a run knows. */
  readonly possibleDetaches: readonly DetachRule[];
}

export interface ExplainedBand {
  readonly band: string;
  /** One for each set of bands that shares parameters with this one; several only where bands overlap. */
  readonly parts: readonly ExplainedPart[];
}

export interface ExplainedPart {
  /** All bands that hold the part, `all` left out. */
  readonly bands: readonly string[];
  readonly weight: number;
  /** The rules in force that hold the example; empty where the default decides. */
  readonly spoken: readonly SpokenRule[];
  /** Rules in force about cohorts that only a run knows: with them, the weight may be another. */
  readonly possible: readonly RouteRule[];
}

export interface SpokenRule {
  readonly rule: RouteRule;
  /** Whether the weight is this rule's: the least of those that speak. */
  readonly decides: boolean;
}

/** The weights of every band for one example. */
export function explainWeights(question: Question): Explanation {
  const { policy, resolved, moment } = question;
  const view = viewExample(question);
  const cells = cellsOf(policy, resolved);
  const inForce = policy.detaches.filter((rule) => windowHolds(rule.window, moment));
  // A policy without bands speaks of everything alike.
  const bands = policy.bands.length === 0 ? ["all"] : policy.bands.map(({ name }) => name);
  return {
    cohorts: policy.cohorts
      .map(({ name }) => name)
      .filter((name) => !view.isUnknown(name) && view.holds(name)),
    unknown: policy.cohorts.map(({ name }) => name).filter(view.isUnknown),
    bands: bands.map((name) => ({
      band: name,
      parts: cells.filter((cell) => cell.has(name)).map((cell) => explainCell(cell, question, view)),
    })),
    detaches: inForce.filter((rule) => !view.isUnknown(rule.cohort) && view.holds(rule.cohort)),
    possibleDetaches: inForce.filter((rule) => view.isUnknown(rule.cohort)),
  };
}

export interface ExplainedSegment extends ExplainedPart {
  readonly units: "whole" | UnitInterval;
}

/** The weights of one layer of the network, piece by piece. */
export function explainLayer(
  question: Question & { readonly resolved: ResolvedBands },
  layer: NetworkLayer,
): readonly ExplainedSegment[] {
  const view = viewExample(question);
  return segmentLayer(layer, question.resolved.extents).map(({ units, bands }) => ({
    units,
    ...explainCell(new Set(["all", ...bands]), question, view),
  }));
}

/** The example as the policy's cohorts see it. */
interface View {
  readonly holds: (cohort: string) => boolean;
  readonly isUnknown: (cohort: string) => boolean;
}

function viewExample({ policy, example, moment }: Question): View {
  const tests = compileCohorts(policy);
  const predicates = new Map(policy.cohorts.map(({ name, predicate }) => [name, predicate]));
  const { step, epoch } = moment;
  const dynamic = { loss: Number.NaN, entropy: Number.NaN, step, epoch };
  const isUnknown = (cohort: string): boolean => {
    const predicate = predicates.get(cohort);
    return predicate !== undefined && readsRun(predicate, isUnknown);
  };
  return { holds: (cohort) => tests.get(cohort)?.(example, dynamic) ?? false, isUnknown };
}

/** Whether a predicate reads what is known only once the example has been through the network. */
function readsRun(predicate: Predicate, isUnknown: (cohort: string) => boolean): boolean {
  switch (predicate.kind) {
    case "and":
    case "or":
      return predicate.operands.some((operand) => readsRun(operand, isUnknown));
    case "not":
      return readsRun(predicate.operand, isUnknown);
    case "cohort":
      return isUnknown(predicate.name);
    case "sample":
    case "all":
      return false;
    default:
      return predicate.field === "loss" || predicate.field === "entropy";
  }
}

function explainCell(cell: Cell, { policy, moment }: Question, view: View): ExplainedPart {
  const inForce = policy.rules.filter((rule) => cell.has(rule.band) && windowHolds(rule.window, moment));
  const known = inForce.filter((rule) => !view.isUnknown(rule.cohort));
  const weight = weigh(known, view.holds, moment, policy.defaultWeight.weight);
  return {
    bands: [...cell].filter((band) => band !== "all"),
    weight,
    spoken: known
      .filter((rule) => view.holds(rule.cohort))
      .map((rule) => ({ rule, decides: rule.weight === weight })),
    possible: inForce.filter((rule) => view.isUnknown(rule.cohort)),
  };
}
