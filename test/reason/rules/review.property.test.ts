/** What the review says of random policies, against trying every example, moment and parameter. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { bind } from "../../../src/bind/bind.ts";
import { check } from "../../../src/check/check.ts";
import { resolveBands } from "../../../src/model/resolve.ts";
import { createGrounds } from "../../../src/reason/grounds.ts";
import { review } from "../../../src/reason/rules/review.ts";
import type { Diagnostic } from "../../../src/source/diagnostic.ts";
import { finitePolicies, type FinitePolicy } from "../../generators/finite-policies.ts";
import { placesOf } from "../../generators/networks.ts";
import { interpret, type Meaning } from "../../oracle/interpreter.ts";
import { cases } from "../../generators/runs.ts";

const IDLE = ["GOV5003", "GOV7003"];

it("calls those routes idle without which every weight is the same, and no others", () => {
  const told = new Set<string>();
  fc.assert(
    fc.property(finitePolicies(), (drawn) => {
      const { text, isKnown } = drawn;
      const idle = reviewOf(drawn).filter(({ code }) => IDLE.includes(code));
      for (const { code } of idle) told.add(code);
      const lines = text.split("\n");
      const idleLines = idle.map(({ labels: [{ span }] }) => span.line - 1);
      const kept = removeLines(lines, idleLines);
      expect(weightsOf(kept, drawn), `${text}\n\nis not the same as\n${kept}`).toBe(weightsOf(text, drawn));
      // Without a network, other overlaps than the drawn one have to be reckoned with.
      if (!isKnown) return;
      for (const [index, line] of lines.entries()) {
        if (idleLines.includes(index) || !isJudged(line, drawn)) continue;
        // Of lines that say the same the later ones are idle, and looked at first.
        const later = idleLines.filter((other) => other > index);
        expect(
          weightsOf(removeLines(lines, [...later, index]), drawn),
          `${text}\n\nis not affected by line ${String(index + 1)}:\n${line}`,
        ).not.toBe(weightsOf(removeLines(lines, later), drawn));
      }
    }),
    cases(150),
  );
  expect([...told].toSorted()).toEqual(IDLE);
});

it("knows the cohorts that hold nothing and those that hold everything, and the bands that nothing trains", () => {
  const told = new Set<string>();
  fc.assert(
    fc.property(finitePolicies(), (drawn) => {
      const { text, isKnown } = drawn;
      const oracle = interpret(text);
      for (const { code, message } of reviewOf(drawn)) {
        told.add(code);
        const [, name = ""] = /`(\w+)`/.exec(message) ?? [];
        if (code === "GOV5004")
          expect(membersOf(name, oracle, drawn), `${text}\n\n${message}`).toEqual([false]);
        if (code === "GOV5005")
          expect(membersOf(name, oracle, drawn), `${text}\n\n${message}`).toEqual([true]);
        if (code === "GOV5009") expect(isStarved(name, oracle, drawn), `${text}\n\n${message}`).toBe(true);
      }
      if (!isKnown) return;
      const said = reviewOf(drawn).flatMap(({ code, message }) => (code === "GOV5009" ? [message] : []));
      const frozen = oracle.claims.some(({ claim, cohort }) => claim === "never" && cohort === "all");
      const bands = [...text.matchAll(/^band (\w+)/gm)].map(([, name = ""]) => name);
      for (const name of bands.filter((band) => !frozen && isStarved(band, oracle, drawn)))
        expect(said.join("\n"), `${text}\n\n${name} is starved`).toContain(`\`${name}\``);
    }),
    cases(250),
  );
  for (const code of ["GOV5004", "GOV5005", "GOV5009"]) expect(told).toContain(code);
});

function reviewOf({ text, network, isKnown }: FinitePolicy): readonly Diagnostic[] {
  const { bound } = bind({ entry: "policy.gov", sources: new Map([["policy.gov", text]]) });
  const { policy, diagnostics } = check(bound, { params: new Map() });
  if (policy === undefined)
    throw new Error(`${text}\n${diagnostics.map(({ message }) => message).join("\n")}`);
  const resolved = { network, extents: resolveBands(policy, network).extents };
  return review(createGrounds(policy, isKnown ? resolved : undefined), bound);
}

function removeLines(lines: readonly string[], removed: readonly number[]): string {
  return lines.filter((_, index) => !removed.includes(index)).join("\n");
}

/** Lines whose effect the review decides: routes of one band, without params, about some example. */
function isJudged(line: string, drawn: FinitePolicy): boolean {
  const [, cohort] =
    /^route (\w+) -> \w+: (?!share)[^a-z]*(?:block|full)?[^a-z]*(?: (?:from|until) \d.*)?$/.exec(line) ?? [];
  if (cohort === undefined || cohort === "default" || /edge|share/.test(line)) return false;
  return membersOf(cohort, interpret(drawn.text), drawn).includes(true);
}

function weightsOf(text: string, { network, examples, moments }: FinitePolicy): string {
  const oracle = interpret(text);
  return placesOf(network)
    .flatMap((place) =>
      moments.flatMap((moment) => examples.map((example) => oracle.weightOf(example, moment, place))),
    )
    .join();
}

/** Whether the cohort holds an example: the answers there are. */
function membersOf(name: string, oracle: Meaning, { examples, moments }: FinitePolicy): readonly boolean[] {
  return [
    ...new Set(
      moments.flatMap((moment) => examples.map((example) => oracle.isInCohort(name, example, moment))),
    ),
  ];
}

function isStarved(band: string, oracle: Meaning, { network, examples, moments }: FinitePolicy): boolean {
  const places = placesOf(network).filter((place) => oracle.isInBand(band, place));
  return (
    places.length > 0 &&
    places.every((place) =>
      moments.every((moment) => examples.every((example) => oracle.weightOf(example, moment, place) === 0)),
    )
  );
}
