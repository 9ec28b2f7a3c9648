/**
 * The words and signs of Gov. Keywords are contextual: each is its own token type within the category `Name`, so a
 * field may be called `source` and a band `top`; only `true` and `false` are never names.
 */
import { createToken, Lexer, type CustomPatternMatcherFunc, type TokenType } from "chevrotain";

/** Every keyword, by what it is for: the parser, the highlighting and the reference grammar all read this table. */
export const KEYWORDS = {
  declaration: [
    "param", "model", "example", "band", "cohort", "profile", "behavior", "route",
    "detach", "bound", "provenance", "never", "always", "ruleset", "apply", "test",
  ],
  header: ["policy", "module", "import"],
  clause: [
    "version", "as", "from", "layer", "units", "layers", "depth", "first", "last", "kind", "rest", "seed", "default",
    "through", "until", "at", "over", "then", "after", "for", "to", "strength", "probe", "require", "else", "verify",
    "trace", "toward", "every", "top", "retain", "attest", "given", "expect", "no",
  ],
  operator: ["in", "not", "and", "or", "matches", "has", "sample"],
  type: ["string", "int", "float", "bool", "date", "digest", "fraction", "steps", "enum", "set"],
  unit: ["step", "epoch", "epochs", "examples"],
  entropyUnit: ["nats", "bits", "normalized"],
  metric: ["entropy", "gradient_norm", "update_ratio", "dead_units", "influence", "loss", "loss_gap"],
  entropySubject: ["representation", "weights", "gradient"],
  side: ["below", "above", "outside"],
  action: [
    "log", "warn", "halt", "rollback", "skip", "freeze", "attenuate", "amplify", "clip", "block", "steer",
  ],
  constant: ["full", "reject", "quarantine", "forever", "release"],
} as const; // prettier-ignore

export type Keyword = (typeof KEYWORDS)[keyof typeof KEYWORDS][number];

const category = (name: string, label: string): TokenType => createToken({ name, label, pattern: Lexer.NA });

// ── categories: closed sets of tokens that the grammar takes as one ────────────────────────────────────────────

export const Name = category("Name", "a name");
export const TypeName = category("TypeName", "a type");
export const EntityName = category("EntityName", "a kind of declaration");
export const TimeUnitName = category("TimeUnitName", "`steps`, `epochs` or `examples`");
export const EntropyUnitName = category("EntropyUnitName", "`nats`, `bits` or `normalized`");
export const EntropySubjectName = category("EntropySubjectName", "`representation`, `weights` or `gradient`");
export const BandMetricName = category("BandMetricName", "a metric");
export const SideName = category("SideName", "`below`, `above` or `outside`");
export const SimpleActionName = category("SimpleActionName", "an action");
export const ScaleActionName = category("ScaleActionName", "`attenuate` or `amplify`");
export const ActionName = category("ActionName", "an action");
export const DeclarationName = category("DeclarationName", "a declaration");
export const ComparisonOperator = category("ComparisonOperator", "a comparison");
export const RangeOperator = category("RangeOperator", "`..`");
export const BandOperator = category("BandOperator", "`|`, `&` or `-`");

const MEMBERS: readonly (readonly [TokenType, readonly Keyword[]])[] = [
  [TypeName, ["string", "int", "float", "bool", "date", "digest", "fraction", "steps"]],
  [EntityName, ["band", "cohort", "profile", "behavior"]],
  [TimeUnitName, ["step", "steps", "epoch", "epochs", "example", "examples"]],
  [EntropyUnitName, KEYWORDS.entropyUnit],
  [EntropySubjectName, KEYWORDS.entropySubject],
  [BandMetricName, ["gradient_norm", "update_ratio", "dead_units"]],
  [SideName, KEYWORDS.side],
  [SimpleActionName, ["log", "warn", "halt", "rollback"]],
  [ScaleActionName, ["attenuate", "amplify"]],
  [ActionName, KEYWORDS.action],
  [DeclarationName, KEYWORDS.declaration],
];

