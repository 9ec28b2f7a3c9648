/** What an event says in numbers, under the names by which every tracker shows them: one table for all. */
import type { Bound, Metric } from "../check/policy.ts";
import type { MeasuredEvaluation, RunEvent } from "../runtime/events.ts";

export interface Figure {
  /** `section/subject/aspect`; letters, digits and `_ - /` alone: W&B takes dots for levels of nesting. */
  readonly name: string;
  readonly value: number;
}

/** Where a bound stands: what the figure `decision` means. */
export const BOUND_STATES = { within: 0, breached: 1, intervening: 2 } as const;

/** A reading of events in order; what a bound decided is carried from step to step. */
export function createFigureReader(bounds: readonly Bound[]): (event: RunEvent) => readonly Figure[] {
  const names = nameBounds(bounds);
  const states = new Map<number, keyof typeof BOUND_STATES>();
  return (event) => {
    switch (event.kind) {
      case "bound_breached":
        states.set(event.bound, "breached");
        return [];
      case "intervention_opened":
        states.set(event.bound, "intervening");
        return [];
      case "intervention_closed":
        states.set(event.bound, event.outcome === "achieved" ? "within" : "breached");
        return [];
      case "bound_cleared":
        states.set(event.bound, "within");
        return [];
      case "step_measured":
        return finite([
          ["loss", event.loss],
          ["step/examples", event.examples],
          ["step/milliseconds", event.milliseconds],
          ...bounds.flatMap((bound, index): readonly Entry[] => {
            const measured = event.bounds[index];
            const name = names[index];
            if (measured === undefined || name === undefined) return [];
            return [
              ...(name.isFirst ? [[name.metric, measured.value] as const] : []),
              [`${name.bound}/average`, measured.average],
              [`${name.bound}/low`, bound.range.low],
              [`${name.bound}/high`, bound.range.high],
              [`${name.bound}/decision`, BOUND_STATES[states.get(index) ?? "within"]],
            ];
          }),
        ]);
      case "routing_measured":
        return finite(
          event.cells.flatMap(({ cohort, band, examples, intended, share }): readonly Entry[] => {
            const name = `routing/${cohort}/${band}`;
            return [
              [`${name}/intended`, examples === 0 ? null : intended],
              [`${name}/share`, share],
            ];
          }),
        );
      case "influence_measured": {
        const name = `influence/${event.band}/${event.behavior ?? "batch"}`;
        const values = event.rows.flatMap(({ influence }) => influence ?? []);
        return finite([
          [`${name}/sum`, values.reduce((sum, value) => sum + value, 0)],
          [`${name}/largest`, values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)],
        ]);
      }
      case "epoch_ended":
        return finite([["epoch/loss", event.loss]]);
      case "run_evaluated":
        return finite([
          ...evaluationFigures("governed", event.governed),
          ...evaluationFigures("ungoverned", event.ungoverned),
        ]);
      default:
        return [];
    }
  };
}

type Entry = readonly [name: string, value: number | null | undefined];

function finite(entries: readonly Entry[]): readonly Figure[] {
  return entries.flatMap(([name, value]) => (typeof value === "number" ? [{ name, value }] : []));
}

interface BoundName {
  readonly metric: string;
  /** The metric's own name; numbered where bounds share a metric. */
  readonly bound: string;
  readonly isFirst: boolean;
}

function nameBounds(bounds: readonly Bound[]): readonly BoundName[] {
  const seen = new Map<string, number>();
  return bounds.map(({ metric }) => {
    const name = nameMetric(metric);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { metric: name, bound: count === 1 ? name : `${name}/${count}`, isFirst: count === 1 };
  });
}

/** `entropy/encoder`, `entropy/encoder/weights/nats`, `loss_gap/low/high`. */
function nameMetric(metric: Metric): string {
  switch (metric.kind) {
    case "entropy": {
      const of = metric.of === "representation" ? "" : `/${metric.of}`;
      return `entropy/${metric.band}${of}${metric.unit === "normalized" ? "" : `/${metric.unit}`}`;
    }
    case "gradient_norm":
    case "update_ratio":
    case "dead_units":
      return `${metric.kind}/${metric.band}`;
    case "influence":
      return `influence/${metric.cohort}/${metric.band}`;
    case "loss":
      return `loss/${metric.cohort}`;
    case "loss_gap":
      return `loss_gap/${metric.left}/${metric.right}`;
  }
}

function evaluationFigures(subject: string, evaluation: MeasuredEvaluation | null): readonly Entry[] {
  return (evaluation?.figures ?? []).map(({ name, value }) => [
    `evaluation/${subject}/${figureName(name)}`,
    value,
  ]);
}

/** Names that an experiment gives are free text. */
function figureName(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 100);
}
