import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";

/** Beyond so many, a folder is taken to be no project of policies. */
const MOST_FILES = 5_000;

/** The files of a project that policies have to do with: policies, models and probes. */
export function listFiles(root: string): readonly string[] {
  const found: string[] = [];
  const folders = [root];
  let seen = 0;
  for (const folder of folders) {
    for (const entry of entriesOf(folder)) {
      seen += 1;
      if (seen > MOST_FILES) return found;
      const path = join(folder, entry.name);
      if (entry.isFile() && /\.(?:gov|json|jsonl)$/.test(entry.name)) found.push(path);
      const isPassedOver = entry.name.startsWith(".") || PASSED_OVER.has(entry.name);
      if (entry.isDirectory() && !isPassedOver) folders.push(path);
    }
  }
  return found;
}

const PASSED_OVER: ReadonlySet<string> = new Set(["node_modules", "dist", "runs"]);

/** None where the folder may not be read. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((left, right) =>
      left.name < right.name ? -1 : 1,
    );
  } catch {
    return [];
  }
}
