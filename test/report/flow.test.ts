import { expect, test } from "vitest";
import { renderFlow } from "../../src/report/flow.ts";

// Of most letters at 12 pixels; what is wider than all of them together is cut off by the frame.
const LETTER = 7;
const LINE = 12;

test("every label of the flow stands in the picture, and beside its neighbours", () => {
  const name = "everybody who wrote a very long name";
  const thin = Array.from({ length: 9 }, (_, index) => `${name} ${index}`);
  const cells = ["all of the others", ...thin].map((cohort, index) => ({
    ...{ cohorts: [cohort], band: `${name} of ${cohort}`, behavior: name },
    ...{ influence: 1, magnitude: index === 0 ? 1000 : 0.01 },
  }));
  const picture = renderFlow(cells)?.markup ?? "";
  const labels = [
    ...picture.matchAll(/<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)" class="name">([^<]*)</g),
  ];
  expect(labels).toHaveLength(10 + 10 + 1);
  for (const [, x = "", , anchor, text = ""] of labels) {
    const width = LETTER * text.replaceAll(/&[^;]+;/g, "_").length;
    if (anchor === "end") expect(Number(x) - width).toBeGreaterThanOrEqual(0);
    else expect(Number(x) + width).toBeLessThanOrEqual(1000);
  }
  const first = labels.filter(([, , , anchor]) => anchor === "end").map(([, , y]) => Number(y));
  for (const [index, y] of first.slice(1).entries())
    expect(y - (first[index] ?? 0)).toBeGreaterThanOrEqual(LINE);
});
