/**
 * Highlighting for editors, from the tokens. Keywords are contextual and TextMate sees one line, so each kind of
 * keyword is taken for one only where its neighbours speak for it; a language server knows better.
 */
import { KEYWORDS, type Keyword } from "./tokens.ts";

interface Scope {
  readonly name: string;
}

/** A rule of a TextMate grammar; its patterns are Oniguruma's. */
type TmPattern =
  | { readonly include: string }
  | { readonly name?: string; readonly match: string; readonly captures?: Readonly<Record<string, Scope>> }
  | {
      readonly name: string;
      readonly begin: string;
      readonly end: string;
      readonly patterns?: readonly TmPattern[];
    };

interface TmLanguage {
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly TmPattern[];
  readonly repository: Readonly<Record<string, { readonly patterns: readonly TmPattern[] }>>;
}

/** `gov.tmLanguage.json`, ready to be written. */
export function writeTmLanguage(): string {
  return `${JSON.stringify(tmLanguage(), null, 2)}\n`;
}

function tmLanguage(): TmLanguage {
  const repository = { comments, strings, heads, entries, numbers, words, signs };
  return {
    name: "Gov",
    scopeName: "source.gov",
    fileTypes: ["gov"],
    patterns: Object.keys(repository).map((part) => ({ include: `#${part}` })),
    repository: Object.fromEntries(
      Object.entries(repository).map(([part, patterns]) => [part, { patterns }]),
    ),
  };
}

/** What may be a name, as far as one line tells. */
export const NAME = "[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*";
const NUMBER = "\\d(?:_?\\d)*(?:\\.\\d(?:_?\\d)*)?(?:[eE][+-]?\\d(?:_?\\d)*)?";
const BEFORE = "(?<![\\p{L}\\p{N}_])";
const AFTER = "(?![\\p{L}\\p{N}_])";

const oneOf = (words: readonly string[]): string => `${BEFORE}(?:${words.join("|")})${AFTER}`;
const scope = (name: string): Scope => ({ name: `${name}.gov` });

const comments: readonly TmPattern[] = [
  { name: "comment.line.documentation.gov", match: "///(?!/).*$" },
  { name: "comment.line.double-slash.gov", match: "//.*$" },
  { name: "comment.block.gov", begin: "/\\*", end: "\\*/" },
];

const strings: readonly TmPattern[] = [
  {
    name: "string.quoted.double.gov",
    begin: '"',
    end: '"|$',
    patterns: [
      { name: "constant.character.escape.gov", match: '\\\\(?:["\\\\nrt]|u\\{[0-9A-Fa-f]{1,6}\\})' },
      { name: "invalid.illegal.escape.gov", match: "\\\\." },
    ],
  },
];

// What opens a declaration, told by what comes behind it, as grammar/shape.ts tells it.
const NAMED = ["param", "band", "cohort", "profile", "behavior", "ruleset", "policy", "module"] as const;
const heads: readonly TmPattern[] = [
  {
    match: `^\\s*(${NAMED.join("|")})\\s+(${NAME})(?=\\s*(?:[:={("]|version|$))`,
    captures: { 1: scope("keyword.declaration"), 2: scope("entity.name") },
  },
  {
    match: `^\\s*(${["model", "test", "example", "provenance", "import"].join("|")})(?=\\s*["{])`,
    captures: { 1: scope("keyword.declaration") },
  },
  {
    match: `^\\s*(${["apply", "bound"].join("|")})\\s+(${NAME})(?=\\s*\\()`,
    captures: { 1: scope("keyword.declaration"), 2: scope("entity.name.function") },
  },
  {
    match: `^\\s*(${["route", "detach", "never", "always"].join("|")})(?=\\s+[\\p{L}_])`,
    captures: { 1: scope("keyword.declaration") },
  },
];

const entries: readonly TmPattern[] = [
  { name: "variable.other.member.gov", match: `${BEFORE}${NAME}(?=\\s*:)` },
  {
    match: `(->)\\s*(${NAME})`,
    captures: { 1: scope("keyword.operator"), 2: scope("variable.other") },
  },
];

const numbers: readonly TmPattern[] = [
  { name: "constant.numeric.percent.gov", match: `${BEFORE}${NUMBER}[ \\t]*%` },
  {
    match: `${BEFORE}(${NUMBER})\\s+(${[...KEYWORDS.unit, "steps", "example", "layers"].join("|")})${AFTER}`,
    captures: { 1: scope("constant.numeric"), 2: scope("keyword.other.unit") },
  },
  { name: "constant.numeric.gov", match: `${BEFORE}${NUMBER}(?![\\w%])` },
];

const isClosing = (word: Keyword): boolean => word === "rest" || word === "default";
// Words that take an operand, and are names without one: `top 32`, `-> top`.
const OPERAND = '(?=\\s*["{(\\d]|\\s+-?[\\p{L}_\\d])';

const words: readonly TmPattern[] = [
  { name: "constant.language.gov", match: oneOf(["true", "false", ...KEYWORDS.constant]) },
  { name: "storage.type.gov", match: `(?<=[:<]|[:<]\\s)${oneOf(KEYWORDS.type)}` },
  { name: "support.function.metric.gov", match: `${oneOf(KEYWORDS.metric)}(?=\\s*\\()` },
  { name: "keyword.control.side.gov", match: `${oneOf(KEYWORDS.side)}(?=\\s*=>)` },
  { name: "support.function.action.gov", match: oneOf(KEYWORDS.action) },
  { name: "keyword.operator.word.gov", match: `${oneOf(KEYWORDS.operator)}${OPERAND}` },
  { name: "keyword.other.top.gov", match: `${oneOf(["top"])}(?=\\s+\\d)` },
  {
    name: "keyword.other.gov",
    match: `${oneOf(KEYWORDS.clause.filter((word) => word !== "top" && !isClosing(word)))}${OPERAND}`,
  },
  { name: "keyword.other.gov", match: oneOf(KEYWORDS.clause.filter(isClosing)) },
  {
    name: "support.constant.gov",
    match: oneOf([...KEYWORDS.entropyUnit, ...KEYWORDS.entropySubject, ...KEYWORDS.unit]),
  },
  { name: "variable.other.gov", match: NAME },
];

const signs: readonly TmPattern[] = [
  { name: "keyword.operator.gov", match: "->|=>|==|!=|<=|>=|\\.\\.<?|[<>=|&?-]" },
  { name: "punctuation.gov", match: "[{}(),:]" },
];
