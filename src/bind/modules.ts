import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { suggestName } from "../source/nearest.ts";
import { resolvePath } from "../source/path.ts";
import { createSourceText, type SourceMap } from "../source/text.ts";
import type { Import } from "../syntax/ast.ts";
import { parse, type ParsedFile } from "../syntax/parse.ts";

export interface LoadedModules {
  readonly files: ReadonlyMap<string, ParsedFile>;
  /** The file that an import leads to; absent where it leads nowhere. */
  readonly targets: ReadonlyMap<Import, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a policy and everything it imports, each file once; `parsed` is what was parsed before, for other texts too. */
export function loadModules(
  entry: string,
  sources: SourceMap,
  parsed: ReadonlyMap<string, ParsedFile> = new Map(),
): LoadedModules {
  const files = new Map<string, ParsedFile>();
  const targets = new Map<Import, string>();
  const diagnostics: Diagnostic[] = [];

  const load = (path: string, chain: readonly { readonly path: string; readonly by: Import }[]): void => {
    const text = sources.get(path) ?? "";
    const known = parsed.get(path);
    const file = known?.source.text === text ? known : parse(createSourceText(path, text), known);
    files.set(path, file);
    diagnostics.push(...file.diagnostics);
    for (const declared of file.file.imports) {
      const target = findModule(path, declared, sources);
      if (typeof target !== "string") {
        diagnostics.push(target);
        continue;
      }
      const open = [entry, ...chain.map((link) => link.path)];
      const start = open.indexOf(target);
      if (start >= 0) {
        diagnostics.push(cycleDiagnostic([...open.slice(start), target], declared, chain.slice(start)));
        continue;
      }
      targets.set(declared, target);
      if (!files.has(target)) load(target, [...chain, { path: target, by: declared }]);
      if (files.get(target)?.file.header?.role === "policy") {
        diagnostics.push(
          diagnose(
            "GOV2011",
            declared.path.span,
            `\`${target}\` is a policy, and only modules can be imported`,
            {
              help: `move what is shared into a file that begins with \`module\``,
            },
          ),
        );
      }
    }
  };
  load(entry, []);
  return { files, targets, diagnostics };
}

/** The key of an import's file, or what is wrong with its path. */
function findModule(from: string, declared: Import, sources: SourceMap): string | Diagnostic {
  const path = declared.path.value;
  const isLibrary = path.startsWith("std/");
  // The library imports itself by the same names.
  const resolved = isLibrary ? path : resolvePath(from, path);
  const span = declared.path.span;
  if (resolved === undefined)
    return diagnose("GOV2007", span, `the import \`${path}\` leaves the project`, {
      help: "imports stay inside the folder of the project; `std/…` is the library",
    });
  const candidates = isLibrary ? [resolved] : [resolved, `${resolved}.gov`];
  const found = candidates.find((candidate) => sources.has(candidate));
  if (found !== undefined) return found;
  const known = [...sources.keys()].filter(
    (key) => key.startsWith("std/") === isLibrary && (isLibrary || key.endsWith(".gov")) && key !== from,
  );
  return diagnose("GOV2004", span, `there is no module \`${path}\``, {
    help:
      suggestName(resolved, known) ??
      (isLibrary && known.length > 0
        ? `the library has ${known.map((key) => `\`${key}\``).join(", ")}`
        : "paths are relative to this file"),
  });
}

function cycleDiagnostic(
  cycle: readonly string[],
  closing: Import,
  links: readonly { readonly by: Import }[],
): Diagnostic {
  return diagnose(
    "GOV2006",
    closing.path.span,
    `these files import each other: ${cycle.map((path) => `\`${path}\``).join(" → ")}`,
    {
      label: "closes the cycle",
      related: links.map(({ by }) => ({ span: by.path.span, text: "on the way" })),
      help: "move what both need into a third module",
    },
  );
}
