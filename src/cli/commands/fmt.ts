import { formatText } from "../../format/format.ts";
import { findPolicies } from "../../project/find.ts";
import { decodeText, readText } from "../../project/read.ts";
import { showPath } from "../../project/root.ts";
import { writeText } from "../../project/write.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { createSourceText } from "../../source/text.ts";
import { describeLayout } from "../../format/layout-problem.ts";
import { conclude, type Finding, type Findings } from "../diagnostics/findings.ts";
import { describeFindings, showFindings } from "../diagnostics/formats.ts";
import { jsonText } from "../diagnostics/json.ts";
import { showPretty } from "../diagnostics/pretty.ts";
import { showDifference } from "../difference.ts";
import { EXIT } from "../exit-codes.ts";
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
    const shown = path === "-" ? "-" : showPath(path, terminal.workingDirectory);
    const result = { path, shown, outcome: await formatOne(path, terminal) };
    results.push(result);
    codes.push(settle(result, request, terminal));
  }
  if (format === "pretty") {
    if (mode === "write" && !paths.includes("-")) summarize(results, terminal);
  } else if (format === "json") terminal.out(jsonText(describe(results, request, terminal)));
  else showFindings(findingsOf(results, request), format, terminal);
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
function settle(result: Formatted, { mode, format }: FormatRequest, terminal: Terminal): number {
  const { path, shown, outcome } = result;
  const speaks = format === "pretty";
  switch (outcome.kind) {
    case "kept":
      return EXIT.clean;
    case "unreadable":
      return speaks ? fail(terminal, `\`${shown}\`: ${outcome.problem}`, outcome.help) : EXIT.failed;
    case "invalid": {
      const { err, colors, columns } = terminal;
      for (const { diagnostic, showing } of speaks ? findingsIn(result, mode) : [])
        err(`${showPretty(diagnostic, { ...showing, colors, columns })}\n`);
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

/** What is wrong with one file: its syntax, or, where that is asked, its layout. */
function findingsIn({ shown, outcome }: Formatted, mode: FormatRequest["mode"]): readonly Finding[] {
  if (outcome.kind !== "changed" && outcome.kind !== "invalid") return [];
  const source = createSourceText(shown, outcome.text);
  const layout =
    outcome.kind === "changed" && mode === "check" ? describeLayout(source, outcome.formatted) : undefined;
  const diagnostics = outcome.kind === "invalid" ? outcome.diagnostics : [];
  const showing = { sourceOf: () => source, showFile: () => shown };
  return [...diagnostics, ...(layout === undefined ? [] : [layout])].map((diagnostic) => ({
    diagnostic,
    showing,
  }));
}

function findingsOf(results: readonly Formatted[], { mode }: FormatRequest): Findings {
  const found = results.flatMap((result) => findingsIn(result, mode));
  const problems = results.flatMap(({ path, outcome }) =>
    outcome.kind === "unreadable" ? [{ ...outcome, kind: "problem" as const, path }] : [],
  );
  const files = results.filter(({ outcome }) => outcome.kind !== "unreadable").map(({ shown }) => shown);
  return { command: "fmt", files, found, problems, conclusion: conclude(found, files.length) };
}

function summarize(results: readonly Formatted[], { err }: Terminal): void {
  const changed = results.filter(({ outcome }) => outcome.kind === "changed").length;
  const kept = results.filter(({ outcome }) => outcome.kind === "kept").length;
  if (changed + kept === 0) return;
  const many = (count: number): string => `${count} file${count === 1 ? "" : "s"}`;
  err(
    changed > 0
      ? `laid out ${many(changed)}, left ${kept} as they were\n`
      : `${many(kept)} left as they were\n`,
  );
}

function describe(results: readonly Formatted[], request: FormatRequest, terminal: Terminal): unknown {
  return {
    ...describeFindings(findingsOf(results, request), terminal),
    files: results.map(({ shown, outcome }) => ({
      file: shown,
      formatted:
        outcome.kind === "kept" || (outcome.kind === "changed" && outcome.text === outcome.formatted),
      ...(outcome.kind === "changed" || outcome.kind === "kept" ? {} : { problem: outcome.kind }),
    })),
  };
}
