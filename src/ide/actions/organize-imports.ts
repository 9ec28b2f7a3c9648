import type { Import, ImportedName } from "../../syntax/ast.ts";
import { spanAt } from "../../source/text.ts";
import { writeString } from "../../syntax/string-text.ts";
import type { Action, ActionSetting } from "./action.ts";

/** Imports in order, one for each module, without names that are not used: the library first. */
export function offerOrganizedImports({ draft }: ActionSetting): readonly Action[] {
  const { source, file, comments } = draft.parsed;
  const [first, last] = [file.imports[0], file.imports.at(-1)];
  if (first === undefined || last === undefined || !draft.parsed.complete) return [];
  const { start } = first.span;
  const { end } = last.span;
  // A comment among imports has its place, and sorting would lose it.
  if (comments.some(({ span }) => start < span.start && span.end < end)) return [];
  const organized = organize(file.imports, unusedNames(draft));
  if (organized === source.text.slice(start, end)) return [];
  const edits = [{ span: spanAt(source, start, end), replacement: organized }];
  return [{ title: "organize imports", kind: "source.organizeImports", edits }];
}

function unusedNames({ compilation }: ActionSetting["draft"]): ReadonlySet<number> {
  const unused = compilation.diagnostics.filter(({ code }) => code === "GOV2009");
  return new Set(unused.map(({ labels }) => labels[0].span.start));
}

function organize(imports: readonly Import[], unused: ReadonlySet<number>): string {
  const modules = new Map<string, Set<string>>();
  for (const { names, path } of imports) {
    const kept = names.filter(({ span }) => !unused.has(span.start)).map(written);
    if (kept.length > 0) modules.set(path.value, new Set([...(modules.get(path.value) ?? []), ...kept]));
  }
  return [...modules]
    .toSorted(([left], [right]) => compare(orderOf(left), orderOf(right)))
    .map(([path, names]) => `import { ${[...names].toSorted(compare).join(", ")} } from ${writeString(path)}`)
    .join("\n");
}

function written({ name, alias }: ImportedName): string {
  return alias === undefined ? name.text : `${name.text} as ${alias.text}`;
}

function orderOf(path: string): string {
  return `${path.startsWith("std/") ? 0 : 1} ${path}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
