/** The answers of the worker: the compiler, the formatter and `ide/` on one policy and the library. Knows no browser. */
import { serializeIr } from "../../src/ir/serialize.ts";
import { complete, type Completion, type Surroundings } from "../../src/ide/complete.ts";
import { define } from "../../src/ide/define.ts";
import { openDraft, type Draft } from "../../src/ide/draft.ts";
import { hover } from "../../src/ide/hover.ts";
import { layOut } from "../../src/ide/layout.ts";
import { renderMatrix } from "../../src/ide/matrix-markup.ts";
import { prepareRename, rename } from "../../src/ide/rename.ts";
import { semanticTokens } from "../../src/ide/semantic-tokens.ts";
import { showExplanation } from "../../src/ide/tell/explanation.ts";
import { runListedTests, viewMatrix } from "../../src/ide/views.ts";
import type { Clock } from "../../src/reason/clock.ts";
import { validateExample, type ExampleRecord } from "../../src/reason/example.ts";
import { explainWeights } from "../../src/reason/why.ts";
import type { Diagnostic, TextEdit } from "../../src/source/diagnostic.ts";
import { formatPlace, type Span } from "../../src/source/span.ts";
import { createSourceText, type SourceMap } from "../../src/source/text.ts";
import { parse } from "../../src/syntax/parse.ts";
import type { Analysis, Edit, Matrix, Method, Problem, Requests } from "./protocol.ts";

export type Answers = {
  readonly [Name in Method]: (
    params: Requests[Name]["params"],
  ) => Requests[Name]["answer"] | Promise<Requests[Name]["answer"]>;
};

const FILE = "policy.gov";
const START: Clock = { step: 0, epoch: 0, examples: 0 };

/** @param library The modules of the standard library, by the names that policies import them by. */
export function createAnswers(library: SourceMap): Answers {
  const modules = new Map([...library].map(([key, text]) => [key, parse(createSourceText(key, text))]));
  const surroundings: Surroundings = { modules, files: [] };
  const last: { text: string | undefined; draft: Draft | undefined; offered: readonly Completion[] } = {
    text: undefined,
    draft: undefined,
    offered: [],
  };
  const draftOf = (text: string): Draft => {
    if (last.draft !== undefined && last.text === text) return last.draft;
    last.text = text;
    const { files, findings } = last.draft?.compilation ?? {};
    last.draft = openDraft({
      entry: FILE,
      sources: new Map([...library, [FILE, text]]),
      parsed: new Map([...modules, ...(files ?? [])]),
      findings,
    });
    return last.draft;
  };
  return {
    analyse: ({ text }) => analyse(draftOf(text)),
    complete: ({ text, offset }) => {
      last.offered = complete(draftOf(text), offset, surroundings);
      return last.offered.map(
        ({ label, kind, detail, insert, snippet, replaces, edits = [], rank }, index) => ({
          ...replaces,
          index,
          label,
          kind,
          ...(detail !== undefined && { detail }),
          insert: snippet ?? insert ?? label,
          isSnippet: snippet !== undefined,
          edits: edits.map(editOf),
          rank,
        }),
      );
    },
    document: ({ index }) => last.offered[index]?.documentation?.() ?? "",
    hover: ({ text, offset }) => {
      const found = hover(draftOf(text), offset);
      return found && { start: found.span.start, end: found.span.end, markdown: found.markdown };
    },
    define: ({ text, offset }) => {
      const [target] = define(draftOf(text), offset);
      if (target === undefined) return undefined;
      const { file, span } = target;
      const place = { file, start: span?.start ?? 0, end: span?.end ?? 0 };
      return file === FILE ? place : { ...place, text: library.get(file) ?? "" };
    },
    nameAt: ({ text, offset }) => {
      const target = prepareRename(draftOf(text), offset);
      if (target.kind === "refused") return target;
      return { kind: "name", start: target.span.start, end: target.span.end, text: target.text };
    },
    rename: ({ text, offset, newName }) => {
      const renaming = rename(draftOf(text), offset, newName, []);
      return renaming.kind === "refused" ? renaming : { kind: "edits", edits: renaming.edits.map(editOf) };
    },
    format: async ({ text }) => (await layOut(draftOf(text).parsed)).map(editOf),
    matrix: ({ text, moment }) => matrixOf(draftOf(text), moment ?? START),
    why: ({ text, example, moment }) => explain(draftOf(text), example, moment ?? START),
    compiled: ({ text }) => {
      const { ir } = draftOf(text).compilation;
      return ir && JSON.stringify(JSON.parse(serializeIr(ir)), null, 2);
    },
    tests: ({ text }) =>
      runListedTests(draftOf(text))?.map(({ title, span, failures }) => ({
        start: span.start,
        end: span.end,
        title,
        failures: failures.map(({ message, notes }) =>
          [message, ...notes.map(({ kind, text: note }) => `${kind}: ${note}`)].join("\n"),
        ),
      })),
  };
}

function analyse(draft: Draft): Analysis {
  return {
    problems: draft.compilation.diagnostics.map(problemOf),
    tokens: semanticTokens(draft).map(({ span, kind }) => ({ start: span.start, end: span.end, kind })),
  };
}

function problemOf({ code, severity, message, labels, help, fix }: Diagnostic): Problem {
  const [{ span, text }, ...others] = labels;
  const isOwn = span.file === FILE;
  const isWithin = fix?.edits.every((edit) => edit.span.file === FILE) === true;
  return {
    // What is wrong with a module of the library is shown at the beginning, with its place.
    start: isOwn ? span.start : 0,
    end: isOwn ? span.end : 0,
    severity,
    code,
    message,
    place: placeOf(span),
    notes: [
      ...(text === undefined ? [] : [text]),
      ...others.map((label) => `${placeOf(label.span)}${label.text === undefined ? "" : `: ${label.text}`}`),
      ...(help === undefined ? [] : [`help: ${help}`]),
    ],
    ...(fix !== undefined && isWithin && { fix: { title: fix.title, edits: fix.edits.map(editOf) } }),
  };
}

function placeOf(span: Span): string {
  return span.file === FILE ? `${span.line}:${span.column}` : formatPlace(span);
}

function editOf({ span, replacement }: TextEdit): Edit {
  return { start: span.start, end: span.end, text: replacement };
}

function matrixOf(draft: Draft, moment: Clock): Matrix | undefined {
  const view = viewMatrix(draft, moment);
  if (view === undefined) return undefined;
  const [first] = view.rows.flatMap(({ cells }) => cells.flatMap(({ weights }) => weights));
  return {
    html: renderMatrix(view).markup,
    moments: view.moments,
    example: JSON.stringify(first?.example ?? {}),
  };
}

function explain(draft: Draft, example: string, moment: Clock): Requests["why"]["answer"] {
  const { policy } = draft.compilation;
  if (policy === undefined) return { lines: [], problem: "The policy has errors." };
  let record: unknown;
  try {
    record = JSON.parse(example);
  } catch (error) {
    return { lines: [], problem: `This is not the JSON of an example: ${String(error)}` };
  }
  const problems = validateExample(policy.example, record);
  if (problems.length > 0)
    return {
      lines: [],
      problem: `The example does not fit the schema: ${problems.map(({ problem }) => problem).join("; ")}`,
    };
  const resolved = draft.bands();
  const explanation = explainWeights({
    policy,
    // It has just been held against the schema.
    example: record as ExampleRecord,
    moment,
    ...(resolved && { resolved }),
  });
  return { lines: showExplanation(explanation, { moment, showPlace: placeOf }) };
}
