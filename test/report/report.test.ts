import { expect, test } from "vitest";
import type { LoggedDecision, RunRecord } from "../../src/evidence/record.ts";
import { renderReport } from "../../src/report/html.ts";
import { POLICY, POLICY_TEXT, spanOf, syntheticRecord } from "../fixtures/synthetic-run.ts";

const HALTED = syntheticRecord({ steps: 1200, ending: "halted" });

/** The page as a reader sees its words: tags gone, entities as characters, spaces joined. */
function wordsOf(page: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return page
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "")
    .replace(/\s+/g, " ");
}

test("the head says whose run it is, how it ended, and the line that ended it", () => {
  const words = wordsOf(renderReport(HALTED));
  expect(words).toContain("mnist_split 1.0.0");
  expect(words).toContain("Halted by its policy in step 1,199 of epoch 2");
  expect(words).toContain(
    "policy.gov:28 below => attenuate encoder to 50% for 100 steps then halt after 500 steps",
  );
  expect(words).toContain("2 interventions: 1 not achieved, 1 open at the end.");
  expect(words).toContain("The record verifies");
  expect(words).toMatch(/Backend wasm (?!\().*backend wasm \(SIMD, 2 threads\)/);
});

test("a run that was killed says that its record stops", () => {
  const words = wordsOf(renderReport(syntheticRecord({ steps: 60, ending: "killed" })));
  expect(words).toContain("Cut off after 60 steps, in epoch 1 The record stops before the end of the run.");
  expect(words).toContain("The record verifies as far as it goes");
});

test("that a run finished does not hide what its policy holds against it", () => {
  const finished = syntheticRecord({ steps: 1200, ending: "finished" });
  const { ir } = finished;
  if (ir === undefined) throw new Error("the record has a policy");
  const breached = finished.decisions.filter(({ event }) => event.kind !== "bound_cleared");
  const page = renderReport({ ...finished, decisions: breached });
  expect(page).toContain('class="outcome fair"');
  expect(wordsOf(page)).toMatch(/2 epochs 1 bound of \d is breached at the end\. entropy\(encoder\)/);
  expect(renderReport(finished)).toContain('class="outcome good"');

  const provenance = {
    ...ir.policy.provenance,
    attest: [{ moment: "release", span: spanOf("bound") }] as const,
  };
  const releasing = { ...finished, ir: { ...ir, policy: { ...ir.policy, provenance } } };
  const refused = renderReport({ ...releasing, decisions: breached });
  expect(refused).toContain('class="outcome bad"');
  expect(wordsOf(refused)).toMatch(
    /2 epochs, and not released The policy does not release this run: 1 of \d properties does not hold\. entropy\(encoder\) .* breached at the end, 1 breach in all policy\.gov:\d+/,
  );
  expect(wordsOf(renderReport(releasing))).toMatch(/2 epochs, and released All of \d properties hold\./);
});

test("the head counts steps and epochs as people do, and the updates where they are fewer", () => {
  const finished = syntheticRecord({ steps: 1200, ending: "finished" });
  const words = wordsOf(renderReport(finished));
  expect(words).toContain("Finished after 1,200 steps, 2 epochs");
  expect(words).not.toMatch(/updates? (was|were) applied/);
  const decisions = finished.decisions.map((entry) =>
    entry.event.kind === "run_ended" ? { ...entry, event: { ...entry.event, updates: 1150 } } : entry,
  );
  expect(wordsOf(renderReport({ ...finished, decisions }))).toContain("1,150 updates were applied.");
});

test("a record that does not verify says so first, and where", () => {
  const problems = [
    { kind: "altered", file: "ledger/tile/entries/000", entry: 7, message: "the entry was changed" },
  ] as const;
  const words = wordsOf(renderReport({ ...HALTED, problems }));
  expect(words).toContain("The record does not verify");
  expect(words).toContain("ledger/tile/entries/000, entry 7 the entry was changed");
});

test("the page asks for nothing, runs nothing and has no style but its own", () => {
  const page = renderReport(HALTED);
  expect(page).toMatch(/default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'/);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|<object|\son[a-z]+=|\sstyle=|@import|javascript:/i);
  // Every reference leads into the page.
  for (const [, target] of page.matchAll(/(?:href|src)="([^"]*)"/g)) expect(target).toMatch(/^#/);
  expect(page.replace(/<[^>]*>/g, "")).not.toMatch(/url\((?!#)/);
});

test("every reference has its target, and every anchor is there once", () => {
  const page = renderReport(HALTED);
  const anchors = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(anchors).size).toBe(anchors.length);
  for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(anchors).toContain(target);
});

test("every line of the policy is there, with the decisions that cite it", () => {
  const page = renderReport(HALTED);
  const line = spanOf("below => attenuate").line;
  expect(wordsOf(new RegExp(`id="file-0-line-${line}".*?</div>`, "s").exec(page)?.[0] ?? "")).toContain(
    "4 decisions",
  );
  const count = POLICY_TEXT.split("\n").length - 1;
  expect(page).toContain(`id="file-0-line-${count}"`);
  expect(page).not.toContain(`id="file-0-line-${count + 1}"`);
});

test("every picture has a table", () => {
  const page = renderReport(HALTED);
  for (const [figure] of page.matchAll(/<figure.*?<\/figure>/gs)) {
    expect(figure).toContain("<svg");
    expect(figure).toContain("<table");
  }
  expect(page).toMatch(/class="timeline wide".*class="log"/s);
});

test("a blocked cohort that taught a band all the same is called out", () => {
  const clock = { step: 1, epoch: 0, examples: 100 };
  const leak = { cohort: "low", band: "bottom", examples: 50, intended: 0, share: 0.031 };
  const words = wordsOf(
    renderReport({ ...HALTED, measurements: [{ kind: "routing_measured", clock, cells: [leak] }] }),
  );
  expect(words).toContain("block share 3.1% although blocked");
});

const HOSTILE = `"><script>alert(1)</script>' onload='x' \u202egnp.\u0007\u2028${"A".repeat(5000)}`;

test("text from elsewhere is shown and never interpreted", () => {
  const clock = { step: 1, epoch: 0, examples: 100 };
  const span = { ...spanOf("model"), file: HOSTILE };
  const decisions: readonly LoggedDecision[] = [
    { kind: "run_started", clock, run: HOSTILE, inputs: {}, files: { [HOSTILE]: HOSTILE } },
    {
      kind: "examples_refused",
      clock,
      disposition: "reject",
      count: 1,
      examples: [{ id: HOSTILE, missing: [HOSTILE], altered: [] }],
      span,
    },
    { kind: "violation_found", clock, code: "GOV8002", message: HOSTILE, span },
    {
      kind: "epoch_ended",
      clock,
      loss: null,
      weightsDigest: HOSTILE,
      judged: [],
      metrics: { bytes: 0, sha256: HOSTILE },
    },
    {
      kind: "run_ended",
      clock,
      outcome: "failed",
      reason: HOSTILE,
      saved: { [HOSTILE]: HOSTILE },
      span,
      metrics: { bytes: 0, sha256: HOSTILE },
    },
  ];
  const metric = { kind: "loss_gap", left: HOSTILE, right: HOSTILE } as const;
  const bound = {
    metric,
    range: { high: 1, excludesHigh: false },
    over: { count: 1, unit: "steps" },
    arms: [],
    span,
    via: [span],
  } as const;
  const run: RunRecord = {
    ...HALTED,
    id: HOSTILE,
    ir: HALTED.ir && {
      ...HALTED.ir,
      policy: { ...POLICY, name: HOSTILE, title: HOSTILE, version: HOSTILE, bounds: [bound] },
    },
    plan: { policyName: HOSTILE, policyDigest: HOSTILE, bands: [{ name: HOSTILE, parameterCount: 1 }] },
    environment: {
      backend: HOSTILE,
      started: HOSTILE,
      command: [HOSTILE],
      versions: { [HOSTILE]: HOSTILE },
      git: { commit: HOSTILE, state: "clean" },
    },
    sources: [{ path: HOSTILE, text: `${HOSTILE}\r\n${HOSTILE}` }],
    decisions: decisions.map((event, sequence) => ({ sequence, event })),
    measurements: [
      {
        kind: "step_measured",
        clock,
        loss: null,
        milliseconds: 1,
        examples: 1,
        bounds: { 0: { value: 2, average: 2 } },
      },
      {
        kind: "routing_measured",
        clock,
        cells: [{ cohort: HOSTILE, band: HOSTILE, examples: 1, intended: 1, share: null }],
      },
      {
        kind: "influence_measured",
        clock,
        band: HOSTILE,
        behavior: HOSTILE,
        rows: [{ id: HOSTILE, weight: 1, influence: 1 }],
        span,
      },
      {
        kind: "run_evaluated",
        clock,
        governed: { figures: [{ name: HOSTILE, value: 1, unit: HOSTILE }], summary: HOSTILE },
        ungoverned: { figures: [{ name: HOSTILE, value: null }] },
        comparison: HOSTILE,
        problem: HOSTILE,
      },
    ],
    problems: [{ kind: "altered", file: HOSTILE, message: HOSTILE }],
  };
  const page = renderReport(run);
  expect(page).not.toMatch(/<script|[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069\u2028\u2029]/i);
  // Outside of attribute values and text there is nothing of it.
  expect(page.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*onload/);
  expect(page).toContain("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;");
  expect(page).toContain("\\u{202e}gnp.\\u{7}\\u{2028}");
  // Only the text of the policy is allowed more than the front of a long value.
  expect(page.match(/A{500}/g)?.length ?? 0).toBeLessThanOrEqual(8);
  expect(page.length).toBeLessThan(100_000);
});

test("a record with nothing in it is still a page", () => {
  const empty: RunRecord = {
    id: "empty",
    ir: undefined,
    plan: undefined,
    environment: undefined,
    sources: [],
    decisions: [],
    head: undefined,
    measurements: [],
    problems: [{ kind: "cut_off", file: "ledger", message: "the run stopped before its first decision" }],
  };
  expect(wordsOf(renderReport(empty))).toContain("unknown policy");
});

test("the page of a long run stays small", () => {
  const page = renderReport(syntheticRecord({ steps: 30_000, ending: "finished" }));
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
});

test("thousands of decisions do not make the page long", () => {
  const span = spanOf("bound loss(all)");
  const decisions = Array.from({ length: 20_000 }, (_, step) => ({
    sequence: step,
    event: { kind: "step_skipped", clock: { step, epoch: 0, examples: step }, bound: 1, span } as const,
  }));
  const page = renderReport({ ...HALTED, decisions });
  expect(page.length).toBeLessThan(1_000_000);
  expect(wordsOf(page)).toContain("19,500 entries in the middle left out here");
});
