import { formatText } from "../../format/format.ts";
import { findPolicies } from "../../project/find.ts";
import { decodeText, readText } from "../../project/read.ts";
import { showPath } from "../../project/root.ts";
import { writeText } from "../../project/write.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { createSourceText } from "../../source/text.ts";
import { jsonText } from "../diagnostics/json.ts";
import { showDifference } from "../difference.ts";
import { EXIT } from "../exit-codes.ts";
import { complain } from "../open.ts";
import { fail } from "../problem.ts";
import type { FormatRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** What became of one file. */
type Outcome =
  /** It was in the layout already. */
  | { readonly kind: "kept" }
  | { readonly kind: "changed"; readonly text: string; readonly formatted: string }
  | { readonly kind: "invalid"; readonly text: string; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "unreadable"; readonly problem: string; readonly help?: string };

interface Formatted {
  /** In full; `-` for standard input. */
  readonly path: string;
  readonly shown: string;
  readonly outcome: Outcome;
}

/** `gov fmt`: lays policies out in the one way, or says which are not. */
export async function formatFiles(request: FormatRequest, terminal: Terminal): Promise<number> {
  const { files, mode, format } = request;
  const paths = files.flatMap((file) =>
    file === "-" ? [file] : findPolicies(file, terminal.workingDirectory),
  );
  if (paths.length === 0) return fail(terminal, `no \`.gov\` file in ${files.join(", ")}`);
  const codes: number[] = [];
  const results: Formatted[] = [];
  for (const path of new Set(paths)) {
    const outcome = await formatOne(path, terminal);
    const shown = path === "-" ? "-" : showPath(path, terminal.workingDirectory);
    results.push({ path, shown, outcome });
    codes.push(settle({ path, shown, outcome }, request, terminal));
  }
  if (format === "json") terminal.out(jsonText(describe(results)));
  else if (mode === "write" && !paths.includes("-")) summarize(results, terminal);
  // What could not be done counts more than what is wrong, and that more than what is merely out of shape.
  return [EXIT.failed, EXIT.errors, EXIT.unformatted].find((code) => codes.includes(code)) ?? EXIT.clean;
}

async function formatOne(path: string, terminal: Terminal): Promise<Outcome> {
  const read = path === "-" ? decodeText(await terminal.readInput()) : readText(path);
  if (read.kind !== "text") return { ...read, kind: "unreadable" };
  const { text } = read;
  const { formatted, diagnostics } = await formatText(text);
  if (formatted === undefined) return { kind: "invalid", text, diagnostics };
  // What comes in through standard input goes out again, changed or not.
  return formatted === text && path !== "-" ? { kind: "kept" } : { kind: "changed", text, formatted };
}

/** Does what the mode asks for, and gives the exit code that this file alone would have. */
function settle(
  { path, shown, outcome }: Formatted,
  { mode, format }: FormatRequest,
  terminal: Terminal,
): number {
  const speaks = format === "pretty";
  switch (outcome.kind) {
    case "kept":
      return EXIT.clean;
    case "unreadable":
      return fail(terminal, `\`${shown}\`: ${outcome.problem}`, outcome.help);
    case "invalid": {
      const source = createSourceText(shown, outcome.text);
      complain(outcome.diagnostics, { sourceOf: () => source, showFile: () => shown }, terminal);
      return EXIT.errors;
    }
    case "changed": {
      const { text, formatted } = outcome;
      if (mode === "check") {
        if (text === formatted) return EXIT.clean;
        if (speaks) terminal.out(`${shown}\n`);
        return EXIT.unformatted;
      }
      if (mode === "diff") {
        if (speaks) terminal.out(showDifference(shown, text, formatted));
        return EXIT.clean;
      }
      if (path === "-") {
        if (speaks) terminal.out(formatted);
        return EXIT.clean;
      }
      const problem = writeText(path, formatted);
      if (problem !== undefined) return fail(terminal, problem);
      if (speaks) terminal.out(`${shown}\n`);
      return EXIT.clean;
    }
  }
}

function summarize(results: readonly Formatted[], { err }: Terminal): void {
  const changed = results.filter(({ outcome }) => outcome.kind === "changed").length;
  const kept = results.filter(({ outcome }) => outcome.kind === "kept").length;
  const many = (count: number): string => `${count} file${count === 1 ? "" : "s"}`;
  err(
    changed > 0
      ? `laid out ${many(changed)}, left ${kept} as they were\n`
      : `${many(kept)} left as they were\n`,
  );
}

function describe(results: readonly Formatted[]): unknown {
  return {
    files: results.map(({ shown, outcome }) => ({
      file: shown,
      formatted:
        outcome.kind === "kept" || (outcome.kind === "changed" && outcome.text === outcome.formatted),
      ...(outcome.kind === "changed" || outcome.kind === "kept" ? {} : { problem: outcome.kind }),
    })),
  };
}
