import { Option } from "commander";
import {
  collectRefused,
  diagnosticFormat,
  differenceFormat,
  outputFormat,
  override,
  parseCount,
  parsePercent,
  settable,
} from "./arguments.ts";
import type { Declaration } from "./declaration.ts";
import {
  DATA_ENGINES,
  type DataRequest,
  type DiagnosticFormat,
  type DifferenceFormat,
  type OutputFormat,
  type ParamTexts,
  type Refusable,
} from "./requests.ts";

export const addPolicyCommands: Declaration = (program, terminal, finish) => {
  program
    .command("init")
    .summary("write a policy and an experiment to begin with")
    .description("Write a small policy and an experiment that runs under it, to be made your own.")
    .argument("[folder]", "where to", ".")
    .option("--force", "replace files that are there already")
    .action(async (folder: string, { force }: { readonly force?: true }) => {
      const { init } = await import("./commands/init.ts");
      await finish(init({ folder, existing: force === true ? "overwrite" : "keep" }, terminal));
    });

  program
    .command("check")
    .summary("find what is wrong with policies")
    .description("Check policies, against their model where there is one, and prove their claims.")
    .argument("<files...>", "policies, folders of them, or - for standard input")
    .option("--model <file>", "in place of the model that the policy names")
    .addOption(settable())
    .addOption(diagnosticFormat("how problems are shown"))
    .option("--max-warnings <count>", "exit with 2 when there are more", parseCount(0))
    .addOption(override())
    .option("--quiet", "show errors only")
    .option("--stdin-filename <path>", "where a text from standard input is taken to lie")
    .action(async (files: string[], options: CheckOptions) => {
      const { check } = await import("./commands/check.ts");
      const { model, set, format, maxWarnings, override, quiet, stdinFilename } = options;
      const wanted = { params: set, maximumWarnings: maxWarnings, override, quiet: quiet === true };
      await finish(check({ files, stdinFilename, model, format, ...wanted }, terminal));
    });

  program
    .command("fmt")
    .summary("lay policies out in the one way")
    .description("Rewrite policies in the canonical layout. A file with syntax errors is left alone.")
    .argument("<files...>", "policies, folders of them, or - for standard input to standard output")
    .option("--check", "change nothing; exit with 4 and name the files that are not laid out so")
    .addOption(new Option("--diff", "change nothing; show what would change").conflicts("check"))
    .addOption(diagnosticFormat("how problems are shown"))
    .action(async (files: string[], { check, diff, format }: FormatOptions) => {
      const { formatFiles } = await import("./commands/fmt.ts");
      const mode = check === true ? "check" : diff === true ? "diff" : "write";
      await finish(formatFiles({ files, mode, format }, terminal));
    });

  program
    .command("test")
    .summary("run the tests that policies carry")
    .description("Run the tests that policies and modules carry, on their meaning alone: nothing is trained.")
    .argument("<files...>", "policies, modules, or folders of them")
    .option("--filter <text>", "only tests whose title holds this text")
    .option("--coverage", "say which decisions and which moves of bounds no test looks at")
    .option("--threshold <percent>", "exit with 2 when less than this is covered", parsePercent)
    .option("--model <file>", "in place of the model that the policy names")
    .addOption(settable())
    .addOption(diagnosticFormat("how results are shown"))
    .option("--watch", "run again whenever a file changes, until Ctrl-C")
    .action(async (files: string[], options: TestOptions) => {
      const { test } = await import("./commands/test.ts");
      const { model, set, format, filter, threshold, coverage, watch } = options;
      const wanted = { filter, threshold, coverage: coverage === true || threshold !== undefined };
      await finish(test({ files, model, params: set, format, ...wanted, watch: watch === true }, terminal));
    });

  program
    .command("fix")
    .summary("apply the fixes that `gov check` offers")
    .description(
      "Apply every fix that the diagnostics of policies carry, and say what is left. No fix adds errors.",
    )
    .argument("<files...>", "policies, folders of them, or - for standard input to standard output")
    .option("--model <file>", "in place of the model that the policy names")
    .addOption(settable())
    .addOption(new Option("--write", "rewrite the files, as without options").conflicts(["dryRun", "diff"]))
    .addOption(new Option("--dry-run", "change nothing; list the fixes").conflicts("diff"))
    .option("--diff", "change nothing; show what would change")
    .addOption(diagnosticFormat("how fixes, and what they leave, are shown"))
    .action(async (files: string[], { model, set, dryRun, diff, format }: FixOptions) => {
      const { fixFiles } = await import("./commands/fix.ts");
      const mode = dryRun === true ? "list" : diff === true ? "diff" : "write";
      await finish(fixFiles({ files, model, params: set, mode, format }, terminal));
    });

  program
    .command("explain")
    .summary("tell about a diagnostic code")
    .description("Show what a diagnostic code means, with an example that fails and one that does not.")
    .argument("<code>", "for example GOV5001")
    .addOption(outputFormat())
    .action(async (code: string, { format }: { readonly format: OutputFormat }) => {
      const { explain } = await import("./commands/explain.ts");
      await finish(explain({ code, format }, terminal));
    });

  program
    .command("why")
    .summary("say what one example may teach, and which lines decide it")
    .description("Show the weight of one example on every band, and the rules that decide it.")
    .argument("<policy>")
    .requiredOption("--example <file or json>", "the example's metadata")
    .option("--layer <name>", "this layer of the model only")
    .option("--at <moment>", "for windows: `step 500`, `epoch 3`; the start when left out")
    .option("--model <file>", "in place of the model that the policy names")
    .addOption(settable())
    .addOption(diagnosticFormat(WITH_A_RESULT))
    .action(async (file: string, { set, example, layer, at, model, format }: WhyOptions) => {
      const { why } = await import("./commands/why.ts");
      await finish(why({ file, example, layer, at, model, params: set, format }, terminal));
    });

  program
    .command("diff")
    .summary("say how two policies differ in meaning")
    .description(
      "Show which weights, bounds, claims and records change from one policy to another, or from one folder of them to another, with an example of each change.",
    )
    .argument("<old>", "a policy or a folder, or one in a git revision: main:policies/a.gov")
    .argument("<new>", "the same, of the later one")
    .option(
      "--fail-on <kinds>",
      "exit with 2 when the change is looser (in any part), stricter, different, or any at all",
      collectRefused,
      [],
    )
    .option("--model <file>", "in place of the models that the policies name")
    .addOption(settable())
    .addOption(differenceFormat())
    .action(async (before: string, after: string, { failOn, model, set, format }: DiffOptions) => {
      const { diff } = await import("./commands/diff.ts");
      await finish(diff({ before, after, failOn, model, params: set, format }, terminal));
    });

  program
    .command("plan")
    .summary("lay a policy over a model")
    .description("Show which rules govern which parameters of a model, before anything is trained.")
    .argument("<policy>")
    .option("--model <file>", "in place of the model that the policy names")
    .addOption(settable())
    .option("--overlap", "show instead how the cohorts lie to each other, which takes no model")
    .addOption(diagnosticFormat(WITH_A_RESULT))
    .action(async (file: string, { model, set, overlap, format }: PlanOptions) => {
      const { plan } = await import("./commands/plan.ts");
      const shows = overlap === true ? "overlap" : "plan";
      await finish(plan({ file, model, params: set, shows, format }, terminal));
    });

  program
    .command("data")
    .summary("count what a policy makes of a data set")
    .description(
      "Count the examples of manifests (JSONL, CSV, Parquet) that a policy lets in, by cohort and by what they may teach each band.",
    )
    .argument("<manifests...>", "files with a record of metadata for each example")
    .requiredOption("--policy <file>", "the policy")
    .option("--refused <file>", "write every record that is not let in, as JSON Lines")
    .option("--max-refused <count>", "exit with 2 when more are rejected or quarantined", parseCount(0))
    .option("--at <moment>", "for windows: `step 500`, `epoch 3`; the start when left out")
    .addOption(
      new Option("--engine <name>", "who counts; `auto` is DuckDB where @duckdb/node-api is installed")
        .choices(DATA_ENGINES)
        .default("auto"),
    )
    .option("--model <file>", "in place of the model that the policy names")
    .addOption(settable())
    .addOption(diagnosticFormat(WITH_A_RESULT))
    .action(async (manifests: string[], options: DataOptions) => {
      const { data } = await import("./commands/data.ts");
      const { policy, refused, maxRefused: maximumRefused, at, engine, model, set: params, format } = options;
      await finish(
        data({ manifests, policy, refused, maximumRefused, at, engine, model, params, format }, terminal),
      );
    });

  program
    .command("compile")
    .summary("write a policy's compiled form")
    .description("Compile a policy to its intermediate representation, in canonical JSON.")
    .argument("<policy>")
    .option("-o, --output <file>", "where to write; standard output when left out")
    .option("--model <file>", "in place of the model that the policy names")
    .addOption(settable())
    .addOption(diagnosticFormat("how problems are shown on standard error"))
    .action(async (file: string, { output, model, set, format }: CompileOptions) => {
      const { compilePolicy } = await import("./commands/compile.ts");
      await finish(compilePolicy({ file, output, model, params: set, format }, terminal));
    });

  program
    .command("lsp")
    .summary("serve editors")
    .description("Speak the Language Server Protocol with an editor, over standard input and output.")
    .option("--stdio", "over standard input and output; there is no other way")
    // Editors add words of their own, such as --clientProcessId.
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async () => {
      const { serveEditor } = await import("./commands/lsp.ts");
      await finish(serveEditor());
    });
};

