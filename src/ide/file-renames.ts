/** What changes in policies when files of the project get other names. */
import { relativePath, resolvePath } from "../source/path.ts";
import type { TextEdit } from "../source/diagnostic.ts";
import type { StringLiteral } from "../syntax/ast.ts";
import { writeString } from "../syntax/string-text.ts";
import { fileOf } from "./define.ts";
import type { Draft } from "./draft.ts";

/** Keys of the map of sources. */
export interface FileRename {
  readonly from: string;
  readonly to: string;
}

/** The paths in a file that have to be written otherwise, because it or what they lead to moves. */
export function followRenames(draft: Draft, renames: readonly FileRename[]): readonly TextEdit[] {
  const own = draft.parsed.source.file;
  const { file } = draft.parsed;
  const moved = (key: string): string => renames.reduce((current, rename) => moveKey(current, rename), key);
  const rewrite = (kind: string, path: StringLiteral | undefined): readonly TextEdit[] => {
    if (path === undefined || path.value.startsWith("std/")) return [];
    const target = fileOf(kind, path.value, draft) ?? resolvePath(own, path.value);
    if (target === undefined || (moved(target) === target && moved(own) === own)) return [];
    const isShort = kind === "Import" && !path.value.endsWith(".gov");
    const wanted = relativePath(moved(own), moved(target));
    const written = isShort ? wanted.replace(/\.gov$/, "") : wanted;
    if (written === path.value || resolvePath(moved(own), path.value) === moved(target)) return [];
    return [{ span: path.span, replacement: writeString(written) }];
  };
  return [
    ...file.imports.flatMap(({ path }) => rewrite("Import", path)),
    ...file.declarations.flatMap((declaration) =>
      declaration.kind === "ModelDeclaration"
        ? rewrite(declaration.kind, declaration.path)
        : declaration.kind === "BehaviorDeclaration"
          ? rewrite(declaration.kind, declaration.probe)
          : [],
    ),
  ];
}

/** A file by itself, or within a folder that moves. */
function moveKey(key: string, { from, to }: FileRename): string {
  if (key === from) return to;
  return key.startsWith(`${from}/`) ? `${to}${key.slice(from.length)}` : key;
}
