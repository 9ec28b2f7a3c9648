/** What modules offer: each line of the table is one edit of a module, and what is said of it. */
import { expect, test } from "vitest";
import { compile } from "../../../src/compile.ts";
import { comparePolicies, type ComparedPolicy } from "../../../src/reason/diff/diff.ts";
import type { RuleChange } from "../../../src/reason/diff/difference.ts";

const NAMES = `module m
example { label: int in 0..9 }
param most: int = 4
band base = layers "base"
band top = layers "top"
cohort low = label in 0..4
cohort high = not low
`;

const CASES: readonly (readonly [before: string, after: string, ...said: readonly string[]])[] = [
  // what is the same in every policy
  ["ruleset r(b: band) { route low -> b: 25% route low -> b: block }", "ruleset r(b: band) { route low -> b: block }"],
  ["ruleset r(b: band) { route low -> b: block }", "ruleset r(b: band) { route low -> b: block from 0 steps }"],
  ["ruleset r(b: band) { route all -> b: 25% }", "ruleset r(b: band) { route low -> b: 25% route high -> b: 25% }"],
  ["ruleset r(b: band) { apply s(b) }\nruleset s(b: band) { route low -> b: block }", "ruleset r(b: band) { route low -> b: block }\nruleset s(b: band) { apply r(b) }"],
  ["ruleset r(w: fraction) { route low -> top: w }", "ruleset r(w: fraction) { route low -> top: w route low -> top: full }"],
  ["ruleset r(p: profile) { route low through p }", "ruleset r(p: profile) { route not_high through p }\ncohort not_high = not high", "cohort not_high added none"],
  // weights
  ["ruleset r(b: band) { route low -> b: 25% }", "ruleset r(b: band) { route low -> b: 50% }", "ruleset r changed looser", "b 0.25 -> 0.5"],
  ["ruleset r(c: cohort) { route c -> top: block }", "ruleset r(c: cohort) { route all -> top: block }", "ruleset r changed stricter", "top none -> 0"],
  ["ruleset r(b: band) { route low -> b: block }", "ruleset r(b: band) { route high -> b: block }", "ruleset r changed different", "b none -> 0", "b 0 -> none"],
  // beside `route default block`, or an amplifying rule, it is not the same
  ["ruleset r(b: band) { route low -> b: full }", "ruleset r(b: band) { }", "ruleset r changed different", "b 1 -> none"],
  ["ruleset r(w: fraction) { route low -> top: w }", "ruleset r(w: fraction) { route low -> top: w route low -> top: 50% }", "ruleset r changed stricter where w is 0.75", "top 0.75 -> 0.5"],
  ["ruleset r(u: fraction, w: fraction) { route low -> top: u }", "ruleset r(u: fraction, w: fraction) { route low -> top: u route low -> top: w }", "ruleset r changed stricter where u is 0.6667 and w is 0.3333", "top 0.6667 -> 0.3333"],
  ["ruleset r(p: profile) { route low through p }", "ruleset r(p: profile) { route high through p }", "ruleset r changed different where p is 0.5", "p none -> 0.5", "p 0.5 -> none"],
  ["ruleset r(t: steps) { route low -> top: block until t }", "ruleset r(t: steps) { route low -> top: block until 100 steps }", "ruleset r changed stricter where t is 3", "top none -> 0", "ruleset r changed looser where t is 300", "top 0 -> none"],
  ["ruleset r() { detach low at top }", "ruleset r() { }", "ruleset r changed looser", "top cut 0 -> 1"],
  ["ruleset r(top: band) { route low -> top: block }", "ruleset r(top: band) { route low -> top: 25% }", "ruleset r changed looser", "top (the band that is given) 0 -> 0.25"],
  // through what a ruleset names
  ["cohort x = label > 3\nruleset r() { route x -> top: block }", "cohort x = label > 4\nruleset r() { route x -> top: block }", "cohort x changed different", "ruleset r changed looser", "top 0 -> none"],
  ["profile p { top: 25% }", "profile p { top: 25%, base: block }", "profile p changed stricter", "base none -> 0"],
  ["profile p { top: 25% }\nruleset r() { route low through p }", "profile p { top: 50% }\nruleset r() { route low through p }", "profile p changed looser", "top 0.25 -> 0.5", "ruleset r changed looser", "top 0.25 -> 0.5"],
  // parameters
  ["ruleset r(w: fraction = 25%) { route low -> top: w }", "ruleset r(w: fraction = 50%) { route low -> top: w }", "ruleset r changed looser: `w` is `50%` instead of `25%` where it is left out", "top 0.25 -> 0.5"],
  ["ruleset r(w: fraction = 25%) { route low -> top: block }", "ruleset r(w: fraction = 50%) { route low -> top: block }", "ruleset r changed none: `w` is `50%` instead of `25%` where it is left out"],
  ["ruleset r(w: fraction) { route low -> top: w }", "ruleset r(w: float) { route low -> top: w }", "ruleset r changed different: `w` is a `float` instead of a `fraction`"],
  ["ruleset r(c: cohort) { route c -> top: block }", "ruleset r(c: band) { route low -> c: block }", "ruleset r changed different: `c` is a `band` instead of a `cohort`", "top 0 -> none", "c none -> 0"],
  ["ruleset r() { route low -> top: 25% }", "ruleset r(w: fraction = 25%) { route low -> top: w }", "ruleset r changed none: it may be given `w`, a `fraction`, else `25%`"],
  ["ruleset r() { route low -> top: 25% }", "ruleset r(w: fraction) { route low -> top: 25% }", "ruleset r changed different: it needs `w`, a `fraction`"],
  ["ruleset r(w: fraction = 25%) { }", "ruleset r() { }", "ruleset r changed different: it takes `w` no longer"],
  ["ruleset r(b: band, c: cohort) { }", "ruleset r(c: cohort, b: band) { }", "ruleset r changed different: its parameters stand in another order"],
  ["ruleset r(b: band) { }", "ruleset r(w: fraction = 25%, b: band) { }", "ruleset r changed different: it may be given `w`, a `fraction`, else `25%`; its parameters stand in another order"],
  ["ruleset r(b: band = all) { route low -> b: block }", "ruleset r(b: band) { route low -> b: block }", "ruleset r changed different: `b` has no default any more"],
  // bounds and claims
  ["ruleset r(b: band, m: float) { bound gradient_norm(b) <= m { above => halt } }", "ruleset r(b: band, m: float) { bound gradient_norm(b) <= 2 { above => halt } }", "ruleset r changed looser where m is 0.5", "bound changed looser", "ruleset r changed stricter where m is 6", "bound changed stricter"],
  ["ruleset r(low_end: float, high_end: float) { bound entropy(top) in low_end..high_end { below => warn } }", "ruleset r(low_end: float, high_end: float) { bound entropy(top) in low_end..high_end { below => halt } }", "ruleset r changed stricter where low_end is 0.3333 and high_end is 0.6667", "bound changed stricter"],
  ["ruleset r(c: cohort) { never c -> top route c -> top: block }", "ruleset r(c: cohort) { route c -> top: block }", "ruleset r changed looser", "claim removed looser"],
  // come and gone
  ["", "ruleset r() { }", "ruleset r added none"],
  ["ruleset r() { }", "", "ruleset r removed different"],
  ["ruleset r() { }", "ruleset s() { }", "ruleset r removed different", "ruleset s added none"],
  // other names that are imported
  ["param p: int = 1", "param p: int = 2", "param p changed different"],
  ["band b = layers \"x\"", "band b = layers \"y\"", "band b changed different"],
  ["behavior x = probe \"a\"", "behavior x = probe \"b\"", "behavior x changed different"],
  ["cohort x = label > 3", "cohort y = label > 3", "cohort x removed different", "cohort y added none"],
]; // prettier-ignore

