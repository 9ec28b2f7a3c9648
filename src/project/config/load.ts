/** `gov.config.json`: what a project makes of findings, kept outside of the policies. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { LoadProblem } from "../load.ts";
import { readText } from "../read.ts";
import { DEFAULT_CONFIG, type ProjectConfig } from "./config.ts";

const CONFIG_FILE = "gov.config.json";

/** The configuration that holds for a policy: the nearest file of that name in its folder or above it. */
export async function loadConfig(policy: string): Promise<ProjectConfig | LoadProblem> {
  const path = findConfig(policy);
  if (path === undefined) return DEFAULT_CONFIG;
  const read = readText(path);
  if (read.kind !== "text") return { ...read, kind: "problem", path };
  // Loaded where there is something to validate: most checks have no such file, and start faster.
  const { readConfig } = await import("./read.ts");
  return readConfig(read.text, path);
}

/** The path of the configuration that holds for a policy. */
export function findConfig(policy: string): string | undefined {
  for (let folder = dirname(resolve(policy)); ; folder = dirname(folder)) {
    const path = join(folder, CONFIG_FILE);
    // Asked first, because what is missing on the way up is no problem for which near names need to be found.
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}
