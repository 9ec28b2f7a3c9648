import { appendFileSync } from "node:fs";
import { sayMany } from "../../lower/words.ts";
import type { Severity } from "../../source/codes.ts";
import type { Terminal } from "../terminal.ts";
import { describeLoadProblem, fail } from "../problem.ts";
import type { Finding, Findings } from "./findings.ts";
import { repositoryPath } from "./github.ts";
import { escapeControls } from "./visible.ts";

/** Adds what a command found to the page of the GitHub job that it runs in; elsewhere does nothing. */
export function writeJobSummary(findings: Findings, terminal: Terminal): void {
  appendToJobSummary(showJobSummary(findings, terminal), terminal);
}

/** Adds Markdown to the page of the GitHub job; elsewhere does nothing. */
export function appendToJobSummary(markdown: string, terminal: Terminal): void {
  const { GITHUB_STEP_SUMMARY } = terminal.environment;
  if (GITHUB_STEP_SUMMARY === undefined || GITHUB_STEP_SUMMARY === "") return;
  try {
    appendFileSync(GITHUB_STEP_SUMMARY, markdown);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    // The annotations are there all the same.
    fail(terminal, `the job's summary cannot be written: ${error.message}`);
  }
}

/** GitHub takes 1 MiB of a step. A row holds a message of any length, so that characters count, not rows. */
const MOST_CHARACTERS = 200_000;

/**
 * Markdown of which all but the heading is HTML without an empty line: in there no text of a policy means anything,
 * once it is escaped.
 */
export function showJobSummary(
  { command, found, problems, conclusion }: Findings,
  terminal: Terminal,
): string {
  const rows = [
    ...problems.map((problem) => showRow("error", "", describeLoadProblem(problem, terminal), problem.help)),
    ...found.map((finding) => showFinding(finding, terminal)),
  ];
  const unread = problems.length === 0 ? "" : `; ${sayMany(problems.length, "file")} not read`;
  const heading = `### gov ${command}: ${escapeMarkdown(`${conclusion}${unread}`)}\n\n`;
  if (rows.length === 0) return heading;
  let length = 0;
  const kept = rows.filter((row) => {
    length += row.length;
    return length <= MOST_CHARACTERS;
  });
  const left = rows.length - kept.length;
  const more = left === 0 ? "" : `<tr><td colspan="3">and ${left} more, in the log of the step</td></tr>\n`;
  return `${heading}<table>\n${kept.join("")}${more}</table>\n\n`;
}

function showFinding({ diagnostic, showing }: Finding, terminal: Terminal): string {
  const { code, severity, message, labels, help } = diagnostic;
  const { file, line, column } = labels[0].span;
  const place = `${repositoryPath(showing.showFile(file), terminal)}:${line}:${column}`;
  return showRow(severity, place, `${code}: ${message}`, help);
}

function showRow(severity: Severity, place: string, message: string, help: string | undefined): string {
  const said = [message, ...(help === undefined ? [] : help.split("\n"))].map(showText).join("<br>");
  const where = place === "" ? "" : `<code>${escapeHtml(place)}</code>`;
  return `<tr><td>${NAMES[severity]}</td><td>${where}</td><td>${said}</td></tr>\n`;
}

const NAMES: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

/** Messages have the user's own text in backticks. */
function showText(text: string): string {
  return escapeHtml(text).replace(/`(`|[^`]+)`/g, "<code>$1</code>");
}

function escapeHtml(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function escapeMarkdown(text: string): string {
  return escapeHtml(text).replace(/[\\`*_{}[\]()#+!|~@:-]/g, (character) => `&#${character.charCodeAt(0)};`);
}