test.each(CASES)("%j becomes %j", (before, after, ...said) => {
  const told = tell(`${NAMES}${before}`, `${NAMES}${after}`);
  expect(told.words).toEqual(said);
  const directions = said.flatMap((words) => / (none|stricter|looser|different)\b/.exec(words)?.[1] ?? []);
  expect(told.verdict === "equivalent").toBe(directions.every((direction) => direction === "none"));
});

test("what a policy offers to nobody is its own affair", () => {
  const policy = NAMES.replace("module", "policy");
  expect(tell(`${policy}ruleset r() { route low -> top: block }`, policy)).toEqual({
    verdict: "equivalent",
    words: [],
  });
});

test("what is the same by a param's value alone is not called equivalent", () => {
  const by = (limit: string): string =>
    `${NAMES}cohort few = label < ${limit}\nruleset r(b: band) { route few -> b: block }`;
  expect(tell(by("most"), by("4"))).toEqual({ verdict: "different", words: [] });
  expect(tell(by("most"), `${by("most")} // the same`).verdict).toBe("equivalent");
  expect(tell(by("4"), by("4.0")).verdict).toBe("equivalent");
});

test("too many orders of parameters are not gone through, and what may differ is called different", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const text = (weight: string): string =>
    `${NAMES}ruleset r(${names.map((name) => `${name}: fraction`).join(", ")}) {\n${names.map((name) => `route low -> top: ${name}`).join("\n")}\nroute high -> top: ${weight}\n}`;
  expect(tell(text("25%"), text("50%")).verdict).toBe("different");
  expect(tell(text("25%"), text("25%")).verdict).toBe("equivalent");
});

function tell(before: string, after: string): { readonly verdict: string; readonly words: readonly string[] } {
  const { verdict, parts, rulesets } = comparePolicies(checked(before), checked(after));
  const weight = (value: number): string => (Number.isFinite(value) ? String(Number(value.toFixed(4))) : "none");
  const tellRule = (what: string) => ({ places, before: old, after: fresh }: RuleChange): string =>
    `${places.map((place) => (place.kind === "band" ? place.band : place.after.join("+"))).join()} ${what}${weight(old.weight)} -> ${weight(fresh.weight)}`;
  return {
    verdict,
    words: [
      ...parts.map(({ part, name, change, direction }) => [part, name, change, direction].join(" ")),
      ...rulesets.flatMap(({ kind, name, change, direction, given, notes, ...inner }) => [
        `${kind} ${name} ${change} ${direction}${given.map((one, index) => `${index === 0 ? " where" : " and"} ${one.name} is ${weight(Number(one.value))}`).join("")}${notes.length === 0 ? "" : `: ${notes.join("; ")}`}`,
        ...inner.weights.map(tellRule("")),
        ...inner.detaches.map(tellRule("cut ")),
        ...inner.parts.map((part) => `${part.part} ${part.change} ${part.direction}`),
      ]),
    ],
  };
} // prettier-ignore

function checked(text: string): ComparedPolicy {
  const { policy, exports, diagnostics } = compile({ entry: "m.gov", sources: new Map([["m.gov", text]]) });
  if (policy === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return { policy, exports };
}
