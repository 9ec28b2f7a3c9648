import { lowerToTfjs } from "../../lower/tfjs/lower.ts";
import { printPlan } from "../../lower/tfjs/print.ts";
import { hasErrors } from "../../source/diagnostic.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { relateCohorts } from "../../reason/overlap.ts";
import { complain, failToOpen, openPolicy, placesOf, type Complaint, type OpenedPolicy } from "../open.ts";
import { showOverlap } from "../plan/overlap.ts";
import { fail } from "../problem.ts";
import type { PlanRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** `gov plan`: which rules govern which parameters of a model. */
export async function plan(request: PlanRequest, terminal: Terminal): Promise<number> {
  const opened = await openPolicy(request.file, request, terminal);
  const complaint = { command: "plan", format: request.format };
  if (opened.kind === "problem") return failToOpen(opened, complaint, terminal);
  if (request.shows === "overlap") return planOverlap(opened, complaint, terminal);
  const { ir, network, diagnostics } = opened.compilation;
  if (ir === undefined || network === undefined) {
    if (complain(opened, complaint, terminal)) return EXIT.errors;
    const help = "give it with --model model.json; `gov model EXPERIMENT -o model.json` writes that file";
    return fail(terminal, "a plan takes a model, and the policy has none at hand", help);
  }
  const lowered = lowerToTfjs(ir, network);
  // What the compiler warned of may be what stands in the way here: each is said once.
  const refused = new Set(lowered.diagnostics.map(({ labels }) => JSON.stringify(labels)));
  const warnings = diagnostics.filter(({ labels }) => !refused.has(JSON.stringify(labels)));
  complain(opened, { ...complaint, diagnostics: [...warnings, ...lowered.diagnostics] }, terminal);
  if (lowered.plan === undefined) return hasErrors(lowered.diagnostics) ? EXIT.errors : EXIT.failed;
  if (request.format === "json") terminal.out(jsonText(lowered.plan));
  else {
    const text = printPlan(lowered.plan, placesOf(opened.showing));
    terminal.out(text.split("\n").map(escapeControls).join("\n"));
  }
  return EXIT.clean;
}

/** `gov plan --overlap`: how the cohorts lie to each other. */
function planOverlap(opened: OpenedPolicy, complaint: Complaint, terminal: Terminal): number {
  const { ir, policy, diagnostics } = opened.compilation;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  complain(opened, { ...complaint, diagnostics: errors }, terminal);
  if (ir === undefined || policy === undefined) return EXIT.errors;
  const overlap = relateCohorts(policy);
  const { colors } = terminal;
  terminal.out(
    complaint.format === "json"
      ? jsonText(overlap)
      : showOverlap(overlap, { colors, policyName: policy.name }),
  );
  return EXIT.clean;
}
