/** Names that may stand where the grammar expects one. */
import type { SymbolKind } from "../../bind/symbols.ts";
import { DYNAMIC_FIELDS, type FieldType } from "../../check/policy.ts";
import { Name, ParenthesisOpen } from "../../../grammar/tokens.ts";
import type { NextToken } from "../../syntax/next-tokens.ts";
import { describeExtent, fence, signatureOf, signatureOfField } from "../describe.ts";
import { isType } from "../expected.ts";
import { exportsOf, importEdit, importPath } from "../imports.ts";
import { RANKS, type Candidate } from "./completion.ts";
import { fieldBefore, visibleNames, type Setting } from "./setting.ts";
import { LAYER_KINDS } from "./texts.ts";

/** The names among what may come next. */
export function namesAmong(next: readonly NextToken[], setting: Setting): readonly Candidate[] {
  return next.flatMap((token) => (token.type === Name ? namesFor(token, setting) : []));
}

function namesFor({ rule, rules, label }: NextToken, setting: Setting): readonly Candidate[] {
  switch (label) {
    case "band":
      return [...symbols("band", setting), builtIn("all", "band")];
    case "cohort":
    case "left":
    case "right":
      return [...symbols("cohort", setting), builtIn("all", "cohort")];
    case "profile":
      return symbols("profile", setting);
    case "behavior":
      return symbols("behavior", setting);
    case "ruleset":
      return symbols("ruleset", setting);
    case "field":
      return fields(setting, rule === "hasTest" ? "optional" : rule === "require" ? "any" : "set");
    case "layerKind":
      return layerKinds(setting);
    case "reference":
      return rules.includes("argument") ? argumentValues(setting) : references(rule, setting);
    case "name":
      return namedBy(rule, setting);
    default:
      return [];
  }
}

/** Where the name stands for something, it is known; where it is new, nobody knows it. */
function namedBy(rule: string, setting: Setting): readonly Candidate[] {
  switch (rule) {
    case "fieldTest":
      return [
        ...fields(setting, "any"),
        ...DYNAMIC_FIELDS.map((name) => builtIn(name, "field")),
        ...symbols("cohort", setting),
        builtIn("all", "cohort"),
        // `tag in tags` asks whether a set holds the value of a param.
        ...references(rule, setting).map((candidate) => ({ ...candidate, rank: RANKS.word })),
      ];
    case "givenField":
      return fields(setting, "any").map((candidate) => ({ ...candidate, insert: `${candidate.label}: ` }));
    case "argument":
      return parameterNames(setting);
    case "importedName":
      return importableNames(setting);
    default:
      return [];
  }
}

function builtIn(label: string, kind: "band" | "cohort" | "field"): Candidate {
  return { label, kind, rank: RANKS.common, detail: BUILT_IN[kind] };
}

const BUILT_IN = {
  band: "every governed parameter",
  cohort: "every example",
  field: "supplied by the run",
} as const;

/** Names of a kind: those at hand, and those that an import would bring. */
function symbols(kind: SymbolKind, setting: Setting): readonly Candidate[] {
  const { draft } = setting;
  const scope = draft.compilation.bound.scopes.get(draft.parsed.source.file);
  const visible = visibleNames(kind, setting);
  // In `band a = …` and in the rules of a ruleset, the name that is being declared would go round in a circle.
  const [keyword, own] = setting.place.before;
  const usable = visible.filter((name) => keyword?.image !== kind || name !== own?.image);
  const here = usable.map((name): Candidate => {
    const symbol = scope?.get(name);
    return {
      label: name,
      kind: kindOf(kind),
      rank: RANKS.expected,
      ...(kind === "ruleset" && { snippet: callOf(name, parameterNamesOf(name, setting)) }),
      documentation: () => {
        const bands = kind === "band" ? draft.bands() : undefined;
        const extent = bands?.extents.get(name);
        return [
          symbol === undefined ? "" : fence(signatureOf(symbol, draft)),
          symbol?.declaration.documentation ?? "",
          bands && extent ? describeExtent(extent, bands) : "",
        ]
          .filter((part) => part !== "")
          .join("\n\n");
      },
    };
  });
  return [...here, ...importable(kind, new Set(visible), setting)];
}

function kindOf(kind: SymbolKind): Candidate["kind"] {
  return kind;
}

function callOf(name: string, parameters: readonly string[]): string {
  return `${name}(${parameters.map((parameter, index) => `\${${index + 1}:${parameter}}`).join(", ")})`;
}

/** The parameters of a ruleset that must be given. */
function parameterNamesOf(name: string, { draft }: Setting): readonly string[] {
  const symbol = draft.compilation.bound.scopes.get(draft.parsed.source.file)?.get(name);
  if (symbol?.kind !== "ruleset") return [];
  return symbol.declaration.parameters
    .filter(({ defaultValue }) => defaultValue === undefined)
    .map((parameter) => parameter.name.text);
}

function importable(kind: SymbolKind, taken: ReadonlySet<string>, setting: Setting): readonly Candidate[] {
  const { parsed } = setting.draft;
  const own = parsed.source.file;
  return [...setting.surroundings.modules].flatMap(([key, module]): readonly Candidate[] => {
    if (key === own) return [];
    const path = importPath(own, key);
    return [...exportsOf(key, module).values()]
      .filter((symbol) => symbol.kind === kind && !taken.has(symbol.name))
      .map((symbol) => ({
        label: symbol.name,
        kind: kindOf(kind),
        rank: RANKS.importable,
        detail: `import from ${path}`,
        edits: [importEdit(parsed, path, symbol.name)],
        documentation: () => symbol.declaration.documentation ?? "",
        ...(symbol.kind === "ruleset" && {
          snippet: callOf(
            symbol.name,
            symbol.declaration.parameters
              .filter(({ defaultValue }) => defaultValue === undefined)
              .map((parameter) => parameter.name.text),
          ),
        }),
      }));
  });
}

