/** Changes that an editor offers: they apply to the text, and those that must keep what a policy says do. */
import { expect, test } from "vitest";
import { compile } from "../../src/compile.ts";
import { findActions, type Action } from "../../src/ide/actions.ts";
import { openDraft } from "../../src/ide/draft.ts";
import { applyEdits } from "../../src/ide/fix.ts";
import { withoutPlaces } from "../check/compiled.ts";

const MODULES = { "m.gov": 'module m\ncohort late = all\nband a = layers "a"\nband b = layers "b"\n' };

function offered(
  marked: string,
  only?: readonly string[],
): { readonly text: string; readonly actions: readonly Action[] } {
  const start = marked.indexOf("‹");
  const end = marked.indexOf("›") - 1;
  const text = marked.replace(/[‹›]/g, "");
  const sources = new Map([["policy.gov", text], ...Object.entries(MODULES)]);
  const module = openDraft({ entry: "m.gov", sources }).parsed;
  const surroundings = { modules: new Map([["m.gov", module]]), files: [] };
  const draft = openDraft({ entry: "policy.gov", sources });
  return { text, actions: findActions({ draft, range: { start, end }, surroundings }, only) };
}

function applied(marked: string, title: RegExp, only?: readonly string[]): string {
  const { text, actions } = offered(marked, only);
  const action = actions.find((candidate) => title.test(candidate.title));
  if (action === undefined) throw new Error(`not among ${actions.map((one) => one.title).join(", ")}`);
  return applyEdits(text, action.edits);
}

/** Rules and cohorts without names of cohorts that only one of the two has. */
function meaningOf(text: string): unknown {
  const sources = new Map([["policy.gov", text], ...Object.entries(MODULES)]);
  const { policy, diagnostics } = compile({ entry: "policy.gov", sources });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return withoutPlaces(policy?.rules.toSorted((left, right) => (left.band < right.band ? -1 : 1)));
}

const BASE =
  'example { label: int in 0..9 }\nband a = layers "a"\nband b = layers "b"\ncohort low = label in 0..4\n';

test("routes become a profile that says the same", () => {
  const text = `${BASE}route low -> a: ‹›block\n// why\nroute low -> b: 25%\n`;
  const after = applied(text, /2 routes of `low` to a profile/);
  expect(after).toBe(
    `${BASE}profile low_profile { a: block, b: 25% }\n\nroute low through low_profile\n// why\n`,
  );
  expect(meaningOf(after)).toEqual(meaningOf(text.replace(/[‹›]/g, "")));
});

test("two routes to one band are left alone: a profile has one weight for it", () => {
  const { actions } = offered(`${BASE}route low -> a: ‹›block\nroute low -> a: 25%\n`);
  expect(actions.some(({ title }) => title.includes("profile"))).toBe(false);
});

test("a condition becomes a cohort", () => {
  const text = `${BASE}cohort odd = ‹label in { 1, 3 }› or low\nroute odd -> a: block\n`;
  expect(applied(text, /extract/)).toBe(
    `${BASE}cohort odd_part = label in { 1, 3 }\n\ncohort odd = odd_part or low\nroute odd -> a: block\n`,
  );
});

test("a missing cohort is declared, or imported from where it is", () => {
  const text = `${BASE}/// Late.\nroute ‹›late -> a: block\n`;
  expect(applied(text, /declare the cohort `late`/)).toBe(
    `${BASE}cohort late = all\n\n/// Late.\nroute late -> a: block\n`,
  );
  expect(applied(text, /import `late` from `m.gov`/)).toBe(
    `import { late } from "m.gov"\n\n${BASE}/// Late.\nroute late -> a: block\n`,
  );
});

test("a test is added for a decision that none looks at, and it passes", () => {
  const text = `${BASE}route ‹›low -> a: block\n`;
  const after = applied(text, /add a test/);
  expect(after).toContain(
    'test "an example in low meets a with block" {\n  given { label: 0 }\n  expect a: block\n}\n',
  );
  expect(
    compile({ entry: "p", sources: new Map([["p", after]]) }).diagnostics.map(({ code }) => code),
  ).not.toContain("GOV5010");
});

test("such a test passes whatever the digits of the weight", () => {
  const after = applied(`${BASE}route ‹›low -> a: 0.0712345\n`, /add a test/);
  expect(after).toContain("expect a: 7.12345%\n");
});

test("a suppression has room for its reason, at the line's own indent", () => {
  const text = `${BASE}route low -> a: block\nprofile p {\n  a: ‹›0.0\n}\nroute all through p\n`;
  expect(applied(text, /ignore GOV7002/)).toContain(
    "{\n  // gov-ignore GOV7002: say here why this is fine\n  a: 0.0\n",
  );
});

test("imports come in order, one for each module, without what is not used", () => {
  const text = '‹›import { b, a } from "m.gov"\nimport { late } from "m.gov"\nroute all -> a, b: block\n';
  expect(applied(text, /organize/, ["source"])).toBe(
    'import { a, b } from "m.gov"\nroute all -> a, b: block\n',
  );
});

test("what concerns the whole file is offered only when it is asked for", () => {
  expect(offered(`${BASE}route low -> a: ‹›0.0\n`).actions.map(({ kind }) => kind)).not.toContain(
    "source.fixAll",
  );
  expect(applied(`${BASE}route low -> a: ‹›0.0\n`, /all fixes/, ["source.fixAll"])).toContain("a: block");
});
