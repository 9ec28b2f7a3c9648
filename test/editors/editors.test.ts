/** Neovim and Emacs, run for real with the set-ups of docs/editors.md, word for word. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const GUIDE = readFileSync(new URL("../../docs/editors.md", import.meta.url), "utf8");
const COMMAND = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

/** Line 8 has a mistake; the layout is loose. */
const POLICY = `policy a

example { label: int in 0..9 }
band top=rest

cohort low = label in 0..4

route lw -> top: block
`;
const LAID_OUT = POLICY.replace("example { label: int in 0..9 }", "example {\n  label: int in 0..9\n}")
  .replace("top=rest", "top = rest")
  .replace("route lw", "route low");

/** What came of the session, as its script wrote it. */
interface Session {
  readonly diagnostics: readonly unknown[];
  readonly hover?: string;
  readonly completion: readonly string[];
  readonly formatted: string;
  readonly errors: number;
  readonly renamed: string;
  readonly problem?: string;
}

const neovim = versionOf("nvim");
const emacs = versionOf("emacs");
const hasEglot =
  emacs !== undefined &&
  spawnSync("emacs", ["--batch", "--eval", "(progn (package-initialize) (require 'eglot))"]).status === 0;
if (neovim === undefined) console.warn("SKIPPED: Neovim is not here (apt-get install neovim)");
if (!hasEglot) console.warn("SKIPPED: Emacs with eglot is not here (apt-get install emacs-nox elpa-eglot)");

test.skipIf(neovim === undefined)("Neovim, as the guide sets it up", () => {
  const [, minor = 0] = neovim ?? [];
  const [current = "", older = ""] = blocksOf("Neovim", "lua");
  const folder = projectFolder();
  writeFileSync(join(folder, "init.lua"), minor >= 11 ? current : older);
  const script = fileURLToPath(new URL("neovim.lua", import.meta.url));
  const session = runEditor(folder, "nvim", [
    ...["--headless", "-i", "NONE", "-n", "-u", join(folder, "init.lua")],
    ...[join(folder, "policy.gov"), "-c", `luafile ${script}`],
  ]);
  expect(session).toMatchObject({ filetype: "gov", diagnostics: [{ line: 8 }] });
  examine(session);
});

test.skipIf(!hasEglot)("Emacs, as the guide sets it up", () => {
  const [setup = ""] = blocksOf("Emacs", "elisp");
  const folder = projectFolder();
  writeFileSync(join(folder, "init.el"), setup);
  const script = fileURLToPath(new URL("emacs.el", import.meta.url));
  const session = runEditor(folder, "emacs", [
    ...["--batch", "--eval", "(package-initialize)", "-l", join(folder, "init.el"), "-l", script],
  ]);
  expect(session).toMatchObject({ mode: "gov-mode" });
  examine(session);
});

/** What every editor shows, and makes of the text. */
function examine({ problem, diagnostics, hover, completion, formatted, errors, renamed }: Session): void {
  expect(problem).toBeUndefined();
  expect(JSON.stringify(diagnostics)).toContain("there is no cohort `lw`");
  expect(hover).toContain("label in 0..4");
  expect(completion).toEqual(expect.arrayContaining(["low", "all"]));
  expect(formatted).toBe(LAID_OUT);
  expect(errors).toBe(0);
  expect(renamed).toBe(LAID_OUT.replace("cohort low", "cohort small").replace("route low", "route small"));
}

/** The blocks of code in a part of the guide. */
function blocksOf(heading: string, language: string): readonly string[] {
  const [, part = ""] = GUIDE.split(`\n## ${heading}\n`);
  const [own = ""] = part.split("\n## ");
  return [...own.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, "g"))].map(([, code = ""]) => code);
}

/** A project with a policy, and a folder with the command `gov`. */
function projectFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gov-editor-"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/gov"), `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`);
  chmodSync(join(folder, "bin/gov"), 0o755);
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "policy.gov"), POLICY);
  return folder;
}

function runEditor(folder: string, program: string, words: readonly string[]): Session {
  const result = join(folder, "result.json");
  const env = {
    ...process.env,
    PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    GOV_RESULT: result,
    GOV_POLICY: join(folder, "policy.gov"),
  };
  execFileSync(program, words, { cwd: folder, env, timeout: 110_000, stdio: "pipe" });
  return JSON.parse(readFileSync(result, "utf8")) as Session;
}

/** The version of an editor, number by number; undefined where it is not here. */
function versionOf(program: string): readonly number[] | undefined {
  const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (status !== 0) return undefined;
  return (/(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number);
}
