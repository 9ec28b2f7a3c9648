import picocolors from "picocolors";
import { expect, test } from "vitest";
import { showCompact } from "../../src/cli/diagnostics/compact.ts";
import { showGithub } from "../../src/cli/diagnostics/github.ts";
import { jsonText, toJson } from "../../src/cli/diagnostics/json.ts";
import { showPretty, type PrettyShowing } from "../../src/cli/diagnostics/pretty.ts";
import { diagnose, type DiagnosticDetails } from "../../src/source/diagnostic.ts";
import type { Span } from "../../src/source/span.ts";
import { createSourceText, spanAt } from "../../src/source/text.ts";

function showingOf(texts: Readonly<Record<string, string>>, columns = 80): PrettyShowing {
  const sources = new Map(Object.entries(texts).map(([file, text]) => [file, createSourceText(file, text)]));
  return {
    sourceOf: (file) => sources.get(file),
    showFile: (file) => file,
    colors: picocolors.createColors(false),
    columns,
  };
}

/** The place of `part` in a text. */
function spanOf(text: string, part: string, file = "a.gov"): Span {
  const start = text.indexOf(part);
  return spanAt(createSourceText(file, text), start, start + part.length);
}

function pretty(text: string, part: string, details: DiagnosticDetails = {}, columns = 80): string {
  const diagnostic = diagnose("GOV2001", spanOf(text, part), "there is no band `x`", details);
  return showPretty(diagnostic, showingOf({ "a.gov": text }, columns));
}

/** The source line and the line of carets beneath it, without the gutter. */
function markedRow(shown: string): { readonly line: string; readonly mark: string } {
  const rows = shown.split("\n");
  const at = rows.findIndex((row) => /^ +│ +\^/.test(row));
  return { line: rows[at - 1]?.slice(4) ?? "", mark: rows[at]?.slice(4) ?? "" };
}

test("a diagnostic with everything", () => {
  const text = "band a = all\nroute all -> x: block\n";
  const other = "module m\nband y = all\n";
  const diagnostic = diagnose("GOV2001", spanOf(text, "x"), "there is no band `x`", {
    label: "not declared",
    related: [
      { span: spanOf(text, "a = all"), text: "a band" },
      { span: spanOf(other, "y", "m.gov"), text: "another" },
    ],
    help: "did you mean `y`?\nor `a`?",
    fix: { title: "write `y`", edits: [] },
  });
  expect(showPretty(diagnostic, showingOf({ "a.gov": text, "m.gov": other }))).toMatchInlineSnapshot(`
    "error[GOV2001]: there is no band \`x\`
      ┌─ a.gov:2:14
      │
    1 │ band a = all
      │      ------- a band
    2 │ route all -> x: block
      │              ^ not declared
      │
      ├─ m.gov:2:6
      │
    2 │ band y = all
      │      - another
      │
      = help: did you mean \`y\`?
              or \`a\`?
      = fix: write \`y\`
    "
  `);
});

test.each([
  ["tabs reach to the next stop", "\tab\troute", "route", "    ab  route", "        ^^^^^"],
  ["wide characters take two columns", "日本 route", "route", "日本 route", "     ^^^^^"],
  ["a mark beneath wide characters is as wide as they", "x 日本 y", "日本", "x 日本 y", "  ^^^^"],
  ["an emoji of several parts is one", "👩‍👩‍👧 route", "route", "👩‍👩‍👧 route", "   ^^^^^"],
  ["combining marks take no column", "e\u0301 route", "route", "e\u0301 route", "  ^^^^^"],
  ["an escape sequence does not reach the terminal", "\u001b[31m x", "x", "<U+001B>[31m x", "             ^"],
  ["nor does a change of direction", "a\u202eb x", "x", "a<U+202E>b x", "           ^"],
])("%s", (_, text, part, line, mark) => {
  expect(markedRow(pretty(text, part))).toEqual({ line, mark });
});

