/** action.yml out of the package, in a pull request to a repository of policies. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { runAction } from "./action-runner.js";

const POLICY = `policy gate

example {
  id: string
  label: int in 0..9
}

band top = layers "top"

cohort low = label in 0..4

route low -> top: block

test "a four teaches nothing" {
  given { label: 4 }
  expect top: block
}
`;

/**
 * @param action The folder of action.yml in the installed package.
 * @param folder Where files may be written.
 */
export function checkAction(action, folder) {
  checkDefinition(action);

  const kept = pullRequest(folder, {});
  const clean = runAction({ action, workspace: kept, github: { base_ref: "main" } });
  assert.deepEqual(exitCodes(clean), { gov: 0, check: 0, fmt: 0, test: 0, diff: 0 });
  for (const said of [
    "gov check: no problems in 2 files",
    "gov test: 2 passed",
    "2 policies compared: 2 equivalent",
  ])
    assert(plain(clean.summary).includes(said), `the job's page says ${said}:\n${clean.summary}`);
  assert.deepEqual(annotations(clean), []);

  const loosened = POLICY.replace("0..4", "0..3")
    .replace("  id: string\n", "  id:   string\n")
    .concat("\ncohort idle = label == 9\n");
  const changed = pullRequest(folder, { "policies/gate.gov": loosened, "policies/other.gov": undefined });
  const inputs = { files: "policies\n", "max-warnings": 0, "sarif-file": "gov.sarif" };
  const found = runAction({ action, workspace: changed, inputs, github: { base_ref: "main" } });
  assert.deepEqual(exitCodes(found), { gov: 0, check: 2, fmt: 4, test: 2, diff: 2 });
  assert.deepEqual(
    annotations(found).map((line) => line.replace(/(:\d+ [A-Z]+\d+|looser): .*/, "$1")),
    [
      "warning policies/gate.gov:19 GOV2013",
      "error policies/gate.gov:4 GOV7005",
      "error policies/gate.gov:16 GOV5010",
      "warning policies/gate.gov: looser",
      ...Array(3).fill("warning policies/other.gov: looser"),
    ],
  );
  const { version, runs } = JSON.parse(readFileSync(join(changed, "gov.sarif"), "utf8"));
  assert.deepEqual([version, runs[0].results.map(({ ruleId }) => ruleId)], ["2.1.0", ["GOV2013"]]);
  for (const [id, { status, outputs }] of Object.entries(found.steps))
    if (id !== "gov") assert.equal(outputs["exit-code"], String(status), `the output of ${id}`);

  const wrong = pullRequest(folder, { "policies/gate.gov": POLICY.replace("route low", "route lwo") });
  const refused = runAction({
    action,
    workspace: wrong,
    inputs: { diff: false, "working-directory": "policies" },
  });
  assert.deepEqual(exitCodes(refused), { gov: 0, check: 3, fmt: 0, test: 3 });
  assert(
    annotations(refused).some((line) => line.startsWith("error policies/gate.gov:12 GOV2")),
    annotations(refused).join("\n"),
  );

  const alone = runAction({ action, workspace: kept, inputs: { check: false, fmt: false, test: false } });
  assert.deepEqual(exitCodes(alone), { gov: 0, diff: 0 });
  assert.match(alone.steps.diff.stdout, /^no base to compare with/);

  const added = pullRequest(folder, { "more/new.gov": POLICY });
  const fresh = runAction({
    action,
    workspace: added,
    inputs: { files: "more", base: "main", "fail-on": "any" },
  });
  assert.match(fresh.steps.diff.stdout, /^more is not in origin\/main: there is nothing to compare it with/);
  assert.deepEqual(exitCodes(fresh), { gov: 0, check: 0, fmt: 0, test: 0, diff: 0 });

  checkHostileInputs(action, folder);
  console.log("ok  the action, from the package");
}

/** The same out of a checkout of the repository, which the action builds first. */
export function checkActionInCheckout(action, folder) {
  const workspace = pullRequest(folder, {});
  const { steps } = runAction({ action, workspace, github: { base_ref: "main" } });
  assert.deepEqual(exitCodes({ steps }), { gov: 0, check: 0, fmt: 0, test: 0, diff: 0 }, steps.gov.stderr);
  console.log("ok  the action, from a checkout");
}