/** The token type of each keyword: `keywords.band`. */
export const keywords: Readonly<Record<Keyword, TokenType>> = createKeywords();

/** The token type of a keyword's text: identifiers are told apart by a look-up, which is cheaper than 100 patterns. */
export const keywordTypes: ReadonlyMap<string, TokenType> = new Map(Object.entries(keywords));

function createKeywords(): Record<Keyword, TokenType> {
  const texts: readonly Keyword[] = Object.values(KEYWORDS).flat();
  const create = (text: Keyword): TokenType =>
    createToken({
      name: `${pascalCase(text)}Keyword`,
      label: `\`${text}\``,
      pattern: Lexer.NA,
      categories: [Name, ...MEMBERS.filter(([, members]) => members.includes(text)).map(([type]) => type)],
    });
  // Every keyword is in the table, so the record is whole.
  return Object.fromEntries(texts.map((text) => [text, create(text)])) as Record<Keyword, TokenType>;
}

function pascalCase(text: string): string {
  return text.replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase());
}

// ── words, literals ────────────────────────────────────────────────────────────────────────────────────────────

// Letters beyond ASCII are let in here and examined later: a look-alike letter deserves a better message than
// "unexpected character".
const IDENTIFIER = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy;
const matchIdentifier: CustomPatternMatcherFunc = (text, offset) => {
  IDENTIFIER.lastIndex = offset;
  return IDENTIFIER.exec(text) as ReturnType<CustomPatternMatcherFunc>;
};
const wordStarts = (): number[] => {
  const latin = Array.from({ length: 256 }, (_, code) => code).filter((code) =>
    /[\p{L}_]/u.test(String.fromCharCode(code)),
  );
  // Chevrotain sorts the code units from 256 on into bins of 255; one of each bin stands for all.
  return [...latin, ...Array.from({ length: 257 }, (_, bin) => Math.min(0xffff, 256 + bin * 255))];
};

export const Identifier = createToken({
  name: "Identifier",
  label: "a name",
  pattern: matchIdentifier,
  line_breaks: false,
  start_chars_hint: wordStarts(),
  categories: [Name],
});

export const True = createToken({ name: "True", label: "`true`", pattern: Lexer.NA });
export const False = createToken({ name: "False", label: "`false`", pattern: Lexer.NA });

export const StringLiteral = createToken({
  name: "StringLiteral",
  label: "a text in double quotes",
  pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*"/,
});

/** Reported when it is read, and then taken for a string, so that the rest of the line is still understood. */
export const UnterminatedString = createToken({
  name: "UnterminatedString",
  pattern: /"(?:[^"\\\n\r]|\\[^\n\r])*\\?/,
  categories: [StringLiteral],
});

/** `'text'`, `'it''s'` and `“text”`: likewise. */
export const MisquotedString = createToken({
  name: "MisquotedString",
  pattern: /(?:'[^'\n\r]*')+|[\u201c\u201d\u201e][^"\u201c\u201d\n\r]*[\u201c\u201d"]/,
  categories: [StringLiteral],
});

