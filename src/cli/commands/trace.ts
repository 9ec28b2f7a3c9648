/** `gov trace`: who taught this, through which band, in which steps, under which rule. */
import { join, resolve } from "node:path";
import { EvidenceError } from "../../evidence/error.ts";
import { findRun } from "../../evidence/find-run.ts";
import { openRunProvenance } from "../../evidence/provenance/open.ts";
import {
  trace as answerQuestion,
  type TraceAnswer,
  type TraceQuestion,
} from "../../evidence/provenance/trace.ts";
import { readRun } from "../../evidence/read.ts";
import { judge, type RunRecord } from "../../evidence/record.ts";
import { writeWholeFile } from "../../evidence/whole-file.ts";
import { showPath } from "../../project/root.ts";
import { renderTrace, type ExampleLook } from "../../report/trace.ts";
import { jsonText } from "../diagnostics/json.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { TraceRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { examplesToCsv } from "../trace/csv.ts";
import { sayQuestion, showAnswer } from "../trace/pretty.ts";
import { rulesFor } from "../trace/rules.ts";

export async function trace(request: TraceRequest, terminal: Terminal): Promise<number> {
  try {
    return await tell(request, terminal);
  } catch (error) {
    if (error instanceof EvidenceError || error instanceof RangeError) return fail(terminal, error.message);
    throw error;
  }
}

async function tell(request: TraceRequest, terminal: Terminal): Promise<number> {
  const { workingDirectory, colors } = terminal;
  const folder = findRun(request.run, workingDirectory);
  const record = readRun(folder);
  if (judge(record) === "does_not_verify")
    terminal.err(`${colors.yellow("warning")}: the record does not verify: gov verify tells more\n`);
  if (request.data !== undefined && request.format !== "html")
    throw new EvidenceError("--data shows examples on a page: use it with --format html");
  const question = questionOf(request, record);
  const store = openRunProvenance(folder, record.decisions);
  const output = request.output === undefined ? undefined : resolve(workingDirectory, request.output);
  const written = (path: string, content: string | Uint8Array): number => {
    writeWholeFile(path, content);
    terminal.out(`${escapeControls(showPath(path, workingDirectory))}\n`);
    return EXIT.clean;
  };
  if (request.format === "parquet") {
    const { writeParquet } = await import("../../evidence/provenance/parquet.ts");
    return written(output ?? join(workingDirectory, "trace.parquet"), writeParquet(store, question));
  }
  const answer = answerQuestion(store, question);
  const traced = new Set(store.names.example);
  const untraced = [question.example, ...(question.without?.examples ?? [])].filter(
    (id) => id !== undefined && !traced.has(id),
  );
  if (untraced.length > 0)
    terminal.err(
      `${colors.yellow("warning")}: no traced example is called ${escapeControls(untraced.map((id) => `\`${id ?? ""}\``).join(", "))}\n`,
    );
  const rules = rulesFor(record, question, answer);
  if (request.format === "html") {
    const looks = await lookUp(request, record, answer, terminal);
    const page = renderTrace({ run: record.id, question: sayQuestion(request), answer, rules, looks });
    return written(output ?? join(workingDirectory, "trace.html"), page);
  }
  const text = {
    json: () => jsonText({ question, ...answer, rules }),
    csv: () => examplesToCsv(answer),
    pretty: () => showAnswer(request, answer, rules, terminal),
  }[request.format]();
  if (output !== undefined) return written(output, text);
  terminal.out(text);
  return EXIT.clean;
}

/** What the listed examples look like, where the request names the experiment whose data has them. */
async function lookUp(
  { data }: TraceRequest,
  record: RunRecord,
  answer: TraceAnswer,
  { colors, workingDirectory, err }: Terminal,
): Promise<ReadonlyMap<string, ExampleLook>> {
  if (data === undefined) return new Map();
  const { lookUpExamples } = await import("../trace/looks.ts");
  const ids = answer.examples.map(({ name }) => name);
  const { looks, changed } = await lookUpExamples(data, ids, record, workingDirectory);
  const warn = (text: string): void => err(`${colors.yellow("warning")}: ${escapeControls(text)}\n`);
  if (changed.length > 0) warn(`the data is not what the run was trained on: ${changed.join(", ")}`);
  const missing = ids.length - looks.size;
  if (missing > 0) warn(`${missing} of ${ids.length} listed examples are not in the data of ${data}`);
  return looks;
}

/** @throws EvidenceError where the question names what the policy does not have. */
function questionOf(request: TraceRequest, { ir, plan }: RunRecord): TraceQuestion {
  const { band, behavior, cohort, example, layer, steps, top, without } = request;
  const policy = ir?.policy;
  if (policy?.provenance.trace.length === 0)
    throw new EvidenceError(
      "the policy of this run traces nothing: write `provenance { trace BAND every 25 steps }` and train again",
    );
  expectName("band", band, policy?.bands);
  expectName("cohort", cohort, policy?.cohorts);
  expectName("behavior", behavior, policy?.behaviors);
  const inLayer = layer === undefined ? undefined : bandsOn(layer, plan);
  const bands = band === undefined ? inLayer : [band].filter((name) => inLayer?.includes(name) ?? true);
  const cohorts = new Set(policy?.cohorts.map(({ name }) => name));
  const moving = policy?.cohorts.find(
    ({ name, dynamic }) => dynamic && (name === cohort || without?.includes(name)),
  );
  if (moving !== undefined)
    throw new EvidenceError(
      `the cohort \`${moving.name}\` reads the training, and whom it held in which step is not kept: ask for examples, or for cohorts of their metadata`,
    );
  return {
    top,
    ...(example === undefined ? {} : { example }),
    ...(cohort === undefined || cohort === ALL ? {} : { cohort }),
    ...(bands === undefined ? {} : { bands }),
    ...(behavior === undefined ? {} : { behavior }),
    ...(steps === undefined ? {} : { steps }),
    ...(without === undefined
      ? {}
      : {
          without: {
            cohorts: without.filter((name) => cohorts.has(name)),
            examples: without.filter((name) => !cohorts.has(name)),
          },
        }),
  };
}

/** The bands that hold parameters of a layer, the built-in one among them. */
function bandsOn(layer: string, plan: RunRecord["plan"]): readonly string[] {
  const named = plan?.bands.filter((one) => one.extent?.some((part) => part.layer === layer)) ?? [];
  const isGoverned = named.length > 0 || plan?.parameters?.some((one) => one.layer === layer) === true;
  if (isGoverned) return [ALL, ...named.map(({ name }) => name)];
  const layers = [...new Set(plan?.parameters?.map((one) => `\`${one.layer}\``))].join(", ");
  throw new EvidenceError(
    `no band of this run has the layer \`${layer}\`${layers === "" ? "" : `: there are ${layers}`}`,
  );
}

/** The band and the cohort that every policy has. */
const ALL = "all";

function expectName(
  kind: string,
  name: string | undefined,
  known: readonly { readonly name: string }[] = [],
): void {
  if (name === undefined || (name === ALL && kind !== "behavior") || known.some((one) => one.name === name))
    return;
  const names = known.map((one) => `\`${one.name}\``).join(", ");
  throw new EvidenceError(
    `the policy of this run has no ${kind} \`${name}\`${names === "" ? "" : `: it has ${names}`}`,
  );
}
