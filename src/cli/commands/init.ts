import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageFile } from "../../project/package.ts";
import { readText } from "../../project/read.ts";
import { showPath } from "../../project/root.ts";
import { writeText } from "../../project/write.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { InitRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** `gov init`: writes the first example of the package where somebody wants to begin. */
export async function init({ folder, existing }: InitRequest, terminal: Terminal): Promise<number> {
  const { out, colors, workingDirectory } = terminal;
  const target = resolve(workingDirectory, folder);
  const present = STARTER.filter((name) => existsSync(join(target, name)));
  if (existing === "keep" && present.length > 0) {
    const names = present.map((name) => `\`${showPath(join(target, name), workingDirectory)}\``);
    const verb = present.length === 1 ? "is" : "are";
    return fail(
      terminal,
      `${names.join(", ")} ${verb} there already`,
      "nothing was written; name another folder (gov init NAME), or replace them with --force",
    );
  }
  for (const name of STARTER) {
    const read = readText(packageFile(`examples/00-starter/${name}`));
    if (read.kind !== "text") throw new Error(`the package lacks examples/00-starter/${name}`);
    const path = join(target, name);
    const problem = writeText(path, read.text);
    if (problem !== undefined)
      return fail(terminal, problem, "name a folder that is there or can be made: gov init NAME");
    out(`${colors.green("wrote")} ${escapeControls(showPath(path, workingDirectory))}\n`);
  }
  const at = (name: string): string => quote(showPath(join(target, name), workingDirectory));
  const example = `'{"id": "a", "reviewed": false}'`;
  out(`\nNext:\n`);
  for (const [command, purpose] of [
    [`gov check ${at("policy.gov")}`, "is the policy right, and do its claims hold?"],
    [`gov why ${at("policy.gov")} --example ${example}`, "what may such an example teach?"],
    [`gov run ${at("experiment.js")} --baseline`, "train under it, and once without, to compare"],
  ])
    out(`  ${colors.bold(command ?? "")}\n      ${purpose ?? ""}\n`);
  return EXIT.clean;
}

const STARTER = ["policy.gov", "experiment.js", "README.md"] as const;

/** As a shell takes it. */
function quote(path: string): string {
  return /^[\w./\\:@-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