const NUMBER = /\d(?:_?\d)*(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?/.source;

export const PercentLiteral = createToken({
  name: "PercentLiteral",
  label: "a percentage",
  pattern: new RegExp(`${NUMBER}[ \\t]*%`),
});

export const NumberLiteral = createToken({
  name: "NumberLiteral",
  label: "a number",
  // What follows must not belong to it: `1.2.3`, `12abc` and `1_` are malformed, `0..9` is not.
  pattern: new RegExp(`${NUMBER}(?!\\w|\\.\\d|\\.(?!\\.))`),
});

export const MalformedNumber = createToken({
  name: "MalformedNumber",
  pattern: /(?:\d|\.\d)(?:[eE][+-]|\w|\.(?!\.))*%?/,
  categories: [NumberLiteral],
});

// ── signs ──────────────────────────────────────────────────────────────────────────────────────────────────────

const sign = (name: string, text: string, ...categories: TokenType[]): TokenType =>
  createToken({ name, label: `\`${text}\``, pattern: text, categories });

export const BraceOpen = sign("BraceOpen", "{");
export const BraceClose = sign("BraceClose", "}");
export const ParenthesisOpen = sign("ParenthesisOpen", "(");
export const ParenthesisClose = sign("ParenthesisClose", ")");
export const Comma = sign("Comma", ",");
export const Colon = sign("Colon", ":");
export const Question = sign("Question", "?");
export const Arrow = sign("Arrow", "->");
export const FatArrow = sign("FatArrow", "=>");
export const Equal = sign("Equal", "==", ComparisonOperator);
export const NotEqual = sign("NotEqual", "!=", ComparisonOperator);
export const AtMost = sign("AtMost", "<=", ComparisonOperator);
export const AtLeast = sign("AtLeast", ">=", ComparisonOperator);
export const Less = sign("Less", "<", ComparisonOperator);
export const Greater = sign("Greater", ">", ComparisonOperator);
export const Assign = sign("Assign", "=");
export const HalfOpenRange = sign("HalfOpenRange", "..<", RangeOperator);
export const ClosedRange = sign("ClosedRange", "..", RangeOperator);
export const Pipe = sign("Pipe", "|", BandOperator);
export const Ampersand = sign("Ampersand", "&", BandOperator);
export const Minus = sign("Minus", "-", BandOperator);

/** Signs of other languages: no rule takes them, so the parser meets them and can say what Gov writes instead. */
export const ForeignSign = createToken({
  name: "ForeignSign",
  pattern: /&&|\|\||\.\.\.|\.(?!\.)|[!;+*/%[\]]/,
});

// ── what the grammar does not see ──────────────────────────────────────────────────────────────────────────────

export const WhiteSpace = createToken({
  name: "WhiteSpace",
  pattern: /[ \t\r\n\f\v\uFEFF]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
export const LineComment = createToken({ name: "LineComment", pattern: /\/\/[^\n\r]*/, group: "comments" });
export const BlockComment = createToken({
  name: "BlockComment",
  pattern: /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//,
  group: "comments",
  line_breaks: true,
});
/** Reported when it is read: other languages begin a comment so, and what it says is no Gov. */
export const HashComment = createToken({ name: "HashComment", pattern: /#[^\n\r]*/, group: "comments" });
export const UnterminatedComment = createToken({
  name: "UnterminatedComment",
  pattern: /\/\*[\s\S]*/,
  group: "comments",
  line_breaks: true,
});

/** In the order in which the lexer tries them: the first that matches wins. */
export const lexedTypes: readonly TokenType[] = [
  WhiteSpace,
  LineComment,
  BlockComment,
  UnterminatedComment,
  HashComment,
  Identifier,
  StringLiteral,
  UnterminatedString,
  MisquotedString,
  PercentLiteral,
  NumberLiteral,
  MalformedNumber,
  BraceOpen,
  BraceClose,
  ParenthesisOpen,
  ParenthesisClose,
  Comma,
  Colon,
  Question,
  Arrow,
  FatArrow,
  Equal,
  NotEqual,
  AtMost,
  AtLeast,
  Less,
  Greater,
  Assign,
  // Before the ranges: `...` is a mistake, not a range and a point.
  ForeignSign,
  HalfOpenRange,
  ClosedRange,
  Pipe,
  Ampersand,
  Minus,
];

/** Everything the parser may meet: what the lexer yields, the words that identifiers turn into, the categories. */
export const vocabulary: TokenType[] = [
  ...lexedTypes,
  ...Object.values(keywords),
  True,
  False,
  Name,
  ...MEMBERS.map(([type]) => type),
  ComparisonOperator,
  RangeOperator,
  BandOperator,
];
