import { comparePolicies, type ComparedPolicy } from "../../reason/diff/diff.ts";
import type { Verdict } from "../../reason/diff/difference.ts";
import { jsonText } from "../diagnostics/json.ts";
import { appendToJobSummary } from "../diagnostics/job-summary.ts";
import type { Compared, ComparedSide } from "../diff/compared.ts";
import { showDifferenceGithub } from "../diff/github.ts";
import { describeDifference } from "../diff/json.ts";
import { showDifferenceMarkdown } from "../diff/markdown.ts";
import { openPair } from "../diff/open-pair.ts";
import { showDifferencePretty } from "../diff/pretty.ts";
import { EXIT } from "../exit-codes.ts";
import { complain, failToOpen, type OpenedPolicy } from "../open.ts";
import { fail } from "../problem.ts";
import type { DifferenceFormat, DiffRequest, Refusable } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** `gov diff`: how two policies differ in meaning. */
export async function diff(request: DiffRequest, terminal: Terminal): Promise<number> {
  const { format, failOn } = request;
  const complaint = { command: "diff", format: format === "markdown" ? ("pretty" as const) : format };
  const [old, fresh] = openPair(request, terminal);
  for (const opened of [old, fresh]) if (opened.kind === "problem") failToOpen(opened, complaint, terminal);
  if (old.kind === "problem" || fresh.kind === "problem") return EXIT.failed;

  const [before, after] = [sideOf(old), sideOf(fresh)];
  const [oldErrors, newErrors] = [errorsOf(old), errorsOf(fresh)];
  // An earlier policy of which, say, a claim does not hold has a meaning all the same, which the change may mend.
  if (before === undefined) complain(old, { ...complaint, diagnostics: oldErrors }, terminal);
  if (newErrors.length > 0) complain(fresh, { ...complaint, diagnostics: newErrors }, terminal);
  if (before === undefined || after === undefined || newErrors.length > 0) return EXIT.errors;
  if (oldErrors.length > 0)
    fail(terminal, `\`${old.shown}\` has errors, and is compared as it stands`, "`gov check` tells them");

  const difference = comparePolicies(comparedOf(before, old), comparedOf(after, fresh));
  SHOW[format]({ difference, before, after }, terminal);
  return conclude(difference.verdict, failOn, terminal);
}

function sideOf({ shown, showing, compilation: { policy } }: OpenedPolicy): ComparedSide | undefined {
  return policy && { shown, showing, policy };
}

function errorsOf({ compilation }: OpenedPolicy): OpenedPolicy["compilation"]["diagnostics"] {
  return compilation.diagnostics.filter(({ severity }) => severity === "error");
}

function comparedOf({ policy }: ComparedSide, { compilation: { network } }: OpenedPolicy): ComparedPolicy {
  return { policy, ...(network && { network }) };
}

const SHOW: Readonly<Record<DifferenceFormat, (compared: Compared, terminal: Terminal) => void>> = {
  pretty: (compared, terminal) => {
    terminal.out(showDifferencePretty(compared, terminal));
  },
  json: (compared, { out }) => {
    out(jsonText(describeDifference(compared)));
  },
  github: (compared, terminal) => {
    terminal.out(showDifferenceGithub(compared, terminal));
    appendToJobSummary(showDifferenceMarkdown(compared), terminal);
  },
  markdown: (compared, { out }) => {
    out(showDifferenceMarkdown(compared));
  },
};

/** What is refused with each word. A change of several kinds is refused with each of them. */
const REFUSED: Readonly<Record<Refusable, readonly Verdict[]>> = {
  looser: ["looser", "different"],
  stricter: ["stricter", "different"],
  different: ["different"],
  any: ["looser", "stricter", "different"],
};

function conclude(verdict: Verdict, failOn: readonly Refusable[], terminal: Terminal): number {
  const refusing = failOn.find((word) => REFUSED[word].includes(verdict));
  if (refusing === undefined) return EXIT.clean;
  fail(terminal, `the later policy is ${verdict}, which \`--fail-on ${refusing}\` refuses`);
  return EXIT.refused;
}
