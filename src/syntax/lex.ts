import { Lexer, type IToken } from "chevrotain";
import {
  False,
  HashComment,
  Identifier,
  keywordTypes,
  lexedTypes,
  MalformedNumber,
  MisquotedString,
  StringLiteral,
  True,
  UnterminatedComment,
  UnterminatedString,
} from "../../grammar/tokens.ts";
import { diagnose, type Diagnostic } from "../source/diagnostic.ts";
import { spanAt, type SourceText } from "../source/text.ts";
import { findBidirectionalControls, isBidirectionalControl } from "./bidirectional.ts";
import { readComment, type Comment } from "./comments.ts";
import { findConfusables } from "./confusable.ts";
import { findInvisibleCharacters } from "./invisible.ts";
import { once } from "./once.ts";
import { readString, writeString } from "./string-text.ts";

export interface LexedFile {
  readonly tokens: readonly IToken[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Text to tokens and comments; a token that is wrong in itself is reported here and passed on as what it meant. */
export function lex(source: SourceText): LexedFile {
  const { tokens, groups, errors } = lexer().tokenize(source.text);
  const commentTokens = groups["comments"] ?? [];
  const flawed: Diagnostic[] = [];
  for (const token of tokens) {
    complete(token);
    examine(source, token, flawed);
  }
  for (const token of commentTokens) examine(source, token, flawed);
  return {
    tokens,
    comments: commentTokens.map((token) => readComment(source, token)),
    diagnostics: [
      ...errors.flatMap(({ offset, length }) => unexpectedCharacters(source, offset, length)),
      ...flawed,
      ...findBidirectionalControls(source),
      ...(isAscii(source.text)
        ? []
        : [
            ...findConfusables(
              source,
              tokens.filter((token) => token.tokenType === Identifier),
            ),
            ...findInvisibleCharacters(
              source,
              tokens.filter((token) => token.tokenType === StringLiteral),
            ),
          ]),
    ],
  };
}

const lexer = once(
  () => new Lexer([...lexedTypes], { positionTracking: "onlyOffset", skipValidations: true }),
);

const CONSTANTS: ReadonlyMap<string, typeof True> = new Map([
  ["true", True],
  ["false", False],
]);

// The tokens are ours: Chevrotain made them for this call. It leaves out the end when it tracks offsets only; and
// giving words their type here is what its `longer_alt` would do, without a hundred patterns to compile when the
// process starts.
function complete(token: IToken): void {
  token.endOffset = token.startOffset + token.image.length - 1;
  if (token.tokenType !== Identifier) return;
  const type = keywordTypes.get(token.image) ?? CONSTANTS.get(token.image);
  if (type?.tokenTypeIdx === undefined) return;
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx;
}

function examine(source: SourceText, token: IToken, found: Diagnostic[]): void {
  const problems = PROBLEMS.get(token.tokenType)?.(source, token);
  if (problems !== undefined && problems.length > 0) found.push(...problems);
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

type Examine = (source: SourceText, token: IToken) => readonly Diagnostic[];

const PROBLEMS = new Map<typeof True, Examine>([
  [StringLiteral, (source, token) => badEscapes(source, token)],
  [
    UnterminatedString,
    (source, token) => [
      diagnose(
        "GOV1002",
        tokenSpan(source, token),
        `the text that begins with ${quote(token.image)} is not closed`,
        {
          help: 'close it with `"` on the same line; a line break inside a text is written `\\n`',
        },
      ),
      ...badEscapes(source, token),
    ],
  ],
  [MisquotedString, (source, token) => [misquoted(source, token)]],
  [MalformedNumber, (source, token) => [malformedNumber(source, token)]],
  [
    UnterminatedComment,
    (source, token) => [
      diagnose(
        "GOV1003",
        spanAt(source, token.startOffset, token.startOffset + 2),
        "the comment is not closed",
        {
          help: "close it with `*/`",
        },
      ),
    ],
  ],
  [
    HashComment,
    (source, { startOffset }) => {
      const span = spanAt(source, startOffset, startOffset + 1);
      return [
        diagnose("GOV1001", span, "unexpected `#`", {
          help: "a comment begins with `//`",
          fix: { title: "write `//`", edits: [{ span, replacement: "//" }] },
        }),
      ];
    },
  ],
  [Identifier, (source, token) => (token.image.startsWith("_") ? [underscored(source, token)] : [])],
]);

function tokenSpan(source: SourceText, token: IToken): Diagnostic["labels"][0]["span"] {
  return spanAt(source, token.startOffset, token.startOffset + token.image.length);
}

function quote(text: string): string {
  return `\`${text.length > 24 ? `${text.slice(0, 23)}…` : text}\``;
}

function badEscapes(source: SourceText, token: IToken): readonly Diagnostic[] {
  return readString(token.image).problems.map(({ start, end }) => {
    const escape = token.image.slice(start, end);
    const span = spanAt(source, token.startOffset + start, token.startOffset + end);
    return diagnose("GOV1009", span, `\`${escape}\` is not an escape`, {
      help: 'the escapes are `\\"`, `\\\\`, `\\n`, `\\r`, `\\t` and `\\u{…}`; a backslash itself is written `\\\\`',
      fix: { title: "write the backslash itself", edits: [{ span, replacement: `\\${escape}` }] },
    });
  });
}

function misquoted(source: SourceText, token: IToken): Diagnostic {
  const span = tokenSpan(source, token);
  const replacement = writeString(token.image.slice(1, -1).replaceAll("''", "'"));
  return diagnose("GOV1001", span, `unexpected ${quote(token.image.charAt(0))}`, {
    help: `texts are written in double quotes: ${quote(replacement)}`,
    fix: { title: "use double quotes", edits: [{ span, replacement }] },
  });
}

const VERSION = /^\d+\.\d+\.\d+$/;

const TIME_UNITS = /^(?:step|epoch|example)s?$/;

function malformedNumber(source: SourceText, token: IToken): Diagnostic {
  const { image } = token;
  const help = image.startsWith(".")
    ? `a number begins with a digit: \`0${image}\``
    : /^\d+\.$/.test(image)
      ? `a number does not end in a point: \`${image}0\` or \`${image.slice(0, -1)}\``
      : /^\d[\d_]*$/.test(image)
        ? `\`_\` stands between two digits: \`${image.replace(/_+/g, "_").replace(/_$/, "")}\``
        : VERSION.test(image)
          ? `a version is a text: \`"${image}"\``
          : "numbers are written like `12`, `0.5`, `1_000` or `1e-3`";
  const [, count, unit] = /^(\d+)([a-z]+)$/.exec(image) ?? [];
  const span = tokenSpan(source, token);
  const meant =
    count !== undefined && unit !== undefined && TIME_UNITS.test(unit)
      ? `${count} ${unit}`
      : VERSION.test(image)
        ? `"${image}"`
        : undefined;
  return diagnose("GOV1006", span, `malformed number ${quote(image)}`, {
    help: meant === undefined || VERSION.test(image) ? help : `a space stands between them: \`${meant}\``,
    ...(meant !== undefined && {
      fix: { title: `write \`${meant}\``, edits: [{ span, replacement: meant }] },
    }),
  });
}

function underscored(source: SourceText, token: IToken): Diagnostic {
  const bare = token.image.replace(/^_+/, "");
  return diagnose("GOV1001", tokenSpan(source, token), `the name ${quote(token.image)} begins with \`_\``, {
    help: `a name begins with a letter${/^\p{L}/u.test(bare) ? `: \`${bare}\`` : ""}`,
  });
}

// The lexer hands over a run of characters that begin no token: one mistake, unless they are bidirectional
// controls, which have a code of their own.
function unexpectedCharacters(source: SourceText, offset: number, length: number): readonly Diagnostic[] {
  const characters = [...source.text.slice(offset, offset + length)];
  const visible = characters.filter((character) => !isBidirectionalControl(character));
  if (visible.length === 0) return [];
  const described = visible.map(describeCharacter).join(" ");
  const span = spanAt(source, offset, offset + length);
  const meant = TYPOGRAPHY.get(characters.join(""));
  return [
    diagnose("GOV1001", span, `unexpected ${described}`, {
      help: meant && `write \`${meant}\` instead`,
      fix:
        meant === undefined
          ? undefined
          : { title: `write \`${meant}\``, edits: [{ span, replacement: meant }] },
    }),
  ];
}

/** Signs that word processors, and people who love mathematics, write. */
const TYPOGRAPHY: ReadonlyMap<string, string> = new Map([
  ["→", "->"],
  ["⇒", "=>"],
  ["≤", "<="],
  ["≥", ">="],
  ["≠", "!="],
  ["…", ".."],
  ["–", "-"],
  ["−", "-"],
  ["∪", "|"],
  ["∩", "&"],
]);

function describeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return /[\p{C}\p{Z}\p{M}]/u.test(character) ? `the invisible character U+${code}` : `\`${character}\``;
}
