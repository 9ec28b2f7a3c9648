import picocolors from "picocolors";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Bound } from "../../src/check/policy.ts";
import { renderBlock } from "../../src/cli/progress/block.ts";
import { createDecisionFilter, sayDecision } from "../../src/cli/progress/decisions.ts";
import { createLiveDisplay } from "../../src/cli/progress/display.ts";
import { drawGauge } from "../../src/cli/progress/gauge.ts";
import { paintLine, piece, widthOf } from "../../src/cli/progress/pieces.ts";
import { isLineDue, renderPlainLine } from "../../src/cli/progress/plain.ts";
import { beginProgress, followEvent, timeLeft, type Progress } from "../../src/cli/progress/progress.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { POLICY, spanOf, syntheticEvents } from "../fixtures/synthetic-run.ts";

const PLAIN = picocolors.createColors(false);
const COLORED = picocolors.createColors(true);

const STEP = 50;

/** The progress after a run's first events, a step every 50 ms. */
function progressAfter(events: Iterable<RunEvent>): Progress {
  const begun = beginProgress(POLICY.bounds, { epochs: 2, stepsPerEpoch: 600 }, 0);
  return [...events].reduce(
    (progress, event) => followEvent(progress, event, (event.clock.step + 1) * STEP),
    begun,
  );
}

const running = progressAfter(syntheticEvents({ steps: 150, ending: "killed" }));

describe("progress", () => {
  test("counts steps and the time that is left", () => {
    expect(running).toMatchObject({ steps: 150, epochSteps: 150, epoch: 0 });
    expect(running.pace).toBeCloseTo(STEP);
    expect(timeLeft(running)).toBeCloseTo((1200 - 150) * STEP);
  });

  test("begins to count anew with an epoch", () => {
    const { steps, epochSteps, epoch } = progressAfter(syntheticEvents({ steps: 605, ending: "killed" }));
    expect({ steps, epochSteps, epoch }).toEqual({ steps: 605, epochSteps: 5, epoch: 1 });
  });

  test("follows a bound from filling over breached to intervening and back", () => {
    const standings: string[] = [];
    let progress = beginProgress(POLICY.bounds, { epochs: 2, stepsPerEpoch: 600 }, 0);
    for (const event of syntheticEvents({ steps: 600, ending: "finished" })) {
      progress = followEvent(progress, event, event.clock.step * STEP);
      const kind = progress.bounds[0]?.standing.kind ?? "none";
      if (standings.at(-1) !== kind) standings.push(kind);
    }
    expect(standings.slice(0, 4)).toEqual(["filling", "within", "breached", "intervening"]);
    expect(standings.slice(4)).toContain("within");
  });

  test("leaves the time out where the number of steps is not known", () => {
    expect(timeLeft({ ...running, stepsPerEpoch: undefined })).toBeUndefined();
  });
});

describe("the gauge", () => {
  const both = { low: 0, high: 1, excludesHigh: false };
  test.each([
    [0, both, "├●────────┤"],
    [0.5, both, "├────●────┤"],
    [1, both, "├────────●┤"],
    [1, { ...both, excludesHigh: true }, "├─────────▶"],
    [-0.1, both, "◀─────────┤"],
    [1.1, both, "├─────────▶"],
    [null, both, "├×××××××××┤"],
    [undefined, both, "├─────────┤"],
    [2, { low: 2, excludesHigh: false }, "├●─────────"],
    [1e9, { low: 2, excludesHigh: false }, "├────────●─"],
    [2, { high: 2, excludesHigh: false }, "─────────●┤"],
    [-1e9, { high: 2, excludesHigh: false }, "─●────────┤"],
  ])("%s in %j", (value, range, expected) => {
    expect(drawGauge(value, range, 11)).toBe(expected);
  });
});

describe("the block", () => {
  test("shows the epochs, the steps and a row for each bound", () => {
    const lines = renderBlock(running, { columns: 120, colors: PLAIN });
    expect(lines).toHaveLength(2 + POLICY.bounds.length);
    expect(lines[0]).toMatch(/^epoch 1\/2 .*12% · 53 s left$/);
    expect(lines[1]).toMatch(/^step 150\/600 .*20 steps\/s · loss \d/);
    expect(lines[2]).toMatch(/^entropy\(encoder\) .*in 0\.3\.\.0\.95/);
  });

  test("is never wider than the terminal", () => {
    const bound: Bound | undefined = POLICY.bounds[0];
    if (bound === undefined) throw new Error("the synthetic policy has bounds");
    const wide: Bound = { ...bound, metric: { kind: "loss", cohort: "手書き数字_".repeat(12) } };
    const progress: Progress = {
      ...running,
      bounds: running.bounds.map((known) => ({ ...known, bound: wide })),
      twin: { state: "training", epoch: 1, steps: 12_345 },
    };
    for (let columns = 1; columns <= 140; columns += 1)
      for (const line of renderBlock(progress, { columns, colors: COLORED }))
        expect(widthOf(stripVTControlCharacters(line))).toBeLessThanOrEqual(columns);
  });

  test("says an intervention in the words of the policy", () => {
    const events = syntheticEvents({ steps: 600, ending: "finished" });
    const opened = [...events].findIndex(({ kind }) => kind === "intervention_opened");
    const progress = progressAfter(
      [...syntheticEvents({ steps: 600, ending: "finished" })].slice(0, opened + 1),
    );
    const lines = renderBlock(progress, { columns: 120, colors: PLAIN });
    expect(lines.join("\n")).toContain("attenuate encoder to 50% for 100 steps");
  });
});

