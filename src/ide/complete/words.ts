/** Keywords and signs, as the grammar expects them. */
import type { TokenType } from "chevrotain";
import { False, KEYWORDS, keywords, lexedTypes, Name, True, type Keyword } from "../../../grammar/tokens.ts";
import type { NextToken } from "../../syntax/next-tokens.ts";
import { WORDS } from "../words.ts";
import { RANKS, type Candidate } from "./completion.ts";
import { SNIPPETS } from "./snippets.ts";

/** The words and signs among what may come next; names are for others. */
export function wordsAmong(next: readonly NextToken[]): readonly Candidate[] {
  return next.flatMap(({ type, rule }): readonly Candidate[] => {
    if (type === Name) return [];
    const members = keywordsOf(type);
    // A weight is the word alone; as an action it takes operands.
    if (members.length > 0)
      return members.map((word) => (rule === "weight" ? plainWord(word) : keywordCandidate(word)));
    if (type === True || type === False)
      return [{ label: type === True ? "true" : "false", kind: "value", rank: RANKS.word }];
    return typeof type.PATTERN === "string"
      ? [{ label: type.PATTERN, kind: "sign", rank: RANKS.sign }]
      : signsOf(type);
  });
}

/** What may begin outside of all blocks. */
export function declarationWords(): readonly Candidate[] {
  return [...KEYWORDS.header, ...KEYWORDS.declaration].map(keywordCandidate);
}

/** The keywords that a type of token stands for: its own, or those of its category. */
function keywordsOf(type: TokenType): readonly Keyword[] {
  return ALL.filter((word) => keywords[word] === type || keywords[word].CATEGORIES?.includes(type) === true);
}

const ALL: readonly Keyword[] = Object.values(KEYWORDS).flat();

/** The signs of a category, such as the comparisons. */
function signsOf(type: TokenType): readonly Candidate[] {
  return lexedTypes.flatMap(({ CATEGORIES, PATTERN }): readonly Candidate[] =>
    CATEGORIES?.includes(type) === true && typeof PATTERN === "string"
      ? [{ label: PATTERN, kind: "sign", rank: RANKS.sign }]
      : [],
  );
}

function plainWord(word: Keyword): Candidate {
  return { label: word, kind: "keyword", rank: RANKS.expected, documentation: () => WORDS[word] };
}

export function keywordCandidate(word: Keyword): Candidate {
  const snippet = SNIPPETS.get(word);
  const isType = KEYWORDS.type.some((type) => type === word);
  return {
    label: word,
    kind: isType ? "type" : "keyword",
    rank: RANKS.word,
    ...(snippet !== undefined && { snippet }),
    documentation: () => WORDS[word],
  };
}
