import { relative, resolve } from "node:path";
import type { LoadProblem } from "../../project/load.ts";
import { isLibrary } from "../../project/root.ts";
import type { Severity } from "../../source/codes.ts";
import { positionAt } from "../../source/text.ts";
import type { Terminal } from "../terminal.ts";
import type { Finding } from "./findings.ts";
import { escapeControls } from "./visible.ts";

/** A diagnostic as a workflow command, which GitHub shows beside the line in a pull request. */
export function showGithub({ diagnostic, showing }: Finding, terminal: RepositoryPlace): string {
  const { code, severity, message, labels, help } = diagnostic;
  const { span, text } = labels[0];
  const source = showing.sourceOf(span.file);
  const end = source === undefined ? undefined : positionAt(source, span.end);
  const properties = {
    file: repositoryPath(showing.showFile(span.file), terminal),
    line: span.line,
    col: span.column,
    // GitHub takes columns only for places within one line.
    ...(end === undefined
      ? {}
      : end.line === span.line
        ? { endLine: end.line, endColumn: end.column }
        : { endLine: end.line }),
    title: `${code}: ${message}`,
  };
  return showCommand(COMMANDS[severity], properties, [text ?? message, help]);
}

/** A file that cannot be had. */
export function showGithubProblem({ path, problem, help }: LoadProblem, terminal: RepositoryPlace): string {
  return showCommand("error", { file: repositoryPath(path, terminal) }, [problem, help]);
}

type RepositoryPlace = Pick<Terminal, "environment" | "workingDirectory">;

/** GitHub knows files by their paths in the repository, wherever in it the command was called. */
export function repositoryPath(shown: string, { environment, workingDirectory }: RepositoryPlace): string {
  const { GITHUB_WORKSPACE } = environment;
  const full = resolve(workingDirectory, shown);
  const path = GITHUB_WORKSPACE === undefined ? shown : relative(GITHUB_WORKSPACE, full);
  const isOutside = isLibrary(shown) || path === "" || /^\.\.(?:[\\/]|$)/.test(path);
  return (isOutside ? shown : path).replaceAll("\\", "/");
}

/** A workflow command; a title is cut to what GitHub takes. */
export function showCommand(
  name: "error" | "warning" | "notice",
  properties: Readonly<Record<string, string | number>>,
  lines: readonly (string | undefined)[],
): string {
  const shown = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapeProperty(key === "title" ? cut(String(value)) : String(value))}`,
  );
  const body = lines.flatMap((line) => (line === undefined ? [] : line.split("\n").map(escapeControls)));
  return `::${name} ${shown.join(",")}::${escapeData(body.join("\n"))}\n`;
}

const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const satisfies Readonly<
  Record<Severity, string>
>;

/** GitHub refuses longer titles. */
const LONGEST_TITLE = 255;

function cut(title: string): string {
  const text = escapeControls(title);
  return text.length <= LONGEST_TITLE ? text : `${text.slice(0, LONGEST_TITLE - 1)}…`;
}

/** So that no text of a policy can end the command and begin another. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
