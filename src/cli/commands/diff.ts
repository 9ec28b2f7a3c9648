import { comparePolicies, type ComparedPolicy } from "../../reason/diff/diff.ts";
import type { Verdict } from "../../reason/diff/difference.ts";
import { jsonText } from "../diagnostics/json.ts";
import { appendToJobSummary } from "../diagnostics/job-summary.ts";
import type { Compared, ComparedSide } from "../diff/compared.ts";
import { showDifferenceGithub } from "../diff/github.ts";
import { describeDifference, describeDifferences } from "../diff/json.ts";
import { showDifferenceMarkdown, showDifferencesMarkdown } from "../diff/markdown.ts";
import { openPairs, type OpenedPair, type OpenedPairs, type OpenedSide } from "../diff/open-pairs.ts";
import { showDifferencePretty, showDifferencesPretty } from "../diff/pretty.ts";
import { EXIT } from "../exit-codes.ts";
import { complain, failToOpen, type Complaint, type OpenedPolicy } from "../open.ts";
import { fail } from "../problem.ts";
import type { DifferenceFormat, DiffRequest, Refusable } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** `gov diff`: how two policies differ in meaning, or those of two folders. */
export async function diff(request: DiffRequest, terminal: Terminal): Promise<number> {
  const { format, failOn } = request;
  const complaint = { command: "diff", format: format === "markdown" ? ("pretty" as const) : format };
  const opened = openPairs(request, terminal);
  if (opened.kind === "problem") return failToOpen(opened, complaint, terminal);
  const { scope, pairs } = opened;
  if (pairs.length === 0)
    return fail(terminal, `no \`.gov\` file in ${request.before} nor in ${request.after}`);
  const results = pairs.map((pair) => comparePair(pair, complaint, terminal));
  const compared = results.filter((result) => typeof result === "object");
  const codes = results.filter((result) => typeof result === "number");
  // Two policies of which one has no meaning are not compared; folders as far as that goes.
  if (compared.length > 0) show(compared, scope, { format, terminal });
  codes.push(...compared.map((one) => conclude(one, failOn, terminal)));
  // What could not be done counts more than what is wrong, and that more than what is refused.
  return [EXIT.failed, EXIT.errors, EXIT.refused].find((code) => codes.includes(code)) ?? EXIT.clean;
}

/** How the two differ, or the exit code where that cannot be told, once it has been said why. */
function comparePair(
  { before: old, after: fresh }: OpenedPair,
  complaint: Pick<Complaint, "command" | "format">,
  terminal: Terminal,
): Compared | number {
  for (const opened of [old, fresh]) if (opened.kind === "problem") failToOpen(opened, complaint, terminal);
  if (old.kind === "problem" || fresh.kind === "problem") return EXIT.failed;

  const role = roleOf([old, fresh]);
  const [before, after] = [sideOf(old, role), sideOf(fresh, role)];
  const [oldErrors, newErrors] = [errorsOf(old), errorsOf(fresh)];
  // An earlier policy of which, say, a claim does not hold has a meaning all the same, which the change may mend.
  if (before === undefined) complain(old, { ...complaint, diagnostics: oldErrors }, terminal);
  if (newErrors.length > 0) complain(fresh, { ...complaint, diagnostics: newErrors }, terminal);
  if (before === undefined || after === undefined || newErrors.length > 0) return EXIT.errors;
  if (oldErrors.length > 0)
    fail(terminal, `\`${old.shown}\` has errors, and is compared as it stands`, "`gov check` tells them");
  return { difference: comparePolicies(comparedOf(before, old), comparedOf(after, fresh)), before, after };
}

type Opened = Exclude<OpenedSide, { readonly kind: "problem" }>;

function sideOf(
  { shown, showing, isAbsent, loaded: { entry }, compilation: { policy } }: Opened,
  role: ComparedSide["role"],
): ComparedSide | undefined {
  return policy && { shown, showing, entry, policy, role, isAbsent };
}

/** One that is absent has the role of the other. */
function roleOf(sides: readonly Opened[]): ComparedSide["role"] {
  const isModule = ({ compilation, isAbsent }: Opened): boolean =>
    isAbsent || compilation.bound.entry.file.header?.role === "module";
  return sides.every(isModule) ? "module" : "policy";
}

function errorsOf({ compilation }: OpenedPolicy): OpenedPolicy["compilation"]["diagnostics"] {
  return compilation.diagnostics.filter(({ severity }) => severity === "error");
}

function comparedOf({ policy }: ComparedSide, { compilation }: OpenedPolicy): ComparedPolicy {
  const { exports, network } = compilation;
  return { policy, exports, ...(network && { network }) };
}

/** How a comparison is told in each format, and those of two folders. */
interface Format {
  readonly one: (compared: Compared, terminal: Terminal) => string;
  readonly all: (compared: readonly Compared[], terminal: Terminal) => string;
}

const FORMATS: Readonly<Record<DifferenceFormat, Format>> = {
  pretty: { one: showDifferencePretty, all: showDifferencesPretty },
  json: {
    one: (compared) => jsonText(describeDifference(compared)),
    all: (compared) => jsonText(describeDifferences(compared)),
  },
  github: {
    one: showDifferenceGithub,
    all: (compared, terminal) => compared.map((one) => showDifferenceGithub(one, terminal)).join(""),
  },
  markdown: { one: showDifferenceMarkdown, all: showDifferencesMarkdown },
};

function show(
  compared: readonly Compared[],
  scope: OpenedPairs["scope"],
  { format, terminal }: { readonly format: DifferenceFormat; readonly terminal: Terminal },
): void {
  const tell = (wanted: DifferenceFormat): string => {
    const { one, all } = FORMATS[wanted];
    return scope === "folders"
      ? all(compared, terminal)
      : compared.map((each) => one(each, terminal)).join("");
  };
  terminal.out(tell(format));
  if (format === "github") appendToJobSummary(tell("markdown"), terminal);
}

/** What is refused with each word. A change of several kinds is refused with each of them. */
const REFUSED: Readonly<Record<Refusable, readonly Verdict[]>> = {
  looser: ["looser", "different"],
  stricter: ["stricter", "different"],
  different: ["different"],
  any: ["looser", "stricter", "different"],
};

const ABSENT: Readonly<Record<ComparedSide["role"], string>> = {
  policy: " is removed, and what is in force without it",
  module: " is removed, which to those who import it",
};

function conclude(
  { difference: { verdict }, after }: Compared,
  failOn: readonly Refusable[],
  terminal: Terminal,
): number {
  const refusing = failOn.find((word) => REFUSED[word].includes(verdict));
  if (refusing === undefined) return EXIT.clean;
  const subject = `\`${after.shown}\`${after.isAbsent ? ABSENT[after.role] : ""}`;
  fail(terminal, `${subject} is ${verdict}, which \`--fail-on ${refusing}\` refuses`);
  return EXIT.refused;
}