/** Nothing that a workflow, a branch or a file is called is run, or taken for an option. */
function checkHostileInputs(action, folder) {
  const script = "\"; touch pwned; echo $(touch pwned) `touch pwned` '; touch pwned #";
  const workspace = pullRequest(folder, {
    "--override=x.gov": POLICY,
    "$(touch pwned); `touch pwned`.gov": POLICY,
  });
  const names = runAction({ action, workspace, inputs: { base: "main" } });
  assert.deepEqual(exitCodes(names), { gov: 0, check: 0, fmt: 0, test: 0, diff: 0 });
  const files = "--override=x.gov\n$(touch pwned); `touch pwned`.gov";
  const named = runAction({ action, workspace, inputs: { files, base: "main" } });
  assert.deepEqual(exitCodes(named), { gov: 0, check: 0, fmt: 0, test: 0, diff: 0 });
  for (const name of [
    "files",
    "base",
    "fail-on",
    "max-warnings",
    "threshold",
    "model",
    "set",
    "sarif-file",
  ]) {
    const inputs = { base: "main", [name]: script };
    const { steps } = runAction({ action, workspace, inputs });
    assert(
      name === "sarif-file" || Object.values(steps).some(({ status }) => status === 1),
      `${name} as a script is refused`,
    );
  }
  const option = runAction({ action, workspace, inputs: { base: "--upload-pack=touch pwned" } });
  assert.equal(option.steps.diff.status, 1);
  assert(!existsSync(join(workspace, "pwned")), "no input is run");
}

/** The definition holds together, and is told of in the documentation. */
function checkDefinition(action) {
  const text = readFileSync(join(action, "action.yml"), "utf8");
  const { inputs, outputs, runs } = parse(text);
  const manual = readFileSync(new URL("../../docs/ci.md", import.meta.url), "utf8");
  const steps = JSON.stringify(runs.steps);
  for (const [name, { description }] of Object.entries(inputs)) {
    assert(description, `input ${name} is described`);
    assert(steps.includes(`inputs.${name}`), `input ${name} is used`);
    assert(manual.includes(`| \`${name}\``), `input ${name} is in docs/ci.md`);
  }
  for (const [name, { description }] of Object.entries(outputs))
    assert(description, `output ${name} is described`);
  for (const { id, run } of runs.steps) assert(!run.includes("${{"), `no expression in the script of ${id}`);
}

/** A shallow checkout of a pull request's branch, as actions/checkout makes it: the base has to be fetched. */
function pullRequest(folder, changes) {
  const place = mkdtempSync(join(folder, "pull-"));
  const [origin, workspace] = [join(place, "origin"), join(place, "workspace")];
  const git = (...words) =>
    execFileSync("git", ["-C", origin, "-c", "user.name=a", "-c", "user.email=a@b", ...words], {
      stdio: "pipe",
    });
  mkdirSync(origin);
  git("init", "--quiet", "--initial-branch", "main");
  write(origin, { "policies/gate.gov": POLICY, "policies/other.gov": POLICY.replace("gate", "other") });
  git("add", ".");
  git("commit", "--quiet", "--message", "base");
  git("switch", "--quiet", "--create", "pull");
  write(origin, changes);
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", "change");
  const clone = [
    "clone",
    "--quiet",
    "--depth=1",
    "--single-branch",
    "--branch=pull",
    `file://${origin}`,
    workspace,
  ];
  execFileSync("git", clone, { stdio: "pipe" });
  return workspace;
}

/** Files by their texts; one without a text is removed. */
function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);
  }
}

function exitCodes({ steps }) {
  return Object.fromEntries(Object.entries(steps).map(([id, { status }]) => [id, status]));
}

function annotations({ steps }) {
  return Object.values(steps).flatMap((step) => step.annotations);
}

/** Without the escapes of Markdown. */
function plain(markdown) {
  return markdown.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}
