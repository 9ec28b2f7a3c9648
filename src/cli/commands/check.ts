import { resolve } from "node:path";
import type { ProjectConfig } from "../../project/config/config.ts";
import { loadConfig } from "../../project/config/load.ts";
import { findPolicies } from "../../project/find.ts";
import {
  loadPolicy,
  loadPolicyText,
  UNNAMED,
  type LoadedPolicy,
  type LoadProblem,
} from "../../project/load.ts";
import { showPath } from "../../project/root.ts";
import type { Severity } from "../../source/codes.ts";
import { conclude, withoutRepetition, type Finding } from "../diagnostics/findings.ts";
import { showFindings } from "../diagnostics/formats.ts";
import { exitCodeFor, explainJudgements, judge, type Judgement } from "../enforcement.ts";
import { EXIT } from "../exit-codes.ts";
import { compileLoaded } from "../open.ts";
import { fail } from "../problem.ts";
import type { CheckRequest } from "../requests.ts";
import type { Colors, Terminal } from "../terminal.ts";

/** `gov check`: shows what is wrong with policies. */
export async function check(request: CheckRequest, terminal: Terminal): Promise<number> {
  const { files, found, problems, judgements } = await findAll(request, terminal);
  const read = files.length;
  if (read + problems.length === 0) return fail(terminal, `no \`.gov\` file in ${request.files.join(", ")}`);
  const shown = request.quiet ? found.filter(({ diagnostic }) => diagnostic.severity === "error") : found;
  const findings = { command: "check", files, found: shown, problems, conclusion: conclude(found, read) };
  showFindings(findings, request.format, terminal);
  if (request.format === "pretty" && !request.quiet && read > 0)
    terminal.out(`${conclude(found, read, painter(terminal.colors))}\n`);
  for (const line of explainJudgements(judgements, request.override)) terminal.err(`${line}\n`);
  if (problems.length > 0) return EXIT.failed;
  return Math.max(EXIT.clean, ...judgements.map(exitCodeFor));
}

function painter(colors: Colors): (text: string, severity: Severity | "none") => string {
  const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan, none: colors.green };
  return (text, severity) => paint[severity](text);
}

interface Found {
  /** What was read, as the reader would write it. */
  readonly files: readonly string[];
  readonly found: readonly Finding[];
  readonly problems: readonly LoadProblem[];
  /** One for each configuration that has a say: a limit on warnings is one for all policies under it. */
  readonly judgements: readonly Judgement[];
}

async function findAll(request: CheckRequest, terminal: Terminal): Promise<Found> {
  const loaded = await loadAll(request, terminal);
  const files: string[] = [];
  const found: Finding[] = [];
  const problems = new Map<string, LoadProblem>();
  const byConfig = new Map<string | undefined, Judged>();
  for (const { shown, policy, config } of loaded) {
    if (config.kind === "problem") {
      problems.set(config.path, config);
      continue;
    }
    const opened = compileLoaded(policy, { ...request, severities: config.severities }, terminal);
    if (opened.kind === "problem") {
      problems.set(opened.path, opened);
      continue;
    }
    const { compilation, showing } = opened;
    files.push(shown);
    const own = compilation.diagnostics.map((diagnostic) => ({ diagnostic, showing }));
    found.push(...own);
    const { found: others = [] } = byConfig.get(config.path) ?? {};
    byConfig.set(config.path, { config, found: [...others, ...own] });
  }
  const judgements = [...byConfig.values()].map((judged) =>
    judge(
      withoutRepetition(judged.found).map(({ diagnostic }) => diagnostic),
      judged.config,
      request,
    ),
  );
  return { files, found: withoutRepetition(found), problems: [...problems.values()], judgements };
}

interface Judged {
  readonly config: ProjectConfig;
  readonly found: readonly Finding[];
}

interface Loaded {
  readonly shown: string;
  readonly config: ProjectConfig | LoadProblem;
  readonly policy: LoadedPolicy | LoadProblem;
}

async function loadAll(
  { files, stdinFilename }: CheckRequest,
  terminal: Terminal,
): Promise<readonly Loaded[]> {
  const { workingDirectory } = terminal;
  const paths = files.flatMap((file) => (file === "-" ? [file] : findPolicies(file, workingDirectory)));
  const loads = [...new Set(paths)].map(async (path): Promise<Loaded> => {
    if (path !== "-")
      return {
        shown: showPath(path, workingDirectory),
        config: await loadConfig(resolve(workingDirectory, path)),
        policy: loadPolicy(path, workingDirectory),
      };
    const shown = stdinFilename ?? UNNAMED;
    const config = await loadConfig(resolve(workingDirectory, shown));
    const policy = loadPolicyText(await terminal.readInput(), stdinFilename, workingDirectory);
    return { shown, config, policy };
  });
  return await Promise.all(loads);
}
