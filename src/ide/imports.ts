/** Imports as text: where one goes, and how a path is written. */
import type { PolicySymbol } from "../bind/symbols.ts";
import { declareNames } from "../bind/scopes.ts";
import { relativePath } from "../source/path.ts";
import type { TextEdit } from "../source/diagnostic.ts";
import { spanAt } from "../source/text.ts";
import { writeString } from "../syntax/string-text.ts";
import type { ParsedFile } from "../syntax/parse.ts";

/** The names that a module gives to whoever imports them. */
export function exportsOf(key: string, parsed: ParsedFile): ReadonlyMap<string, PolicySymbol> {
  return parsed.file.header?.role === "policy" ? new Map() : declareNames(key, parsed, []);
}

/** How a file writes the path of a module. */
export function importPath(from: string, key: string): string {
  return key.startsWith("std/") ? key : relativePath(from, key);
}

/** The change by which a file imports a name: beside others of the module, else in a line of its own. */
export function importEdit(parsed: ParsedFile, path: string, name: string): TextEdit {
  const { source, file } = parsed;
  const insertAt = (offset: number, replacement: string): TextEdit => ({
    span: spanAt(source, offset, offset),
    replacement,
  });
  const beside = file.imports.find((declared) => declared.path.value === path)?.names.at(-1);
  if (beside !== undefined) return insertAt(beside.span.end, `, ${name}`);
  const line = `import { ${name} } from ${writeString(path)}`;
  const last = file.imports.at(-1);
  if (last !== undefined) return insertAt(lineEnd(source.text, last.span.end), `\n${line}`);
  if (file.header !== undefined) return insertAt(lineEnd(source.text, file.header.span.end), `\n\n${line}`);
  return insertAt(0, `${line}\n\n`);
}

/** Behind a comment that stands at the end of the line. */
function lineEnd(text: string, offset: number): number {
  const end = text.slice(offset).search(/[\r\n]/);
  return end < 0 ? text.length : offset + end;
}
