import type { Severity } from "../../source/codes.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { positionAt } from "../../source/text.ts";
import type { Showing } from "./pretty.ts";

/** A diagnostic as a workflow command, which GitHub shows beside the line in a pull request. */
export function showGithub(diagnostic: Diagnostic, { sourceOf, showFile }: Showing): string {
  const { code, severity, message, labels, help } = diagnostic;
  const { span, text } = labels[0];
  const source = sourceOf(span.file);
  const end = source === undefined ? undefined : positionAt(source, span.end);
  const properties = {
    file: showFile(span.file).replaceAll("\\", "/"),
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
  const shown = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const body = [text ?? message, help].filter((part) => part !== undefined).join("\n");
  return `::${COMMANDS[severity]} ${shown.join(",")}::${escapeData(body)}\n`;
}

const COMMANDS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

/** So that no text of a policy can end the command and begin another. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
