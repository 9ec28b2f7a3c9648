import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../src/evidence/record.ts";
import type { RunEvaluated } from "../../src/runtime/events.ts";
import { renderReport } from "../../src/report/html.ts";
import { sayWithCode } from "../../src/report/markup.ts";
import { syntheticRecord } from "../fixtures/synthetic-run.ts";

const RUN = syntheticRecord({ steps: 30, ending: "finished" });

function pageOf(evaluated: Partial<RunEvaluated>): string {
  const event: RunEvaluated = {
    kind: "run_evaluated",
    clock: { step: 30, epoch: 0, examples: 3000 },
    governed: null,
    ungoverned: null,
    comparison: null,
    ...evaluated,
  };
  const run: RunRecord = { ...RUN, measurements: [...RUN.measurements, event] };
  return renderReport(run);
}

function sectionOf(page: string): string {
  return /<section id="evaluation">.*?<\/section>/s.exec(page)?.[0] ?? "";
}

function rowsOf(section: string): readonly (readonly string[])[] {
  return Array.from(section.matchAll(/<tr>(.*?)<\/tr>/gs), ([, row = ""]) =>
    Array.from(row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs), ([, cell = ""]) => cell),
  );
}

const GOVERNED = {
  figures: [
    { name: "contrast", value: 1.387 },
    { name: "error", value: 3, unit: "%" },
  ],
};

describe("the evaluation of a run", () => {
  test("stands directly after the summary, and the parts of the report lead to it", () => {
    const page = pageOf({ governed: GOVERNED });
    const sections = Array.from(page.matchAll(/<section id="(\w+)"/g), ([, id]) => id);
    expect(sections.slice(0, 2)).toEqual(["evaluation", "routing"]);
    expect(page).toContain('<a href="#evaluation">Evaluation</a>');
  });

  test("is not there where nothing was evaluated", () => {
    const page = renderReport(RUN);
    expect(page).not.toContain('id="evaluation"');
    expect(page).not.toContain('href="#evaluation"');
  });

  test("has one column without a twin, and two with one", () => {
    expect(rowsOf(sectionOf(pageOf({ governed: GOVERNED })))).toEqual([
      ["", "governed"],
      ["contrast", "1.387"],
      ["error", "3 %"],
    ]);
    const ungoverned = {
      figures: [
        { name: "contrast", value: null },
        { name: "only here", value: 2 },
      ],
    };
    expect(rowsOf(sectionOf(pageOf({ governed: GOVERNED, ungoverned })))).toEqual([
      ["", "governed", "ungoverned"],
      ["contrast", "1.387", "not finite"],
      ["error", "3 %", "–"],
      ["only here", "–", "2"],
    ]);
  });

  test("says what the experiment says to it, and never as markup", () => {
    const section = sectionOf(pageOf({ governed: GOVERNED, comparison: "<b>Better</b> & \u202eworse" }));
    expect(section).toContain("&lt;b&gt;Better&lt;/b&gt; &amp; \\u{202e}worse");
    expect(section).not.toContain("<b>");
  });

  test("says why it is missing", () => {
    expect(sectionOf(pageOf({ problem: "the experiment has no `evaluate`" }))).toContain(
      "the experiment has no <code>evaluate</code>",
    );
  });
});

test.each([
  ["left `a < b`: 3", "left <code>a &lt; b</code>: 3"],
  ["`a`", "<code>a</code>"],
  ["one ` mark", "one ` mark"],
  ["`a` and ` mark", "<code>a</code> and ` mark"],
  ["plain", "plain"],
])("%s is set as %s", (text, markup) => {
  expect(sayWithCode(text).markup).toBe(markup);
});
