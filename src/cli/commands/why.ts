import { resolve } from "node:path";
import { decodeText, readText } from "../../project/read.ts";
import { validateExample, type ExampleRecord } from "../../reason/example.ts";
import { explainLayer, explainWeights, type Question } from "../../reason/why.ts";
import { suggestName } from "../../source/nearest.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { showExplanation, showLayerExplanation } from "../../ide/tell/explanation.ts";
import { complain, failToOpen, openPolicy, placesOf } from "../open.ts";
import { fail } from "../problem.ts";
import type { WhyRequest } from "../requests.ts";
import { failOnMoment, readMoment } from "../moment.ts";
import type { Terminal } from "../terminal.ts";

/** `gov why`: what one example may teach, and which lines decide it. */
export async function why(request: WhyRequest, terminal: Terminal): Promise<number> {
  const moment = readMoment(request.at);
  if (moment === undefined) return failOnMoment(request.at, terminal);
  const opened = await openPolicy(request.file, request, terminal);
  const complaint = { command: "why", format: request.format };
  if (opened.kind === "problem") return failToOpen(opened, complaint, terminal);
  const { policy, network, extents, diagnostics, ir } = opened.compilation;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  complain(opened, { ...complaint, diagnostics: errors }, terminal);
  if (policy === undefined || ir === undefined) return EXIT.errors;

  const read = await readExample(request.example, terminal);
  if (read.kind === "problem") return fail(terminal, read.problem, read.help);
  const problems = validateExample(policy.example, read.value);
  if (problems.length > 0)
    return fail(
      terminal,
      `the example does not fit the policy's \`example { … }\`: ${problems.map(({ problem }) => problem).join("; ")}`,
    );
  // It has just been held against the schema.
  const example = read.value as ExampleRecord;
  const resolved = network === undefined || extents === undefined ? undefined : { network, extents };
  const question: Question = { policy, example, moment, ...(resolved && { resolved }) };

  if (request.layer !== undefined) {
    if (resolved === undefined)
      return fail(
        terminal,
        "a layer can only be asked about with a model",
        "give it with --model model.json",
      );
    const layer = resolved.network.layers.find(({ name }) => name === request.layer);
    if (layer === undefined) {
      const names = resolved.network.layers.map(({ name }) => name);
      return fail(terminal, `there is no layer \`${request.layer}\``, suggestName(request.layer, names));
    }
    if (!layer.trainable) return fail(terminal, `layer \`${layer.name}\` has nothing to train`);
    const segments = explainLayer({ ...question, resolved }, layer);
    if (request.format === "json") terminal.out(jsonText({ example, moment, layer: layer.name, segments }));
    else say(showLayerExplanation(layer.name, segments, placesOf(opened.showing)), terminal);
    return EXIT.clean;
  }
  const explanation = explainWeights(question);
  if (request.format === "json") terminal.out(jsonText({ example, moment, ...explanation }));
  else say(showExplanation(explanation, { moment, showPlace: placesOf(opened.showing) }), terminal);
  return EXIT.clean;
}

function say(lines: readonly string[], { out }: Terminal): void {
  out(lines.map((line) => `${escapeControls(line)}\n`).join(""));
}

type ReadExample =
  | { readonly kind: "example"; readonly value: unknown }
  | { readonly kind: "problem"; readonly problem: string; readonly help?: string };

/** JSON on the command line begins with a brace; anything else is a file of one example. */
async function readExample(text: string, terminal: Terminal): Promise<ReadExample> {
  if (text.trimStart().startsWith("{")) return parseExample(text, "the example");
  const read =
    text === "-"
      ? decodeText(await terminal.readInput())
      : readText(resolve(terminal.workingDirectory, text));
  if (read.kind === "text") return parseExample(read.text, `\`${text}\``);
  const help = read.help ?? 'an example is a file, or JSON: \'{"id": "a"}\'';
  return { kind: "problem", problem: `\`${text}\`: ${read.problem}`, help };
}

function parseExample(text: string, subject: string): ReadExample {
  try {
    return { kind: "example", value: JSON.parse(text) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "problem", problem: `${subject} is not the JSON of one example: ${reason}` };
  }
}