/** Inside `import { … } from "path"`: what the module has, or every module's names where the path is still to come. */
function importableNames({ draft, surroundings, place }: Setting): readonly Candidate[] {
  const { parsed } = draft;
  const own = parsed.source.file;
  const written = /^[^"{]*\}\s*from\s*"([^"\n]*)"/.exec(parsed.source.text.slice(place.end))?.[1];
  return [...surroundings.modules].flatMap(([key, module]): readonly Candidate[] => {
    const path = importPath(own, key);
    if (key === own || (written !== undefined && path !== written && path !== `${written}.gov`)) return [];
    return [...exportsOf(key, module).values()].map((symbol) => ({
      label: symbol.name,
      kind: kindOf(symbol.kind),
      rank: RANKS.expected,
      detail: `${symbol.kind} of ${path}`,
      documentation: () => symbol.declaration.documentation ?? "",
    }));
  });
}

function fields(setting: Setting, wanted: "any" | "optional" | "set"): readonly Candidate[] {
  const { fields: known } = setting;
  // `tag in tags` begins as `label in 0..4` does; a field before the word makes it the second.
  const isTested = wanted === "set" && known.has(fieldBefore(setting) ?? "");
  return [...known].flatMap(([name, field]): readonly Candidate[] => {
    const fits =
      !isTested &&
      (field === undefined ||
        wanted === "any" ||
        (wanted === "optional" ? field.optional : field.type.kind === "set"));
    return [
      {
        label: name,
        kind: "field",
        rank: fits ? RANKS.expected : RANKS.word,
        ...(field && { detail: signatureOfField(field).slice(name.length + 2) }),
      },
    ];
  });
}

function layerKinds({ draft }: Setting): readonly Candidate[] {
  const found = draft.bands()?.network.layers.map(({ kind }) => kind) ?? [];
  const own = [...new Set(found)].map((label): Candidate => ({
    label,
    kind: "value",
    rank: RANKS.expected,
    detail: "in the model",
  }));
  const others = LAYER_KINDS.filter((label) => !found.includes(label));
  return [...own, ...others.map((label): Candidate => ({ label, kind: "value", rank: RANKS.word }))];
}

/** Params, and parameters of the ruleset, that may stand for a value. */
function references(rule: string, setting: Setting): readonly Candidate[] {
  const wanted = rule === "value" ? typeBefore(setting) : undefined;
  const scope = setting.draft.compilation.bound.scopes.get(setting.draft.parsed.source.file);
  return visibleNames("param", setting).map((name): Candidate => {
    const symbol = scope?.get(name);
    const type = symbol?.kind === "param" ? symbol.declaration.type : undefined;
    const fits = wanted === undefined || type?.kind !== "PrimitiveType" || type.name === wanted.kind;
    return { label: name, kind: "param", rank: fits ? RANKS.common : RANKS.word };
  });
}

function typeBefore(setting: Setting): FieldType | undefined {
  const name = fieldBefore(setting);
  return name === undefined ? undefined : setting.fields.get(name)?.type;
}

/** What an argument may be, whatever kind of thing its parameter takes. */
function argumentValues(setting: Setting): readonly Candidate[] {
  const kinds = ["cohort", "band", "profile", "behavior", "param"] as const;
  const wanted = parameterAt(setting);
  return [
    ...kinds.flatMap((kind) =>
      visibleNames(kind, setting).map((label): Candidate => {
        const fits = wanted === undefined || wanted === kind;
        return { label, kind, rank: fits ? RANKS.expected : RANKS.word };
      }),
    ),
    builtIn("all", "cohort"),
  ];
}

function parameterNames(setting: Setting): readonly Candidate[] {
  return (rulesetBefore(setting) ?? []).map(({ name }): Candidate => ({
    label: name.text,
    kind: "param",
    rank: RANKS.common,
    detail: "parameter",
    insert: `${name.text}: `,
  }));
}

/** The kind of thing that the parameter takes whose argument is being written. */
function parameterAt(setting: Setting): SymbolKind | undefined {
  const parameters = rulesetBefore(setting);
  const { before } = setting.place;
  const commas = before.filter(({ image }) => image === ",").length;
  const named = before.at(-1)?.image === ":" ? before.at(-2)?.image : undefined;
  const parameter =
    named === undefined ? parameters?.[commas] : parameters?.find(({ name }) => name.text === named);
  return parameter === undefined
    ? undefined
    : parameter.type.kind === "EntityType"
      ? parameter.type.entity
      : "param";
}

function rulesetBefore({ draft, place }: Setting): ReturnType<typeof parametersOf> {
  const open = place.before.findLastIndex((token) => isType(token, ParenthesisOpen));
  return parametersOf(place.before[open - 1]?.image ?? "", draft);
}

function parametersOf(name: string, draft: Setting["draft"]) {
  const symbol = draft.compilation.bound.scopes.get(draft.parsed.source.file)?.get(name);
  return symbol?.kind === "ruleset" ? symbol.declaration.parameters : undefined;
}
