/** `gov trace`: who taught this, through which band, in which steps, under which rule. */
import { join, resolve } from "node:path";
import type { Policy } from "../../check/policy.ts";
import { EvidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import { openRunProvenance } from "../../evidence/provenance/open.ts";
import {
  trace as answerQuestion,
  type TraceAnswer,
  type TraceQuestion,
} from "../../evidence/provenance/trace.ts";
import { readRun } from "../../evidence/read.ts";
import { judge, type RunRecord } from "../../evidence/record.ts";
import { writeWholeFile } from "../../evidence/whole-file.ts";
import { sayMany, sayNumber, sayWeight } from "../../lower/words.ts";
import { showPath } from "../../project/root.ts";
import { renderTrace, sayRemoval, shareOf, type TraceRule } from "../../report/trace.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { TraceRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

export async function trace(request: TraceRequest, terminal: Terminal): Promise<number> {
  try {
    return await tell(request, terminal);
  } catch (error) {
    if (error instanceof EvidenceError || error instanceof RangeError) return fail(terminal, error.message);
    throw error;
  }
}

async function tell(request: TraceRequest, terminal: Terminal): Promise<number> {
  const { workingDirectory, colors } = terminal;
  const folder = findRun(request.run, workingDirectory);
  const record = readRun(folder);
  if (judge(record) === "does_not_verify")
    terminal.err(`${colors.yellow("warning")}: the record does not verify: gov verify tells more\n`);
  const question = questionOf(request, record);
  const store = openRunProvenance(folder, record.decisions);
  const output = request.output === undefined ? undefined : resolve(workingDirectory, request.output);
  const written = (path: string, content: string | Uint8Array): number => {
    writeWholeFile(path, content);
    terminal.out(`${escapeControls(showPath(path, workingDirectory))}\n`);
    return EXIT.clean;
  };
  if (request.format === "parquet") {
    const { writeParquet } = await import("../../evidence/provenance/parquet.ts");
    return written(output ?? join(workingDirectory, "trace.parquet"), writeParquet(store, question));
  }
  const answer = answerQuestion(store, question);
  const rules = rulesFor(record, question, answer);
  if (request.format === "html") {
    const page = renderTrace({ run: record.id, question: sayQuestion(request), answer, rules });
    return written(output ?? join(workingDirectory, "trace.html"), page);
  }
  const text =
    request.format === "json"
      ? jsonText({ question, ...answer, rules })
      : showAnswer(request, answer, rules, terminal);
  if (output !== undefined) return written(output, text);
  terminal.out(text);
  return EXIT.clean;
}

/** @throws EvidenceError where the question names what the policy does not have. */
function questionOf(request: TraceRequest, { ir, plan }: RunRecord): TraceQuestion {
  const { band, behavior, cohort, example, layer, steps, top, without } = request;
  const policy = ir?.policy;
  if (policy?.provenance.trace.length === 0)
    throw new EvidenceError(
      "the policy of this run traces nothing: write `provenance { trace BAND every 25 steps }` and train again",
    );
  expectName("band", band, policy?.bands);
  expectName("cohort", cohort, policy?.cohorts);
  expectName("behavior", behavior, policy?.behaviors);
  const governing =
    layer === undefined
      ? undefined
      : plan?.bands.filter((one) => one.extent?.some((part) => part.layer === layer));
  if (governing?.length === 0)
    throw new EvidenceError(`no band of this run has the layer \`${layer ?? ""}\``);
  const inLayer = governing?.map(({ name }) => name);
  const bands = band === undefined ? inLayer : [band].filter((name) => inLayer?.includes(name) ?? true);
  const cohorts = new Set(policy?.cohorts.map(({ name }) => name));
  return {
    top,
    ...(example === undefined ? {} : { example }),
    ...(cohort === undefined ? {} : { cohort }),
    ...(bands === undefined ? {} : { bands }),
    ...(behavior === undefined ? {} : { behavior }),
    ...(steps === undefined ? {} : { steps }),
    ...(without === undefined
      ? {}
      : {
          without: {
            cohorts: without.filter((name) => cohorts.has(name)),
            examples: without.filter((name) => !cohorts.has(name)),
          },
        }),
  };
}

function expectName(
  kind: string,
  name: string | undefined,
  known: readonly { readonly name: string }[] = [],
): void {
  if (name === undefined || known.some((one) => one.name === name)) return;
  const names = known.map((one) => `\`${one.name}\``).join(", ");
  throw new EvidenceError(
    `the policy of this run has no ${kind} \`${name}\`${names === "" ? "" : `: it has ${names}`}`,
  );
}

/** The routes and detaches of the bands and cohorts that the answer is about. */
function rulesFor({ ir }: RunRecord, question: TraceQuestion, answer: TraceAnswer): readonly TraceRule[] {
  const policy: Pick<Policy, "rules" | "detaches"> = ir?.policy ?? { rules: [], detaches: [] };
  const bands = new Set(question.bands ?? answer.bands.map(({ name }) => name));
  const cohorts = new Set(["all", ...answer.cohorts.map(({ name }) => name)]);
  const isAsked = (rule: { readonly cohort: string; readonly band: string }): boolean =>
    (bands.has(rule.band) || rule.band === "all") && cohorts.has(rule.cohort);
  return [
    ...policy.rules.filter(isAsked).map(({ cohort, band, weight, span }) => ({
      words: `route ${cohort} -> ${band}: ${weight === 0 ? "block" : sayWeight(weight)}`,
      place: `${span.file}:${span.line}`,
    })),
    ...policy.detaches.filter(isAsked).map(({ cohort, band, span }) => ({
      words: `detach ${cohort} at ${band}`,
      place: `${span.file}:${span.line}`,
    })),
  ];
}

function sayQuestion({ band, behavior, cohort, example, layer, steps }: TraceRequest): string {
  const parts = [
    behavior === undefined ? "influence" : `influence toward ${behavior}`,
    ...(example === undefined ? [] : [`of ${example}`]),
    ...(cohort === undefined ? [] : [`of ${cohort}`]),
    ...(band === undefined ? [] : [`through ${band}`]),
    ...(layer === undefined ? [] : [`on layer ${layer}`]),
    ...(steps === undefined ? [] : [`in steps ${steps.first} to ${steps.last}`]),
  ];
  return `Who taught this: ${parts.join(" ")}`;
}

function showAnswer(
  request: TraceRequest,
  answer: TraceAnswer,
  rules: readonly TraceRule[],
  { colors }: Terminal,
): string {
  const { examples, others, magnitude, removal, damaged } = answer;
  const heading = (text: string): string => `\n${colors.bold(text)}\n`;
  const lines = [
    `${colors.bold(escapeControls(sayQuestion(request)))}\n`,
    `${sayMany(answer.rows, "traced row")}, ${sayNumber(answer.influence)} in sum\n`,
    ...damaged.map((name) => `${colors.red("damaged")} ${name}: rows of it are left out\n`),
    ...(removal === undefined ? [] : [`${sayRemoval(removal)}\n`]),
    ...(examples.length === 0 ? [] : [heading("Taught by these examples")]),
    ...layOut(
      examples.map(({ name, cohorts, influence, magnitude: own, firstStep, lastStep }) => [
        name,
        sayNumber(influence),
        shareOf(own, magnitude),
        `steps ${firstStep}–${lastStep}`,
        cohorts.join(", "),
      ]),
    ),
    ...(others === 0 ? [] : [`  and ${sayMany(others, "more example")}\n`]),
    ...(answer.bands.length === 0 ? [] : [heading("Through these bands")]),
    ...layOut(
      answer.bands.map(({ name, influence, magnitude: own }) => [
        name,
        sayNumber(influence),
        shareOf(own, magnitude),
      ]),
    ),
    ...(answer.cohorts.length === 0 ? [] : [heading("By cohort")]),
    ...layOut(
      answer.cohorts.map(({ name, influence, magnitude: own }) => [
        name,
        sayNumber(influence),
        shareOf(own, magnitude),
      ]),
    ),
    ...(rules.length === 0 ? [] : [heading("Under these rules")]),
    ...layOut(rules.map(({ words, place }) => [words, place])),
  ];
  return lines.join("");
}

const WIDEST = 40;

function layOut(rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((row) => row.map((cell) => shorten(escapeControls(cell))));
  const widths = shown.reduce<readonly number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return shown.map(
    (row) =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
  );
}

function shorten(text: string): string {
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}
