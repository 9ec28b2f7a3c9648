/**
 * As much of GitHub's runner as action.yml takes: expressions over inputs and steps, `if`, the environment of a step
 * and the files that steps write to. What the steps run is run for real, in bash.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

/**
 * @param action The folder of action.yml.
 * @param workspace The checkout that the workflow works in.
 * @param inputs What the workflow says under `with`.
 * @param github The context of that name.
 * @returns By the id of each step that was run: what it printed, its exit code and outputs; and the job's page.
 */
export function runAction({ action, workspace, inputs = {}, github = {} }) {
  const { inputs: declared, runs } = parse(readFileSync(join(action, "action.yml"), "utf8"));
  for (const name of Object.keys(inputs)) if (!(name in declared)) throw new Error(`no input ${name}`);
  const context = { github: { base_ref: "", ...github }, inputs: {}, steps: {} };
  for (const [name, { default: fallback }] of Object.entries(declared))
    context.inputs[name] = String(inputs[name] ?? substitute(fallback, context));
  const folder = mkdtempSync(join(workspace, "..", "runner-"));
  const summary = join(folder, "summary.md");
  for (const step of runs.steps) {
    if (step.if !== undefined && substitute(step.if, context) !== "true") continue;
    if (step.shell !== "bash") throw new Error(`${step.id} is run by ${step.shell}`);
    const output = join(folder, `output-${step.id}`);
    writeFileSync(output, "");
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, substitute(value, context)]);
    const ran = spawnSync("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step.run], {
      cwd: resolve(workspace, substitute(step["working-directory"] ?? ".", context)),
      encoding: "utf8",
      env: {
        ...{ PATH: process.env.PATH, HOME: process.env.HOME, GITHUB_ACTIONS: "true", CI: "true" },
        ...{ GITHUB_WORKSPACE: workspace, GITHUB_ACTION_PATH: action },
        ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
        ...Object.fromEntries(own),
      },
    });
    const outputs = Object.fromEntries(
      readFileSync(output, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const { status, stdout, stderr } = ran;
    context.steps[step.id] = {
      ...{ outcome: status === 0 ? "success" : "failure", outputs },
      ...{ status, stdout, stderr, annotations: annotationsIn(stdout) },
    };
  }
  return { steps: context.steps, summary: existsSync(summary) ? readFileSync(summary, "utf8") : "" };
}

/** Each expression of a text by its value. */
function substitute(text, context) {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression) => String(evaluate(expression, context)));
}

/** The few words of GitHub's expressions that the action uses, as JavaScript. */
function evaluate(expression, { github, inputs, steps }) {
  const script = expression
    .replace(/\binputs\.([\w-]+)/g, (_, name) => `inputs[${JSON.stringify(name)}]`)
    .replaceAll("==", "===");
  return new Function("github", "inputs", "steps", "cancelled", `return (${script})`)(
    ...[github, inputs, steps, () => false],
  );
}

/** What GitHub would show beside lines: `error a.gov:3 the title`. */
function annotationsIn(text) {
  return [...text.matchAll(/^::(error|warning|notice) (.*?)::/gm)].map(([, kind, properties]) => {
    const {
      file,
      line,
      title = "",
    } = Object.fromEntries(properties.split(",").map((property) => property.split("=")));
    return `${kind} ${file}:${line ?? ""} ${decodeURIComponent(title)}`;
  });
}
