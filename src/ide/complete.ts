/** What may be written at an offset: words by position from the grammar, names by kind, values from schema and model. */
import type { Candidate, Completion, Surroundings } from "./complete/completion.ts";
import { namesAmong } from "./complete/names.ts";
import { numbersAmong } from "./complete/numbers.ts";
import { settingOf } from "./complete/setting.ts";
import { suppressionsAt } from "./complete/suppressions.ts";
import { textsAmong } from "./complete/texts.ts";
import { declarationWords, wordsAmong } from "./complete/words.ts";
import type { Draft } from "./draft.ts";
import { placeAt } from "./expected.ts";

export type { Completion, CompletionKind, Surroundings } from "./complete/completion.ts";

/** The best first; inside comments nothing but the codes that they may ignore. */
export function complete(draft: Draft, offset: number, surroundings: Surroundings): readonly Completion[] {
  const place = placeAt(draft.parsed, offset);
  if (place === undefined)
    return suppressionsAt(draft, offset).toSorted((left, right) => left.rank - right.rank);
  const setting = settingOf(draft, place, surroundings);
  const { next, inText, beginsUnit, start, end } = place;
  const candidates = inText
    ? textsAmong(next, setting)
    : [
        ...namesAmong(next, setting),
        ...textsAmong(next, setting),
        ...numbersAmong(next, setting),
        ...wordsAmong(next),
        ...(beginsUnit ? declarationWords() : []),
      ];
  return withoutRepetition(candidates)
    .toSorted((left, right) => left.rank - right.rank)
    .map((candidate) => ({ ...candidate, replaces: { start, end } }));
}

/** Of candidates that look alike the first is kept; the same name may come from several modules. */
function withoutRepetition(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ label, kind, detail = "", edits }) => {
    const key = `${label} ${kind} ${edits === undefined ? "" : detail}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
