/** What may be written between quotes: layers of the model, values of fields, modules, files. */
import { StringLiteral } from "../../../grammar/tokens.ts";
import type { FieldType } from "../../check/policy.ts";
import { relativePath } from "../../source/path.ts";
import type { Literal } from "../../syntax/ast.ts";
import { writeString } from "../../syntax/string-text.ts";
import type { NextToken } from "../../syntax/next-tokens.ts";
import { walk } from "../../syntax/walk.ts";
import { importPath } from "../imports.ts";
import { RANKS, type Candidate } from "./completion.ts";
import { fieldBefore, type Setting } from "./setting.ts";

/** The texts among what may come next; with their quotes where none are written yet. */
export function textsAmong(next: readonly NextToken[], setting: Setting): readonly Candidate[] {
  return next.flatMap((token) => {
    if (token.type !== StringLiteral) return [];
    return textsFor(token, setting).map((candidate): Candidate => {
      const quoted = writeString(candidate.label);
      return setting.place.inText
        ? { ...candidate, insert: quoted.slice(1, -1) }
        : { ...candidate, label: quoted };
    });
  });
}

function textsFor({ rule, rules, label }: NextToken, setting: Setting): readonly Candidate[] {
  if (label === "glob") return layerGlobs(setting);
  if (label === "path" && rule === "import") return modulePaths(setting);
  if (label === "path")
    return paths(setting, ".json", "model").filter(({ label: path }) => !OTHER_JSON.test(path));
  if (label === "probe") return paths(setting, ".jsonl", "probe");
  if (rules.includes("membership")) return elementsOfSets(setting);
  if (rule === "literal" || rule === "match") return valuesOf(fieldBefore(setting), setting);
  return [];
}

/** JSON that lies about in projects and describes no network. */
const OTHER_JSON = /(?:^|\/)(?:package(?:-lock)?|[jt]sconfig[^/]*|gov\.config)\.json$/;

/** The names of the model's layers, and globs for those that share a folder. */
function layerGlobs({ draft }: Setting): readonly Candidate[] {
  const layers = draft.bands()?.network.layers ?? [];
  const folders = new Map<string, number>();
  for (const { name } of layers) {
    const parts = name.split("/");
    for (let depth = 1; depth < parts.length; depth += 1) {
      const folder = `${parts.slice(0, depth).join("/")}/**`;
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
  }
  return [
    ...layers.map(({ name, kind, units, trainable }): Candidate => ({
      label: name,
      kind: "layer",
      rank: trainable ? RANKS.expected : RANKS.word,
      detail: [kind, ...(units === undefined ? [] : [`${units} units`])].join(", "),
    })),
    ...[...folders].map(([label, count]): Candidate => ({
      label,
      kind: "layer",
      rank: RANKS.common,
      detail: `${count} layers`,
    })),
  ];
}

function modulePaths({ draft, surroundings }: Setting): readonly Candidate[] {
  const own = draft.parsed.source.file;
  return [...surroundings.modules].flatMap(([key, module]): readonly Candidate[] => {
    const { header } = module.file;
    if (key === own || header?.role === "policy") return [];
    return [
      {
        label: importPath(own, key),
        kind: "module",
        rank: key.startsWith("std/") ? RANKS.common : RANKS.expected,
        ...(header?.title && { detail: header.title.value }),
      },
    ];
  });
}

function paths({ draft, surroundings }: Setting, ending: string, detail: string): readonly Candidate[] {
  return surroundings.files
    .filter((key) => key.endsWith(ending))
    .map((key) => ({
      label: relativePath(draft.parsed.source.file, key),
      kind: "file",
      rank: RANKS.expected,
      detail,
    }));
}

function elementsOfSets(setting: Setting): readonly Candidate[] {
  return [...setting.fields].flatMap(([name, field]) =>
    field === undefined || field.type.kind === "set" ? valuesOf(name, setting) : [],
  );
}

/** What the field may be by its type, and what it is compared with elsewhere. */
function valuesOf(field: string | undefined, setting: Setting): readonly Candidate[] {
  if (field === undefined) return [];
  const declared = enumValues(setting.fields.get(field)?.type);
  const used = usedValues(field, setting).filter((value) => !declared.includes(value));
  return [
    ...declared.map((label): Candidate => ({ label, kind: "value", rank: RANKS.expected, detail: field })),
    ...used.map((label): Candidate => ({
      label,
      kind: "value",
      rank: RANKS.common,
      detail: `${field}, used elsewhere`,
    })),
  ];
}

function enumValues(type: FieldType | undefined): readonly string[] {
  if (type?.kind === "set") return enumValues(type.element);
  return type?.kind === "enum" ? type.values : [];
}

function usedValues(field: string, { draft }: Setting): readonly string[] {
  const values = new Set<string>();
  const add = (literals: readonly { readonly kind: string }[]): void => {
    for (const literal of literals as readonly Literal[])
      if (literal.kind === "StringLiteral") values.add(literal.value);
  };
  walk(draft.parsed.file, (node) => {
    if (node.kind === "ComparisonPredicate" && node.field.text === field) add([node.value]);
    if (node.kind === "InSetPredicate" && node.field.text === field) add(node.values);
    if (node.kind === "MembershipPredicate" && node.field.text === field) add([node.value]);
    if (node.kind === "GivenField" && node.name.text === field)
      add(node.value.kind === "LiteralSet" ? node.value.values : [node.value]);
  });
  return [...values];
}

/** Classes of layers that networks are commonly made of, in the model's spelling. */
export const LAYER_KINDS = [
  "dense", "conv1d", "conv2d", "conv2d_transpose", "conv3d", "depthwise_conv2d", "separable_conv2d", "embedding",
  "lstm", "gru", "simple_rnn", "layer_normalization", "batch_normalization", "multi_head_attention",
] as const; // prettier-ignore
