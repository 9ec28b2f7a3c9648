import { describe, expect, test } from "vitest";
import type { Action, Bound, BoundStep } from "../../src/check/policy.ts";
import { initBounds, updateBounds, type Effects } from "../../src/reason/bounds/effects.ts";
import type { BoundDecision } from "../../src/reason/bounds/decisions.ts";

const SPAN = { file: "policy.gov", start: 0, end: 1, line: 1, column: 1 };

interface Trace {
  readonly decisions: readonly BoundDecision[];
  readonly effects: readonly Effects[];
  /** `12 intervention_opened attenuate` */
  readonly story: readonly string[];
}

function simulate(
  bounds: readonly Bound[],
  values: readonly (readonly (number | undefined)[])[],
  stepsPerEpoch = 1_000,
): Trace {
  let state = initBounds(bounds);
  const decisions: BoundDecision[] = [];
  const effects: Effects[] = [];
  values.forEach((row, step) => {
    const clock = { step, epoch: Math.floor(step / stepsPerEpoch), examples: step * 10 };
    const update = updateBounds(bounds, state, clock, row);
    state = update.state;
    decisions.push(...update.decisions);
    effects.push(update.effects);
  });
  return { decisions, effects, story: decisions.map(tell) };
}

function tell(decision: BoundDecision): string {
  const detail =
    decision.kind === "intervention_opened"
      ? ` ${decision.action.kind}`
      : decision.kind === "intervention_closed"
        ? ` ${decision.outcome}`
        : decision.kind === "bound_breached"
          ? ` ${decision.side}`
          : "";
  return `${decision.clock.step} ${decision.kind}${detail}`;
}

function bound(ladder: readonly BoundStep[], details: Partial<Bound> = {}): Bound {
  return {
    metric: { kind: "entropy", band: "encoder", of: "representation", unit: "normalized" },
    range: { low: 0.3, high: 0.9, excludesHigh: false },
    over: { count: 1, unit: "steps" },
    arms: [{ side: "below", ladder, span: SPAN }],
    span: SPAN,
    via: [],
    ...details,
  };
}

const rung = (action: Action, after?: number): BoundStep => ({
  action,
  span: SPAN,
  ...(after === undefined ? {} : { after: { count: after, unit: "steps" } }),
});
const attenuate = (steps?: number): Action => ({
  kind: "attenuate",
  band: "encoder",
  to: 0.5,
  ...(steps === undefined ? {} : { for: { count: steps, unit: "steps" } }),
});
const repeat = (value: number | undefined, times: number): readonly (readonly (number | undefined)[])[] =>
  Array.from({ length: times }, () => [value]);

