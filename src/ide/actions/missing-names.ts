import { usesIn, type ExpectedKind } from "../../bind/references.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { exportsOf, importEdit, importPath } from "../imports.ts";
import { diagnosticsIn, insertAbove, type Action, type ActionSetting } from "./action.ts";

/** For a name that is not declared: its declaration, or the import that brings it. */
export function offerMissingNames(setting: ActionSetting): readonly Action[] {
  return diagnosticsIn(setting)
    .filter(({ code }) => code === "GOV2001")
    .flatMap((diagnostic) => [
      ...offerImports(diagnostic, setting),
      ...offerDeclarations(diagnostic, setting),
    ]);
}

interface MissingName {
  readonly text: string;
  readonly expected: readonly ExpectedKind[];
  /** Where the declaration begins that uses it. */
  readonly start: number;
}

function missingName({ labels: [{ span }] }: Diagnostic, { draft }: ActionSetting): MissingName | undefined {
  for (const declaration of draft.parsed.file.declarations) {
    const use = usesIn(declaration).find(({ name }) => name.span.start === span.start);
    if (use !== undefined)
      return { text: use.name.text, expected: use.expected, start: declaration.span.start };
  }
  return undefined;
}

function offerImports(diagnostic: Diagnostic, setting: ActionSetting): readonly Action[] {
  const missing = missingName(diagnostic, setting);
  const { parsed } = setting.draft;
  const own = parsed.source.file;
  if (missing === undefined) return [];
  return [...setting.surroundings.modules].flatMap(([key, module]): readonly Action[] => {
    const symbol = key === own ? undefined : exportsOf(key, module).get(missing.text);
    if (symbol === undefined || !missing.expected.includes(symbol.kind)) return [];
    const path = importPath(own, key);
    const edits = [importEdit(parsed, path, missing.text)];
    return [{ title: `import \`${missing.text}\` from \`${path}\``, kind: "quickfix", edits, diagnostic }];
  });
}

function offerDeclarations(diagnostic: Diagnostic, setting: ActionSetting): readonly Action[] {
  const missing = missingName(diagnostic, setting);
  if (missing === undefined) return [];
  const { source } = setting.draft.parsed;
  return missing.expected.flatMap((kind): readonly Action[] => {
    const declaration = DECLARATIONS[kind]?.(missing.text);
    if (declaration === undefined) return [];
    const edits = [insertAbove(source, missing.start, `${declaration}\n\n`)];
    return [{ title: `declare the ${kind} \`${missing.text}\``, kind: "quickfix", edits, diagnostic }];
  });
}

/** The least that can be said, to be made one's own; a ruleset is nothing without its rules. */
const DECLARATIONS: Readonly<Partial<Record<ExpectedKind, (name: string) => string>>> = {
  band: (name) => `band ${name} = layers "${name}/**"`,
  cohort: (name) => `cohort ${name} = all`,
  profile: (name) => `profile ${name} { all: full }`,
  behavior: (name) => `behavior ${name} = probe "probes/${name}.jsonl"`,
  param: (name) => `param ${name}: fraction = 50%`,
};
