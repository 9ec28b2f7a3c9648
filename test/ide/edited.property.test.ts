/** What an editor shows after any edits is what a compilation of the text from nothing shows, to the last place. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile, type Compilation } from "../../src/compile.ts";
import { openDraft, type Draft } from "../../src/ide/draft.ts";
import { programs } from "../generators/programs.ts";
import { cases } from "../generators/runs.ts";

const FILE = "policy.gov";

/** An edit that mostly leaves the policy whole: a word or number for another, a line taken out, or written twice. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  kind: fc.constantFrom("remove", "repeat", "word", "number", "break"),
  seed: fc.nat(),
});

function edited(text: string, { at, kind, seed }: { at: number; kind: string; seed: number }): string {
  const lines = text.split("\n");
  const index = Math.floor(at * lines.length);
  const line = lines[index] ?? "";
  const names = [...text.matchAll(/^(?:band|cohort) (\w+)/gm)].map(([, name = ""]) => name);
  const used = names.filter((name) => new RegExp(`(?<!^(?:band|cohort) )\\b${name}\\b`).test(line));
  switch (kind) {
    case "remove":
      return lines.toSpliced(index, 1).join("\n");
    case "repeat":
      return lines.toSpliced(index, 0, line).join("\n");
    case "number":
      return lines.with(index, line.replace(/\d+/g, (digits) => String((Number(digits) + seed) % 10))).join("\n"); // prettier-ignore
    case "word":
      return lines
        .with(index, line.replace(used[0] ?? "route", names[seed % names.length] ?? "all"))
        .join("\n");
    default:
      return lines.with(index, `${line} x`).join("\n");
  }
}

function openAfter(text: string, { compilation: { files, findings } }: Draft): Draft {
  return openDraft({ entry: FILE, sources: new Map([[FILE, text]]), parsed: files, findings });
}

/** All that a compilation says; digests are worked out when they are read. */
function said({ diagnostics, draft, policy, ir, extents }: Compilation): unknown {
  return { diagnostics, draft, policy, ir: ir && [ir.digest, ir.sources], extents };
}

test("an edited policy is compiled to what its text is compiled to", () => {
  const seen = { sound: 0, reviewed: 0 };
  const start = programs({ bands: "whole", claims: "any" });
  fc.assert(
    fc.property(start, fc.array(edit, { minLength: 2, maxLength: 6 }), (text, edits) => {
      let draft = openDraft({ entry: FILE, sources: new Map([[FILE, text]]) });
      for (const step of edits) {
        draft = openAfter(edited(draft.parsed.source.text, step), draft);
        const fresh = compile({ entry: FILE, sources: draft.input.sources });
        expect(said(draft.compilation)).toEqual(said(fresh));
        if (fresh.ir !== undefined) seen.sound += 1;
        if (draft.input.findings?.circuit === draft.compilation.findings?.circuit) seen.reviewed += 1;
      }
    }),
    cases(40),
  );
  expect(seen.sound).toBeGreaterThan(5);
  expect(seen.reviewed).toBeGreaterThan(20);
});
