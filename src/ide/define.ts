/** Where a name is declared, and where its type is said. */
import { resolvePath } from "../source/path.ts";
import type { Span } from "../source/span.ts";
import type { PolicyFile } from "../syntax/ast.ts";
import { nodesAt } from "./at.ts";
import type { Draft } from "./draft.ts";
import { declarationsOf, occurrenceAt } from "./names.ts";

/** A place that an editor can go to. */
export interface Target {
  readonly file: string;
  /** What is shown as chosen: a name; absent where the whole file is meant. */
  readonly span?: Span;
  /** What was asked about, in the file of the cursor. */
  readonly from: Span;
}

/** The declaration of the name at an offset, or the file that a path there leads to. */
export function define(draft: Draft, offset: number): readonly Target[] {
  const occurrence = occurrenceAt(draft.names().inFile(draft.parsed.source.file), offset);
  if (occurrence === undefined) return definePath(draft, offset);
  const { subject, name } = occurrence;
  return declarationsOf(subject, draft.compilation.bound).map(({ span }) => ({
    file: span.file,
    span,
    from: name.span,
  }));
}

/**
 * Where the type of the name at an offset is said: the type of a field, a param or a parameter; for a cohort the
 * `example` that it reads, for a band the `model` that it selects from.
 */
export function defineType(draft: Draft, offset: number): readonly Target[] {
  const occurrence = occurrenceAt(draft.names().inFile(draft.parsed.source.file), offset);
  if (occurrence === undefined) return [];
  const { subject, name } = occurrence;
  return typePlaces().map((span) => ({ file: span.file, span, from: name.span }));

  function typePlaces(): readonly Span[] {
    const files = [...draft.compilation.files.values()].map(({ file }) => file);
    if (subject.kind === "built_in") return [];
    if (subject.kind === "field")
      return fieldsOf(files).flatMap((field) => (field.name.text === subject.name ? [field.type.span] : []));
    const { declaration } = subject.symbol;
    if (declaration.kind === "ParamDeclaration" || declaration.kind === "RulesetParameter")
      return [declaration.type.span];
    const wanted = TYPE_OF[declaration.kind];
    return files
      .flatMap(({ declarations }) => declarations)
      .flatMap((candidate) => (candidate.kind === wanted ? [candidate.span] : []));
  }
}

const TYPE_OF = {
  BandDeclaration: "ModelDeclaration",
  ProfileDeclaration: "BandDeclaration",
  CohortDeclaration: "ExampleDeclaration",
  BehaviorDeclaration: "BehaviorDeclaration",
  RulesetDeclaration: "RulesetDeclaration",
} as const;

function fieldsOf(files: readonly PolicyFile[]) {
  return files
    .flatMap(({ declarations }) => declarations)
    .flatMap((declaration) => (declaration.kind === "ExampleDeclaration" ? declaration.fields : []));
}

/** The file behind the text at an offset: an import's, the model's, a probe's. */
function definePath(draft: Draft, offset: number): readonly Target[] {
  const path = nodesAt(draft.parsed.file, offset);
  const [parent, node] = [path.at(-2), path.at(-1)];
  if (node?.kind !== "StringLiteral" || parent === undefined) return [];
  const file = fileOf(parent.kind, node.value, draft);
  return file === undefined ? [] : [{ file, from: node.span }];
}

/** The key of the file that a path leads to, in the kind of node that it stands in. */
export function fileOf(kind: string, path: string, { parsed, input }: Draft): string | undefined {
  const from = parsed.source.file;
  if (kind === "Import") {
    const key = path.startsWith("std/") ? path : resolvePath(from, path);
    return [key, `${key ?? ""}.gov`].find(
      (candidate) => candidate !== undefined && input.sources.has(candidate),
    );
  }
  return kind === "ModelDeclaration" || kind === "BehaviorDeclaration" ? resolvePath(from, path) : undefined;
}
