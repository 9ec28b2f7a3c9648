/** Policies as a git revision has them: `main:policies/a.gov`, as git itself writes it. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { suggestName } from "../source/nearest.ts";
import type { FileTree } from "./file-tree.ts";
import { isPassedOver } from "./find.ts";
import type { LoadProblem } from "./load.ts";
import { decodeText } from "./read.ts";

/** A file or a folder of a revision. */
export interface RevisionPath {
  readonly kind: "revision";
  /** `main`, `HEAD~1`. */
  readonly revision: string;
  /** Where it lies in the working tree, or would. */
  readonly path: string;
  readonly files: FileTree;
  /** Of a folder, every `.gov` file in and below it, in full and as `findPolicies` has it on disk. */
  readonly policies?: readonly string[];
}

/**
 * Reads `REVISION:PATH`, the path from the repository's top or, with `./`, from the working directory. Undefined for
 * what names a file on disk, and for drives (`C:\policies\a.gov`).
 */
export function openRevision(text: string, workingDirectory: string): RevisionPath | LoadProblem | undefined {
  const [, revision, path] = /^([^:]{2,}):(.*)$/s.exec(text) ?? [];
  if (revision === undefined || path === undefined) return undefined;
  const onDisk = resolve(workingDirectory, text);
  if (existsSync(onDisk)) return undefined;
  const top = git(workingDirectory, ["rev-parse", "--show-cdup"]);
  if (top.kind === "failed")
    return { kind: "problem", path: onDisk, problem: `git cannot tell its repository: ${top.reason}` };
  const repository = resolve(workingDirectory, sayLine(top.output));
  const commit = git(repository, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  ]);
  if (commit.kind === "failed") {
    const help = "fetch it first; a checkout in CI is often shallow, and takes `fetch-depth: 0`";
    return { kind: "problem", path: onDisk, problem: `git knows no revision \`${revision}\``, help };
  }
  const full = resolve(/^\.\.?(?:\/|$)/.test(path) ? workingDirectory : repository, path);
  const hash = sayLine(commit.output);
  const policies = listPolicies(repository, hash, full);
  return {
    ...{ kind: "revision", revision, path: full, files: filesOf(repository, hash, revision) },
    ...(policies && { policies }),
  };
}

/** Undefined where the revision has no such folder. */
function listPolicies(repository: string, commit: string, folder: string): readonly string[] | undefined {
  const inside = relative(repository, folder).split(sep).join("/");
  const listed = git(repository, ["ls-tree", "-r", "-z", `${commit}:${inside}`]);
  if (listed.kind === "failed") return undefined;
  return listed.output
    .toString()
    .split("\0")
    .flatMap((line) => /^100\d+ blob \w+\t(.+\.gov)$/s.exec(line)?.[1] ?? [])
    .filter((path) => !path.split("/").slice(0, -1).some(isPassedOver))
    .map((path) => join(folder, path));
}

function filesOf(repository: string, commit: string, revision: string): FileTree {
  const inside = (path: string): string => relative(repository, path).split(sep).join("/");
  const list = (folder: string): readonly string[] => {
    const listed = git(repository, ["ls-tree", "-z", "--name-only", `${commit}:${inside(folder)}`]);
    return listed.kind === "failed" ? [] : listed.output.toString().split("\0");
  };
  return {
    readText: (path) => {
      // The bytes as they were committed: no filter of the user's configuration runs.
      const blob = git(repository, ["cat-file", "blob", `${commit}:${inside(path)}`]);
      if (blob.kind === "done") return decodeText(blob.output);
      const folder = join(path, "..");
      const help = suggestName(inside(path).split("/").at(-1) ?? "", list(folder));
      return {
        ...{ kind: "missing", problem: `there is no such file in \`${revision}\`` },
        ...(help !== undefined && { help }),
      };
    },
    // Probes are rarely committed: of their absence from a revision nothing follows.
    list,
  };
}

type GitAnswer =
  { readonly kind: "done"; readonly output: Buffer } | { readonly kind: "failed"; readonly reason: string };

function git(folder: string, words: readonly string[]): GitAnswer {
  try {
    const output = execFileSync("git", words, {
      ...{ cwd: folder, stdio: ["ignore", "pipe", "pipe"], maxBuffer: LARGEST_FILE },
    });
    return { kind: "done", output };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT") return { kind: "failed", reason: "git is not installed" };
    const said = "stderr" in error ? sayLine(String(error.stderr)) : "";
    return { kind: "failed", reason: said === "" ? error.message : said };
  }
}

const LARGEST_FILE = 256 * 2 ** 20;

function sayLine(output: Buffer | string): string {
  return output.toString().split("\n")[0]?.trim() ?? "";
}