describe("decisions", () => {
  const lines = [...syntheticEvents({ steps: 600, ending: "finished" })].flatMap((event) => {
    const line = sayDecision(event, running);
    return line === undefined ? [] : [paintLine(line, 200, PLAIN)];
  });

  test("name the metric, the limit, and the policy's line", () => {
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^✗ step \d+ {2}entropy\(encoder\) is 0\.\d+, below 0\.3 {2}policy\.gov:\d+:\d+$/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^→ step \d+ {2}attenuate encoder to 50% for 100 steps, to bring entropy\(encoder\) to 0\.3\.\.0\.95/,
      ),
    );
  });

  test("cannot be made to steer the terminal by an example's id", () => {
    const line = sayDecision(
      {
        kind: "examples_refused",
        clock: { step: 0, epoch: 0, examples: 0 },
        disposition: "reject",
        count: 1,
        examples: [{ id: "\u001b[2Jgone\u202e", missing: ["licence"], altered: [] }],
        span: spanOf("require id, licence else reject"),
      },
      running,
    );
    expect(paintLine(line ?? [], 200, PLAIN)).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  test("of a bound that flaps come to an end", () => {
    const filter = createDecisionFilter();
    const event: RunEvent = {
      kind: "bound_cleared",
      clock: { step: 0, epoch: 0, examples: 0 },
      bound: 0,
      measured: 1,
      span: spanOf("never low -> bottom"),
    };
    const verdicts = Array.from({ length: 40 }, () => filter(event));
    expect(verdicts.filter((verdict) => verdict === "last")).toHaveLength(1);
    expect(verdicts.lastIndexOf("print")).toBeLessThan(verdicts.indexOf("last"));
    expect(verdicts.at(-1)).toBe("drop");
    expect(filter({ ...event, bound: 1 })).toBe("print");
  });
});

describe("plain lines", () => {
  test("hold what the block holds, in one line", () => {
    expect(paintLine(renderPlainLine(running), 300, PLAIN)).toMatch(
      /^epoch 1\/2 {2}step 150\/600 {2}loss [\d.]+ {2}20 steps\/s {2}53 s left {2}entropy\(encoder\) 0\.\d+ /,
    );
  });

  test("come at the beginning, after 5 s, with a tenth of an epoch, and at its end", () => {
    const at = (moment: number, epochSteps: number): Progress => ({
      ...running,
      moment,
      epochSteps,
      steps: epochSteps,
    });
    const told = { moment: 10_000, steps: 100 };
    expect(isLineDue(at(0, 1), undefined)).toBe(true);
    expect(isLineDue(at(10_500, 110), told)).toBe(false);
    expect(isLineDue(at(15_000, 110), told)).toBe(true);
    expect(isLineDue(at(10_500, 120), told)).toBe(false);
    expect(isLineDue(at(11_500, 120), told)).toBe(true);
    expect(isLineDue(at(11_001, 600), told)).toBe(true);
    // Short epochs have no line each; the end of the last one always has.
    expect(isLineDue(at(10_001, 600), told)).toBe(false);
    expect(isLineDue({ ...at(10_001, 600), steps: 1200 }, told)).toBe(true);
    expect(isLineDue(at(20_000, 100), told)).toBe(false);
  });
});

describe("the live display", () => {
  function draw(columns: number): {
    readonly screen: () => string;
    readonly display: ReturnType<typeof createLiveDisplay>;
    tick: (by: number) => void;
  } {
    let written = "";
    let moment = 0;
    const display = createLiveDisplay(
      { out: (text) => void (written += text), columns, colors: PLAIN },
      () => moment,
    );
    return { screen: () => written, display, tick: (by) => void (moment += by) };
  }

  test("draws at most ten times a second", () => {
    const { screen, display, tick } = draw(80);
    for (let count = 0; count < 1000; count += 1) {
      display.show(running);
      tick(1);
    }
    expect(screen().match(/epoch 1\/2/g)).toHaveLength(10);
  });

  test("hides the cursor while it draws, and gives it back once", () => {
    const { screen, display } = draw(80);
    display.show(running);
    display.end();
    display.end();
    expect(screen().match(/\u001b\[\?25l/g)).toHaveLength(1);
    expect(screen().match(/\u001b\[\?25h/g)).toHaveLength(1);
    expect(screen().endsWith("\u001b[?25h")).toBe(true);
  });

  test("leaves the cursor alone when nothing was drawn", () => {
    const { screen, display } = draw(80);
    display.say([piece("Backend wasm")]);
    display.end();
    expect(screen()).toBe("Backend wasm\n");
  });

  test("is as wide as the terminal is when it is drawn, and wipes what a narrower one broke in two", () => {
    let columns = 200;
    let written = "";
    let moment = 0;
    const terminal = {
      out: (text: string) => void (written = text),
      colors: PLAIN,
      get columns() {
        return columns;
      },
    };
    const display = createLiveDisplay(terminal, () => moment);
    const rowsIn = (text: string): readonly string[] =>
      stripVTControlCharacters(text)
        .split("\n")
        .filter((row) => row.trim() !== "");
    display.show(running);
    const first = rowsIn(written);
    columns = 40;
    moment = 1000;
    display.show(running);
    const broken = first.reduce((sum, row) => sum + Math.ceil(widthOf(row) / columns), 0);
    expect(broken).toBeGreaterThan(first.length);
    expect(written).toContain(`\u001b[${broken}A\r\u001b[J`);
    for (const row of rowsIn(written)) expect(widthOf(row.trim())).toBeLessThan(columns);
  });

  test("wipes exactly the rows of the last picture before a line that stays", () => {
    const { screen, display } = draw(200);
    display.show(running);
    const before = screen().length;
    display.say([piece("→ warn")]);
    expect(screen().slice(before)).toMatch(/^\u001b\[5A\r\u001b\[J→ warn\nepoch 1\/2/);
  });
});
