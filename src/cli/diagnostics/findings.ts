import type { LoadProblem } from "../../project/load.ts";
import type { Severity } from "../../source/codes.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { sayMany } from "../../lower/words.ts";
import type { Showing } from "./pretty.ts";

/** A diagnostic with what showing it takes. */
export interface Finding {
  readonly diagnostic: Diagnostic;
  readonly showing: Showing;
}

/** What a command found out about files: the same for every format. */
export interface Findings {
  /** Without `gov`. */
  readonly command: string;
  /** The files that were looked at, as the reader would write them. */
  readonly files: readonly string[];
  readonly found: readonly Finding[];
  /** Files that cannot be had. */
  readonly problems: readonly LoadProblem[];
  /** What it comes to, on one line without colours: `2 errors in 3 files`. */
  readonly conclusion: string;
}

/** Of findings in several policies each once: a module that two of them import is wrong once. */
export function withoutRepetition(found: readonly Finding[]): readonly Finding[] {
  const kept = new Map<string, Finding>();
  for (const finding of found) {
    const { diagnostic, showing } = finding;
    const { span } = diagnostic.labels[0];
    const key = JSON.stringify([
      showing.showFile(span.file),
      span.start,
      diagnostic.code,
      diagnostic.message,
    ]);
    if (!kept.has(key)) kept.set(key, finding);
  }
  return [...kept.values()];
}

export function countSeverities(found: readonly Finding[]): Readonly<Record<Severity, number>> {
  const count = { error: 0, warning: 0, info: 0 };
  for (const { diagnostic } of found) count[diagnostic.severity] += 1;
  return count;
}

/** `2 errors, 1 warning in 3 files`; `paint` may colour a part by its severity, or `none` where there is none. */
export function conclude(
  found: readonly Finding[],
  files: number,
  paint: (text: string, severity: Severity | "none") => string = (text) => text,
): string {
  const count = countSeverities(found);
  const parts = SEVERITIES.flatMap((severity) =>
    count[severity] > 0 ? [paint(sayMany(count[severity], NOUNS[severity]), severity)] : [],
  );
  return `${parts.length > 0 ? parts.join(", ") : paint("no problems", "none")} in ${sayMany(files, "file")}`;
}

const SEVERITIES = ["error", "warning", "info"] as const;

const NOUNS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };
