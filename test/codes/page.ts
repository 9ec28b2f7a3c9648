/** The pages of the codes, docs/codes/<code>.md, as data. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { CompileInput } from "../../src/compile.ts";
import { keyOf } from "../check/sources.ts";

const folder = fileURLToPath(new URL("../../docs/codes/", import.meta.url));

/** What the pages' names say. */
export function pageCodes(): readonly string[] {
  return readdirSync(folder).map((name) => name.replace(/\.md$/, ""));
}

export interface Page {
  readonly text: string;
  readonly heading: string;
  readonly fails: Example | undefined;
  readonly fixed: Example | undefined;
}

/**
 * A section's first block in Gov is the policy. A line such as "`model.json`:" before a block names another file, and a
 * command in a block for the shell may set params.
 */
export type Example = CompileInput & { readonly policy: string };

export function readPage(code: string): Page {
  const text = readFileSync(`${folder}${code}.md`, "utf8");
  const [, fails] = /\n## Fails\n([^]*?)(?=\n## |$)/.exec(text) ?? [];
  const [, fixed] = /\n## Fixed\n([^]*?)(?=\n## |$)/.exec(text) ?? [];
  return {
    text,
    heading: text.slice(0, text.indexOf("\n")),
    fails: fails === undefined ? undefined : readExample(fails),
    fixed: fixed === undefined ? undefined : readExample(fixed),
  };
}

function readExample(section: string): Example {
  const blocks = [...section.matchAll(/(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n([^]*?)^```$/gm)];
  const files = blocks.flatMap(([, name, language, text = ""]) =>
    language === "sh" ? [] : [[keyOf(name ?? "policy.gov"), text] as const],
  );
  const commands = blocks.filter(([, , language]) => language === "sh").map(([, , , text = ""]) => text);
  const settings = [...commands.join("\n").matchAll(/--set (\w+)=(\S+)/g)];
  const sources = new Map(files);
  return {
    entry: "policy.gov",
    sources,
    present: new Set(sources.keys()),
    params: new Map(settings.map(([, name = "", value = ""]) => [name, value])),
    policy: sources.get("policy.gov") ?? "",
  };
}