/** Of a command whose own output goes to standard output. */
const WITH_A_RESULT = "how problems are shown on standard error; with json the result is JSON, too";

interface PolicyOptions {
  readonly model?: string;
  readonly set: ParamTexts;
  readonly format: DiagnosticFormat;
}

interface PlanOptions extends PolicyOptions {
  readonly overlap?: true;
}

interface DataOptions extends PolicyOptions {
  readonly policy: string;
  readonly refused?: string;
  readonly maxRefused?: number;
  readonly at?: string;
  readonly engine: DataRequest["engine"];
}

interface DiffOptions {
  readonly failOn: readonly Refusable[];
  readonly model?: string;
  readonly set: ParamTexts;
  readonly format: DifferenceFormat;
}

interface CheckOptions extends PolicyOptions {
  readonly maxWarnings?: number;
  readonly override?: string;
  readonly quiet?: true;
  readonly stdinFilename?: string;
}

interface TestOptions extends PolicyOptions {
  readonly filter?: string;
  readonly threshold?: number;
  readonly coverage?: true;
  readonly watch?: true;
}

interface FormatOptions {
  readonly check?: true;
  readonly diff?: true;
  readonly format: DiagnosticFormat;
}

interface FixOptions extends PolicyOptions {
  readonly dryRun?: true;
  readonly diff?: true;
}

interface WhyOptions extends PolicyOptions {
  readonly example: string;
  readonly layer?: string;
  readonly at?: string;
}

interface CompileOptions extends PolicyOptions {
  readonly output?: string;
}
