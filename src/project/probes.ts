import { join } from "node:path";
import type { Behavior } from "../check/policy.ts";
import { resolvePath } from "../source/path.ts";
import type { ProbeText } from "../runtime/probes.ts";
import type { LoadedPolicy } from "./load.ts";
import { readText } from "./read.ts";

/** The files of probes, each relative to the file of the policy that names it, by the name of the behaviour. */
export function loadProbes(
  behaviors: readonly Behavior[],
  { root }: Pick<LoadedPolicy, "root">,
): ReadonlyMap<string, ProbeText> {
  return new Map(behaviors.map((behavior) => [behavior.name, loadProbe(behavior, root)]));
}

function loadProbe({ probe, span }: Behavior, root: string): ProbeText {
  const path = resolvePath(span.file, probe);
  if (path === undefined) return { kind: "problem", problem: `\`${probe}\` lies outside the project` };
  const read = readText(join(root, path));
  if (read.kind === "text") return { kind: "text", text: read.text };
  return {
    kind: "problem",
    problem: read.kind === "missing" ? `there is no file \`${probe}\`` : read.problem,
    ...(read.help !== undefined && { help: read.help }),
  };
}
