/** How it is told what kept a run from beginning or from going on. */
import { showPath } from "../../project/root.ts";
import type { Fault } from "../../project/fault.ts";
import type { LoadedPolicy } from "../../project/load.ts";
import { hasErrors, type Diagnostic } from "../../source/diagnostic.ts";
import { formatPlace, type Span } from "../../source/span.ts";
import { toJson, type JsonDiagnostic } from "../diagnostics/json.ts";
import { showPretty } from "../diagnostics/pretty.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { showingOf } from "../open.ts";
import { sayProblem } from "../problem.ts";
import type { Terminal } from "../terminal.ts";
import type { Obstacle } from "./prepare.ts";

/** Ends with a line break. */
export function showObstacle(obstacle: Obstacle, terminal: Terminal): string {
  return showParts(obstacle, terminal).join("");
}

/** The same, each thing that is wrong by itself. */
export function showParts(obstacle: Obstacle, terminal: Terminal): readonly string[] {
  switch (obstacle.kind) {
    case "diagnostics":
      return [
        ...obstacle.diagnostics.map((own) => showDiagnostics([own], obstacle.policy, terminal)),
        ...(obstacle.note ? [`${escapeControls(obstacle.note)}\n`] : []),
      ];
    case "fault":
      return [sayProblem(terminal, showFault(obstacle.fault, terminal))];
    case "problem":
      return [sayProblem(terminal, escapeControls(obstacle.problem), obstacle.help)];
  }
}

/** What is in the policy is an error of the policy, all else a failure of the run. */
export function exitCodeOf(obstacle: Obstacle): number {
  if (obstacle.kind !== "diagnostics") return EXIT.failed;
  return hasErrors(obstacle.diagnostics) ? EXIT.errors : EXIT.warnings;
}

/** The same for programs. */
export interface JsonObstacle {
  readonly problem: string;
  readonly diagnostics?: readonly JsonDiagnostic[];
  readonly file?: string;
  readonly line?: number;
}

export function obstacleToJson(obstacle: Obstacle, terminal: Terminal): JsonObstacle {
  switch (obstacle.kind) {
    case "diagnostics": {
      const showing = showingOf(obstacle.policy, terminal.workingDirectory);
      const diagnostics = obstacle.diagnostics.map((diagnostic) => toJson(diagnostic, showing));
      return { problem: reasonOf(obstacle), diagnostics };
    }
    case "fault": {
      const { file, line } = obstacle.fault;
      const place = {
        file: showPath(file, terminal.workingDirectory),
        ...(line === undefined ? {} : { line }),
      };
      return { problem: reasonOf(obstacle), ...place };
    }
    case "problem":
      return { problem: reasonOf(obstacle) };
  }
}

/** In one line, for the record. */
export function reasonOf(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case "diagnostics": {
      const first =
        obstacle.diagnostics.find(({ severity }) => severity === "error") ?? obstacle.diagnostics[0];
      return first === undefined ? "the policy does not fit" : `${first.code}: ${first.message}`;
    }
    case "fault":
      return obstacle.fault.message;
    case "problem":
      return obstacle.problem;
  }
}

/** `experiment.ts:12:3: TypeError: …`, the place in the form that terminals turn into a link. */
function showFault({ file, line, column, message }: Fault, terminal: Terminal): string {
  const path = showPath(file, terminal.workingDirectory);
  const place = [path, line, column].filter((part) => part !== undefined).join(":");
  return `${terminal.colors.bold(escapeControls(place))}: ${escapeControls(message)}`;
}

export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  policy: LoadedPolicy,
  terminal: Terminal,
): string {
  const { colors, columns, workingDirectory } = terminal;
  const showing = { ...showingOf(policy, workingDirectory), colors, columns };
  return diagnostics.map((diagnostic) => `${showPretty(diagnostic, showing)}\n`).join("");
}

/** `examples/policy.gov:12:3`, from where the user is. */
export function placesIn(policy: LoadedPolicy, terminal: Terminal): (span: Span) => string {
  const { showFile } = showingOf(policy, terminal.workingDirectory);
  return (span) => formatPlace({ ...span, file: showFile(span.file) });
}