test("a mark of no length is one column wide, at the end of the file as well", () => {
  const text = "band a =\n";
  const span = spanAt(createSourceText("a.gov", text), text.length, text.length);
  const shown = showPretty(diagnose("GOV1010", span, "incomplete"), showingOf({ "a.gov": text }));
  expect(shown).toContain("2 │\n  │ ^\n");
});

test("a span over several lines marks the first and the last", () => {
  const text = "bound x {\n  one\n  two\n}\nend";
  expect(pretty(text, text.slice(0, text.indexOf("end") - 1), { label: "this" })).toContain(
    "1 │ bound x {\n  │ ^^^^^^^^^\n  ·\n4 │ }\n  │ ^ this\n",
  );
});

test("a line that is too long is shown around the mark", () => {
  const text = `${"a".repeat(500)} mark ${"b".repeat(500)}`;
  const { line, mark } = markedRow(pretty(text, "mark", {}, 60));
  expect(line).toMatch(/^…a+ mark b+…$/);
  expect(line.length).toBeLessThanOrEqual(60);
  expect(line.slice(mark.indexOf("^"), mark.lastIndexOf("^") + 1)).toBe("mark");
});

test("what the user wrote in a message cannot act upon the terminal", () => {
  const diagnostic = diagnose("GOV2001", spanOf("x", "x"), "there is no band `\u001b]0;evil\u0007`", {
    help: "\u009b31m",
  });
  const showing = showingOf({ "a.gov": "x" });
  for (const shown of [showPretty(diagnostic, showing), showCompact(diagnostic, showing)])
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(jsonText(toJson(diagnostic, showing))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test("colours are the severity's, and are not counted as columns", () => {
  const text = "route x";
  const showing = { ...showingOf({ "a.gov": text }), colors: picocolors.createColors(true) };
  const shown = showPretty(diagnose("GOV2001", spanOf(text, "x"), "no"), showing);
  expect(shown).toContain("\u001b[31m^\u001b[39m");
  const plain = showPretty(diagnose("GOV2001", spanOf(text, "x"), "no"), showingOf({ "a.gov": text }));
  expect(shown.replace(/\u001b\[\d+m/g, "")).toBe(plain);
});

test("compact is one line", () => {
  const text = "band a = all\nroute all -> x: block\n";
  const diagnostic = diagnose("GOV2001", spanOf(text, "x"), "there is no band `x`", { help: "hm" });
  expect(showCompact(diagnostic, showingOf({ "a.gov": text }))).toBe(
    "a.gov:2:14: error[GOV2001]: there is no band `x` (hm)\n",
  );
});

test("github's commands cannot be ended by what a policy says", () => {
  const text = "route x";
  const diagnostic = diagnose("GOV5003", spanOf(text, "x"), "100%\r\n::error::a,b", {
    help: "x\ny",
  });
  const showing = { ...showingOf({ "a.gov": text }), showFile: () => "p:1,2.gov" };
  const terminal = { environment: {}, workingDirectory: "/" };
  expect(showGithub({ diagnostic, showing }, terminal)).toBe(
    "::warning file=p%3A1%2C2.gov,line=1,col=7,endLine=1,endColumn=8," +
      "title=GOV5003%3A 100%25<U+000D><U+000A>%3A%3Aerror%3A%3Aa%2Cb::100%25<U+000D>%0A::error::a,b%0Ax%0Ay\n",
  );
});

test("json has every place with its end", () => {
  const text = "band a = all\nroute all -> xyz: block\n";
  const span = spanOf(text, "xyz");
  const fix = { title: "write a", edits: [{ span, replacement: "a" }] };
  const diagnostic = diagnose("GOV2001", span, "no", { label: "here", fix });
  const place = { file: "a.gov", line: 2, column: 14, endLine: 2, endColumn: 17, start: 26, end: 29 };
  expect(toJson(diagnostic, showingOf({ "a.gov": text }))).toEqual({
    code: "GOV2001",
    severity: "error",
    message: "no",
    ...place,
    labels: [{ ...place, text: "here" }],
    fix: { title: "write a", edits: [{ ...place, replacement: "a" }] },
  });
});
