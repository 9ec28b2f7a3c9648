/** A new name for a thing, in every file that names it; refused where it would change what any name means. */
import { compile } from "../compile.ts";
import type { TextEdit } from "../source/diagnostic.ts";
import type { Span } from "../source/span.ts";
import type { Draft } from "./draft.ts";
import { applyEdits } from "./fix.ts";
import { indexNames, keyOfSubject, occurrenceAt, type Occurrence } from "./names.ts";
import { occurrencesOf } from "./references.ts";

export type Renaming =
  | { readonly kind: "edits"; readonly edits: readonly TextEdit[] }
  | { readonly kind: "refused"; readonly reason: string };

export type RenameTarget =
  | { readonly kind: "target"; readonly span: Span; readonly text: string }
  | { readonly kind: "refused"; readonly reason: string };

/** What would be renamed at an offset. */
export function prepareRename(draft: Draft, offset: number): RenameTarget {
  const occurrence = occurrenceAt(draft.names().inFile(draft.parsed.source.file), offset);
  if (occurrence === undefined) return { kind: "refused", reason: "there is no name here" };
  const { name, subject } = occurrence;
  if (subject.kind === "built_in")
    return { kind: "refused", reason: `\`${subject.name}\` is built in and keeps its name` };
  const isAlias = subject.kind === "symbol" && name.text !== subject.symbol.name;
  const outside = isAlias
    ? undefined
    : placesOf(occurrence, [draft]).find(({ name: { span } }) => isLibrary(span.file));
  return outside === undefined
    ? { kind: "target", span: name.span, text: name.text }
    : { kind: "refused", reason: `\`${name.text}\` belongs to the library \`${outside.name.span.file}\`` };
}

export function rename(draft: Draft, offset: number, newName: string, others: readonly Draft[]): Renaming {
  const target = prepareRename(draft, offset);
  const occurrence = occurrenceAt(draft.names().inFile(draft.parsed.source.file), offset);
  if (target.kind === "refused" || occurrence === undefined)
    return target.kind === "refused" ? target : { kind: "refused", reason: "there is no name here" };
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(newName))
    return {
      kind: "refused",
      reason: `\`${newName}\` is no name: letters, digits and \`_\`, a letter first`,
    };
  if (newName === target.text) return { kind: "edits", edits: [] };
  const edits = placesOf(occurrence, [draft, ...others]).map(({ name }) => ({
    span: name.span,
    replacement: newName,
  }));
  const broken = [draft, ...others].find((own) => !keepsMeaning(own, edits, occurrence));
  return broken === undefined
    ? { kind: "edits", edits }
    : {
        kind: "refused",
        reason: `\`${newName}\` means something else already in \`${broken.parsed.source.file}\``,
      };
}

/** An alias is the business of its own file; the thing itself keeps the aliases that others gave it. */
function placesOf({ name, subject }: Occurrence, drafts: readonly Draft[]): readonly Occurrence[] {
  return occurrencesOf(keyOfSubject(subject), drafts).filter((other) => {
    if (other.name.text !== name.text) return false;
    const isAlias = subject.kind === "symbol" && name.text !== subject.symbol.name;
    return !isAlias || other.name.span.file === name.span.file;
  });
}

// INVARIANT: every name that could be resolved before stands for the same thing afterwards, and no other does.
function keepsMeaning(draft: Draft, edits: readonly TextEdit[], renamed: Occurrence): boolean {
  const { compilation, input } = draft;
  const files = [...compilation.files.keys()];
  const editsOf = (file: string): readonly TextEdit[] => edits.filter(({ span }) => span.file === file);
  if (files.every((file) => editsOf(file).length === 0)) return true;
  const sources = new Map(
    [...input.sources].map(([file, text]) => [file, applyEdits(text, editsOf(file))] as const),
  );
  const after = indexNames(compile({ ...input, sources }).bound);
  const renamedKey = keyOfSubject(renamed.subject);
  const shapeOf = (occurrences: readonly Occurrence[]): string =>
    occurrences
      .map(({ subject, role }) => `${role} ${subject.kind === "symbol" ? subject.symbol.kind : subject.kind}`)
      .join("\n");
  return files.every((file) => {
    const before = draft.names().inFile(file);
    const now = after.inFile(file);
    const counts = before.filter(({ subject }) => keyOfSubject(subject) === renamedKey).length;
    return (
      before.length === now.length &&
      shapeOf(before) === shapeOf(now) &&
      sameGroups(before, now) &&
      counts >= editsOf(file).length
    );
  });
}

/** Whether the same places stand for the same thing as each other. */
function sameGroups(before: readonly Occurrence[], now: readonly Occurrence[]): boolean {
  const groups = (occurrences: readonly Occurrence[]): readonly number[] => {
    const numbers = new Map<string, number>();
    return occurrences.map(({ subject }) => {
      const key = keyOfSubject(subject);
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
  };
  const [left, right] = [groups(before), groups(now)];
  return left.every((number, index) => number === right[index]);
}

function isLibrary(file: string): boolean {
  return file.startsWith("std/");
}
