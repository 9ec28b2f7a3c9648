/**
 * `docs/stdlib.md`, written from what the library's modules say about themselves. `npm run generate` writes it anew; a
 * test compares it.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import type { Field } from "../src/check/policy.ts";
import { showType } from "../src/check/types.ts";
import { compile } from "../src/compile.ts";
import { loadPolicy } from "../src/project/load.ts";
import type { Declaration } from "../src/syntax/ast.ts";
import type { ParsedFile } from "../src/syntax/parse.ts";

const LIBRARY = fileURLToPath(new URL("../stdlib", import.meta.url));
const PAGE = fileURLToPath(new URL("stdlib.md", import.meta.url));

const OPENING = `# The standard library

<!-- Written by \`npm run generate\` from the comments in stdlib/*.gov: change those. -->

Modules in Gov that a policy imports by name: \`import { finite_loss } from "std/guards"\`. Their rules come into force only through \`apply\`, with your bands and limits as arguments; cohorts and profiles are used by name. A module says which fields of your examples it reads, and importing it makes them part of your policy's \`example\` block: a field that you declare yourself must have the same type. A field with \`?\` may be absent.

Every module has its tests in \`stdlib/tests\`, which show each name at work. Limits and shares that rulesets start with are places to begin, not findings.

`;

/** The text of the page. */
export async function writeLibraryPage(): Promise<string> {
  const modules = readdirSync(LIBRARY)
    .filter((name) => name.endsWith(".gov"))
    .toSorted()
    .map((name) => readModule(name));
  const contents = modules.map(({ name, title }) => `| [\`${name}\`](#${anchorOf(name)}) | ${title} |`);
  const text = [
    OPENING,
    ["| Module | |", "| --- | --- |", ...contents].join("\n"),
    ...modules.map(({ section }) => section),
  ].join("\n\n");
  return format(text, { ...(await resolveConfig(PAGE)), parser: "markdown" });
}

interface ModulePage {
  /** As it is imported. */
  readonly name: string;
  readonly title: string;
  readonly section: string;
}

function readModule(path: string): ModulePage {
  const loaded = loadPolicy(path, LIBRARY);
  if (loaded.kind === "problem") throw new Error(loaded.problem);
  const { files, policy } = compile(loaded);
  const parsed = files.get(loaded.entry);
  if (parsed === undefined || policy === undefined) throw new Error(`${path} does not check`);
  const name = `std/${path.replace(/\.gov$/, "")}`;
  const title = parsed.file.header?.title?.value ?? "";
  const entries = parsed.file.declarations.flatMap((declaration) => describe(declaration, parsed));
  const section = [
    `## ${name}`,
    `_${title}._ ${openingOf(parsed)}`,
    needsOf(policy.example.fields),
    entries.join("\n"),
  ].join("\n\n");
  return { name, title, section };
}

/** The documentation above the header, which belongs to the module as a whole. */
function openingOf({ file, comments }: ParsedFile): string {
  const start = file.header?.span.start ?? 0;
  return comments
    .filter(({ placement, span }) => placement === "documentation" && span.start < start)
    .map(({ text }) => text.replace(/^\/\/\/ ?/, ""))
    .join(" ");
}

function needsOf(fields: readonly Field[]): string {
  if (fields.length === 0) return "Reads no field of an example.";
  const list = fields.map(
    ({ name, type, optional }) => `\`${name}: ${showType(type)}${optional ? "?" : ""}\``,
  );
  return `Reads ${list.join(", ")}.`;
}

/** A line of the list for each name that can be imported. */
function describe(declaration: Declaration, { source }: ParsedFile): readonly string[] {
  if (!("name" in declaration)) return [];
  const written = source.text.slice(declaration.span.start, declaration.span.end);
  const documentation = declaration.documentation?.replaceAll("\n", " ") ?? "";
  return [`- \`${signatureOf(declaration, written)}\`: ${documentation}`];
}

/** What a reader must know to use it: a ruleset's parameters, a profile's weights, a param's value. */
function signatureOf(declaration: Declaration & { readonly name: unknown }, written: string): string {
  const flat = written.replaceAll(/\s+/g, " ");
  switch (declaration.kind) {
    case "RulesetDeclaration":
      return flat.slice(0, flat.indexOf(")") + 1);
    case "CohortDeclaration":
      return flat.slice(0, flat.indexOf(" ="));
    default:
      return flat;
  }
}

/** As GitHub makes it of a heading. */
function anchorOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9-]/g, "");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, await writeLibraryPage());
