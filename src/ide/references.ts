/** Every use of a name: in one file, or in all that an editor has in sight. */
import type { Span } from "../source/span.ts";
import type { Draft } from "./draft.ts";
import { keyOfSubject, occurrenceAt, type Occurrence } from "./names.ts";

export interface Reference {
  readonly span: Span;
  readonly role: Occurrence["role"];
}

/**
 * The places where the thing at an offset is named.
 *
 * @param others Drafts of the project's other files, which may import it.
 */
export function findReferences(draft: Draft, offset: number, others: readonly Draft[]): readonly Reference[] {
  const occurrence = occurrenceAt(draft.names().inFile(draft.parsed.source.file), offset);
  return occurrence === undefined
    ? []
    : occurrencesOf(keyOfSubject(occurrence.subject), [draft, ...others]).map(({ name, role }) => ({
        span: name.span,
        role,
      }));
}

/** The same in the cursor's own file alone. */
export function highlight(draft: Draft, offset: number): readonly Reference[] {
  const { file } = draft.parsed.source;
  return findReferences(draft, offset, []).filter(({ span }) => span.file === file);
}

/** Every occurrence of a subject in the files of some drafts, each place once. */
export function occurrencesOf(key: string, drafts: readonly Draft[]): readonly Occurrence[] {
  const found = new Map<string, Occurrence>();
  for (const draft of drafts)
    for (const file of draft.compilation.files.keys())
      for (const occurrence of draft.names().inFile(file))
        if (keyOfSubject(occurrence.subject) === key)
          found.set(`${occurrence.name.span.file} ${occurrence.name.span.start}`, occurrence);
  return [...found.values()];
}
