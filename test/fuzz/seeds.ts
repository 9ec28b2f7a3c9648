/** The texts that a fuzz run starts from: the corpus, the library with its tests, the examples, and the pages of the codes. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Seeds {
  readonly texts: readonly string[];
  /** The library as imports find it: `std/…` to text. */
  readonly library: ReadonlyMap<string, string>;
}

export function readSeeds(): Seeds {
  const policies = ["test/corpus", "stdlib", "examples"].flatMap((folder) => filesIn(folder, ".gov"));
  const pages = filesIn("docs/codes", ".md").flatMap((page) =>
    [...page.text.matchAll(/^```gov\n([^]*?)^```$/gm)].map(([, text = ""]) => text),
  );
  const library = filesIn("stdlib", ".gov").filter(({ path }) => !path.includes("tests"));
  return {
    texts: [...new Set([...policies.map(({ text }) => text), ...pages])],
    library: new Map(library.map(({ path, text }) => [`std/${path.replace(/\.gov$/, "")}`, text])),
  };
}

function filesIn(
  folder: string,
  ending: string,
): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending) && !path.includes("node_modules"))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(ROOT, folder, path), "utf8") }));
}
