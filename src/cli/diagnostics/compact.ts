import type { Diagnostic } from "../../source/diagnostic.ts";
import { showPlace, type Showing } from "./pretty.ts";
import { escapeControls } from "./visible.ts";

/** A diagnostic on one line, as compilers write it: `policy.gov:12:3: error[GOV2001]: message (help)`. */
export function showCompact(diagnostic: Diagnostic, showing: Showing): string {
  const { code, severity, message, labels, help } = diagnostic;
  const hint = help === undefined ? "" : ` (${help})`;
  return `${showPlace(labels[0], showing)}: ${severity}[${code}]: ${escapeControls(`${message}${hint}`)}\n`;
}
