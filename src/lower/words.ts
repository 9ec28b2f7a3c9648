/** How a policy and what came of it are said to people: in the words of the language where it has some. */
import type { Action, Bound, Duration, Metric } from "../check/policy.ts";
import { writePercent } from "../source/percent.ts";

export function sayNumber(value: number | null | undefined): string {
  if (value === undefined) return "not measured";
  if (value === null) return "not finite";
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude >= 1e6 || magnitude < 1e-3))
    return value.toExponential(2).replace(/\.?0*e\+?/, "e");
  if (Number.isInteger(value)) return sayCount(value);
  return magnitude >= 1000 ? sayCount(Math.round(value)) : String(Number(value.toPrecision(4)));
}

/** A number that a policy says, all of it. What is worked out from such numbers has noise in the last digits. */
function sayLimit(value: number): string {
  const known = Number(value.toPrecision(12));
  const magnitude = Math.abs(known);
  if (magnitude !== 0 && (magnitude >= 1e6 || magnitude < 1e-3))
    return known.toExponential().replace("e+", "e");
  return Number.isInteger(known) ? sayCount(known) : String(known);
}

/** `12,500`. */
export function sayCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `3 interventions`. */
export function sayMany(count: number, singular: string, plural = `${singular}s`): string {
  return `${sayCount(count)} ${count === 1 ? singular : plural}`;
}

/** `48.2%`; a share that is small but not nothing is never shown as 0%. */
export function sayShare(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1%";
  return `${String(Number((share * 100).toFixed(1)))}%`;
}

/** `block`, `full`, `25%`. */
export function sayWeight(weight: number): string {
  if (weight === 0) return "block";
  if (weight === 1) return "full";
  return writePercent(weight);
}

export function sayTime(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** `50 steps`, `1 epoch`. */
export function sayDuration({ count, unit }: Duration): string {
  return `${sayCount(count)} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

export function sayMetric(metric: Metric): string {
  switch (metric.kind) {
    case "entropy":
      return `entropy(${metric.band}${metric.of === "representation" ? "" : `, ${metric.of}`})`;
    case "gradient_norm":
    case "update_ratio":
    case "dead_units":
      return `${metric.kind}(${metric.band})`;
    case "influence":
      return `influence(${metric.cohort}, ${metric.band})`;
    case "loss":
      return `loss(${metric.cohort})`;
    case "loss_gap":
      return `loss_gap(${metric.left}, ${metric.right})`;
  }
}

export function sayAction(action: Action): string {
  const lasting = "for" in action && action.for !== undefined ? ` for ${sayDuration(action.for)}` : "";
  return `${actionWords(action)}${lasting}`;
}

function actionWords(action: Action): string {
  switch (action.kind) {
    case "log":
    case "warn":
    case "halt":
    case "rollback":
      return action.kind;
    case "skip":
      return "skip step";
    case "freeze":
      return `freeze ${action.band}`;
    case "attenuate":
    case "amplify":
      return `${action.kind} ${action.band} to ${sayWeight(action.to)}`;
    case "clip":
      return `clip ${action.band} at ${sayLimit(action.at)}`;
    case "block":
      return `block ${action.cohort} -> ${action.band}`;
    case "steer":
      return `steer ${action.band} toward ${sayLimit(action.toward)} strength ${sayLimit(action.strength)}`;
  }
}

/** How an intervention ended. */
export function sayOutcome(outcome: "achieved" | "not_achieved" | "superseded"): string {
  return outcome === "not_achieved" ? "not achieved" : outcome;
}

type Range = Omit<Bound["range"], "excludesHigh"> & Partial<Bound["range"]>;

/** `in 0.3..0.95`, `<= 0.2`. */
export function sayRange({ low, high, excludesHigh }: Range): string {
  if (low !== undefined && high !== undefined)
    return `in ${sayLimit(low)}..${excludesHigh === true ? "<" : ""}${sayLimit(high)}`;
  if (high !== undefined) return `${excludesHigh === true ? "<" : "<="} ${sayLimit(high)}`;
  return low === undefined ? "unbounded" : `>= ${sayLimit(low)}`;
}

/** `entropy(top) is 0.01, below 0.05`; a value that is not finite is outside every range. */
export function sayBreach(breach: {
  readonly metric: Metric;
  readonly measured: number | null;
  readonly side: "below" | "above";
  readonly range: Range;
}): string {
  const { measured, side, range } = breach;
  const metric = sayMetric(breach.metric);
  if (measured === null) return `${metric} is not finite; it should be ${sayRange(range)}`;
  return `${metric} is ${sayNumber(measured)}, ${side} ${sayNumber(side === "below" ? range.low : range.high)}`;
}

/** What an intervention is to come to: `entropy(top) to >= 0.05`. */
export function sayTarget({ metric, target }: { readonly metric: Metric; readonly target: Range }): string {
  return `${sayMetric(metric)} to ${sayRange(target).replace(/^in /, "")}`;
}

/** Why an example is refused: what it lacks, or which of its digests is not its own. */
export function sayLack(example: {
  readonly missing: readonly string[];
  readonly altered: readonly string[];
}): string {
  const { missing, altered } = example;
  return altered.length > 0 ? `is not what its ${altered.join(", ")} says` : `lacks ${missing.join(", ")}`;
}

/** `entropy(encoder) in 0.3..0.95 over 50 steps`. */
export function sayBound(bound: Bound): string {
  const { metric, over } = bound;
  const unit = metric.kind === "entropy" && metric.unit !== "normalized" ? ` ${metric.unit}` : "";
  const window = over.unit === "steps" && over.count === 1 ? "" : ` over ${sayDuration(over)}`;
  return `${sayMetric(metric)} ${sayRange(bound.range)}${unit}${window}`;
}
