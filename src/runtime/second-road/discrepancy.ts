import type { TfjsPlan } from "../../lower/tfjs/plan.ts";
import type { ViolationFound } from "../events.ts";
import type { Clock } from "../../reason/clock.ts";
import type { Span } from "../../source/span.ts";

/** What is held against a second road; `docs/audit.md` says how each is. */
export type Assertion = "weights" | "gradients" | "update" | "state";

/** A step that did not do what the policy says. */
export interface Discrepancy {
  readonly assertion: Assertion;
  /** A sentence without its end: what was found where. */
  readonly found: string;
  readonly span: Span;
}

export function violationOf({ assertion, found, span }: Discrepancy, clock: Clock): ViolationFound {
  return { kind: "violation_found", clock, code: "GOV8007", message: `${assertion}: ${found}`, span };
}

/** `` `code/kernel` units 0..15 in `top` ``, for one segment of one parameter of the plan. */
export function sayPlace(plan: TfjsPlan, parameter: number, segment: number): string {
  const own = plan.parameters[parameter];
  const { units = "whole", bands = [] } = own?.segments[segment] ?? {};
  const slice = units === "whole" ? "" : ` units ${units.low}..${units.high}`;
  const inBands = bands.length === 0 ? "" : ` in ${bands.map((band) => `\`${band}\``).join(", ")}`;
  return `\`${own?.name ?? ""}\`${slice}${inBands}`;
}

/** The line that speaks about a segment: of its rules the strictest, else a detach, else whatever the policy has. */
export function lineOf(plan: TfjsPlan, parameter: number, segment: number): Span | undefined {
  const rules = (plan.parameters[parameter]?.segments[segment]?.rules ?? []).flatMap(
    (rule) => plan.rules[rule] ?? [],
  );
  const [strictest] = rules.toSorted((left, right) => left.weight - right.weight);
  return strictest?.span ?? plan.detaches[0]?.rule.span ?? plan.rules[0]?.span ?? plan.claims[0]?.span;
}
