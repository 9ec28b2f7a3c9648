/**
 * The steps of action.yml: `node action.js check|fmt|test|diff`. Inputs come in the environment and go to `gov` as
 * words of a list, after the options and behind `--`, so that none of them can be taken for anything else.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const GOV = fileURLToPath(new URL("gov.js", import.meta.url));

const files = lines("FILES");
const settings = [
  ...option("--model", input("MODEL")),
  ...lines("SET").flatMap((setting) => option("--set", setting)),
];

const COMMANDS = {
  check: () => {
    const words = ["check", ...settings, ...option("--max-warnings", input("MAX_WARNINGS"))];
    const sarif = input("SARIF_FILE");
    if (sarif !== "") {
      const { stdout } = run([...words, "--format", "sarif", "--", ...files], ["ignore", "pipe", "ignore"]);
      writeFileSync(sarif, stdout);
    }
    return gov([...words, "--format", "github", "--", ...files]);
  },
  fmt: () => gov(["fmt", "--check", "--format", "github", "--", ...files]),
  test: () => {
    const words = ["test", ...settings, ...option("--threshold", input("THRESHOLD"))];
    return gov([...words, "--format", "github", "--", ...files]);
  },
  diff: () => {
    const base = findBase(input("BASE"));
    if (base === undefined) return 0;
    const words = ["diff", ...settings, ...option("--fail-on", input("FAIL_ON")), "--format", "github"];
    return Math.max(0, ...files.map((file) => compare(base, relative(".", file) || ".", words)));
  },
};

const command = COMMANDS[process.argv[2]];
if (command === undefined) throw new Error(`action.js knows ${Object.keys(COMMANDS).join(", ")}`);
process.exitCode = command();
// A runner sets it; whoever tries the step by hand need not.
if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `exit-code=${process.exitCode}\n`);

/** A path that is new has nothing to be looser than. */
function compare(base, path, words) {
  const earlier = `${base}:./${path.replaceAll("\\", "/")}`;
  if (isRevision(base) && git(["cat-file", "-e", earlier]).status !== 0) {
    console.log(`${path} is not in ${base}: there is nothing to compare it with`);
    return 0;
  }
  return gov([...words, "--", earlier, path]);
}

/** The revision to compare with: the branch as the remote has it, fetched where the checkout is shallow. */
function findBase(base) {
  if (base === "") {
    console.log("no base to compare with: this is no pull request, and `base` is empty");
    return undefined;
  }
  const branch = `origin/${base}`;
  const known = [branch, base].find(isRevision);
  if (known !== undefined) return known;
  if (fetch(`+refs/heads/${base}:refs/remotes/${branch}`)) return branch;
  if (fetch(base)) return isRevision(base) ? base : "FETCH_HEAD";
  // `gov diff` says that there is no such revision.
  return base;
}

function fetch(source) {
  const words = ["fetch", "--quiet", "--no-tags", "--depth=1", "--end-of-options", "origin", source];
  return git(words).status === 0;
}

function isRevision(name) {
  return git(["rev-parse", "--quiet", "--verify", "--end-of-options", `${name}^{commit}`]).status === 0;
}

function git(words) {
  return spawnSync("git", words, { stdio: "ignore" });
}

function gov(words) {
  return run(words, "inherit").status ?? 1;
}

function run(words, stdio) {
  const ran = spawnSync(process.execPath, [GOV, ...words], { stdio, maxBuffer: 2 ** 30 });
  if (ran.error) throw ran.error;
  return ran;
}

function input(name) {
  return (process.env[name] ?? "").trim();
}

function lines(name) {
  return input(name)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** With `=`, a value that begins with a dash is a value still. */
function option(name, value) {
  return value === "" ? [] : [`${name}=${value}`];
}