describe("the control loop of a bound", () => {
  test("a metric inside its range causes nothing", () => {
    expect(simulate([bound([rung({ kind: "halt" })])], repeat(0.5, 100)).story).toEqual([]);
  });

  test("the example of the language: slowed after the window, stopped 500 steps later", () => {
    const collapsing = bound([rung(attenuate(100)), rung({ kind: "halt" }, 500)], {
      over: { count: 50, unit: "steps" },
    });
    const { story, effects } = simulate([collapsing], repeat(0.1, 700));
    expect(story).toEqual([
      "49 bound_breached below",
      "49 intervention_opened attenuate",
      "549 intervention_closed not_achieved",
      "549 intervention_opened halt",
    ]);
    expect(effects[148]?.rules).toEqual([{ cohort: "all", band: "encoder", weight: 0.5 }]);
    expect(effects[149]?.rules).toEqual([]);
    expect(effects[548]?.halt).toBeUndefined();
    expect(effects[549]?.halt).toEqual({ bound: 0, span: SPAN });
  });

  test("an action that worked is closed as achieved, and one without `for` ends then", () => {
    const { story, effects } = simulate([bound([rung(attenuate())])], [...repeat(0.2, 3), ...repeat(0.5, 3)]);
    expect(story).toEqual([
      "0 bound_breached below",
      "0 intervention_opened attenuate",
      "3 intervention_closed achieved",
      "3 bound_cleared",
    ]);
    expect(effects.map((step) => step.rules.length)).toEqual([1, 1, 1, 0, 0, 0]);
  });

  test("an action with `for` lasts for just that long, also when the bound clears sooner", () => {
    const { effects } = simulate([bound([rung(attenuate(4))])], [...repeat(0.2, 1), ...repeat(0.5, 6)]);
    expect(effects.map((step) => step.rules.length)).toEqual([1, 1, 1, 1, 0, 0, 0]);
  });

  test("back inside by less than 5% of the width is still breached", () => {
    const margin = 0.05 * 0.6;
    const { story } = simulate(
      [bound([rung({ kind: "log" })])],
      [[0.29], [0.3 + margin - 1e-6], [0.3 + margin + 1e-6]],
    );
    expect(story.at(-1)).toBe("2 bound_cleared");
    expect(story.filter((line) => line.includes("breached"))).toHaveLength(1);
  });

  test("the last rung is tried anew when its time is up", () => {
    const { story } = simulate([bound([rung(attenuate(3))])], repeat(0.1, 7));
    expect(story.filter((line) => line.includes("opened"))).toEqual([
      "0 intervention_opened attenuate",
      "3 intervention_opened attenuate",
      "6 intervention_opened attenuate",
    ]);
  });

  test("a breach that changes sides supersedes what was under way", () => {
    const twoArms = bound([], {
      arms: [
        { side: "below", ladder: [rung({ kind: "warn" })], span: SPAN },
        { side: "above", ladder: [rung({ kind: "freeze", band: "encoder" })], span: SPAN },
      ],
    });
    expect(simulate([twoArms], [[0.1], [0.99]]).story).toEqual([
      "0 bound_breached below",
      "0 intervention_opened warn",
      "1 intervention_closed superseded",
      "1 bound_breached above",
      "1 intervention_opened freeze",
    ]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "%s is outside every range, at once",
    (value) => {
      const guard = bound([], {
        metric: { kind: "loss", cohort: "all" },
        range: { low: 0, high: 1e30, excludesHigh: false },
        over: { count: 50, unit: "steps" },
        arms: [{ side: "outside", ladder: [rung({ kind: "halt" })], span: SPAN }],
      });
      const { effects, decisions } = simulate([guard], [[1], [value]]);
      expect(effects.map((step) => step.halt !== undefined)).toEqual([false, true]);
      expect(decisions[0]).toMatchObject({ kind: "bound_breached", measured: null });
    },
  );

  test("a breach without an arm for its side is recorded and changes nothing", () => {
    const { story, effects } = simulate([bound([rung({ kind: "halt" })])], [[0.95]]);
    expect(story).toEqual(["0 bound_breached above"]);
    expect(effects[0]?.halt).toBeUndefined();
  });

  test("a step in which the metric cannot be measured leaves the average as it was", () => {
    const { story } = simulate([bound([rung({ kind: "log" })])], [[0.2], [undefined], [0.2]]);
    expect(story).toEqual(["0 bound_breached below", "0 intervention_opened log"]);
  });

  test("a window in epochs is full when an epoch has gone by", () => {
    const perEpoch = bound([rung({ kind: "halt" })], { over: { count: 1, unit: "epochs" } });
    expect(simulate([perEpoch], repeat(0.1, 12), 10).story[0]).toBe("10 bound_breached below");
  });

  test("and holds the measurements of one epoch, from wherever in it", () => {
    const perEpoch = bound([rung({ kind: "log" })], {
      over: { count: 1, unit: "epochs" },
      range: { low: 0.3, excludesHigh: false },
    });
    // Nine at 0.2 and one at 1.2 have the mean 0.3, and never fewer than all ten may be averaged.
    const values = Array.from({ length: 40 }, (_, step) => [step % 10 === 4 ? 1.2000001 : 0.2]);
    expect(simulate([perEpoch], values, 10).story).toEqual([]);
    expect(simulate([perEpoch], [...values, ...repeat(0.2, 10)], 10).story[0]).toBe(
      "44 bound_breached below",
    );
  });

  test("an action for an epoch lasts as many steps as one has, wherever it was opened", () => {
    const freezing = bound([
      rung({ kind: "freeze", band: "encoder", for: { count: 1, unit: "epochs" } }),
      rung({ kind: "log" }, 100),
    ]);
    const { effects } = simulate([freezing], [...repeat(0.5, 9), [0.1], ...repeat(0.5, 20)], 10);
    const frozen = effects.flatMap(({ rules }, step) => (rules.length > 0 ? [step] : []));
    expect(frozen).toEqual(Array.from({ length: 10 }, (_, index) => 9 + index));
  });

  test("skip is in force in the step that breached", () => {
    const { effects } = simulate([bound([rung({ kind: "skip" })])], [[0.1], [0.5]]);
    expect(effects.map((step) => step.skip !== undefined)).toEqual([true, false]);
  });

  test("interventions of several bounds are numbered apart", () => {
    const { decisions } = simulate(
      [bound([rung({ kind: "log" })]), bound([rung({ kind: "warn" })])],
      [[0.1, 0.1]],
    );
    expect(
      decisions.flatMap((decision) => (decision.kind === "intervention_opened" ? [decision.id] : [])),
    ).toEqual([1, 2]);
  });
});
