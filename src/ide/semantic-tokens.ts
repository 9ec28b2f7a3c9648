/** What each word of a text is, for colours that know what names stand for. */
import type { IToken, TokenType } from "chevrotain";
import {
  BandOperator,
  ComparisonOperator,
  False,
  keywordTypes,
  NumberLiteral,
  PercentLiteral,
  RangeOperator,
  StringLiteral,
  True,
  TypeName,
  keywords as word,
} from "../../grammar/tokens.ts";
import { spanAt } from "../source/text.ts";
import type { Span } from "../source/span.ts";
import type { Draft } from "./draft.ts";
import { endOf } from "./at.ts";
import { isType } from "./expected.ts";
import type { Occurrence } from "./names.ts";

/** Standard names, so that every theme has colours for them. */
export const TOKEN_KINDS = [
  "keyword", "type", "comment", "string", "number", "operator", "class", "enum", "struct", "event", "variable",
  "parameter", "property", "function", "enumMember",
] as const; // prettier-ignore
export type TokenKind = (typeof TOKEN_KINDS)[number];

export const TOKEN_MODIFIERS = ["declaration", "documentation", "defaultLibrary", "readonly"] as const;
export type TokenModifier = (typeof TOKEN_MODIFIERS)[number];

export interface SemanticToken {
  readonly span: Span;
  readonly kind: TokenKind;
  readonly modifiers: readonly TokenModifier[];
}

/** In the order of the text; a comment of several lines is one token for each. */
export function semanticTokens(draft: Draft): readonly SemanticToken[] {
  const { source, tokens, comments } = draft.parsed;
  const names = new Map(
    draft
      .names()
      .inFile(source.file)
      .map((found) => [found.name.span.start, found]),
  );
  const strings = layerKindsIn(draft);
  const words = tokens.flatMap((token): readonly SemanticToken[] => {
    const span = spanAt(source, token.startOffset, endOf(token));
    const occurrence = names.get(token.startOffset);
    if (occurrence !== undefined) return [{ span, ...nameToken(occurrence) }];
    if (strings.has(token.startOffset)) return [{ span, kind: "enumMember", modifiers: [] }];
    const kind = kindOf(token);
    return kind === undefined ? [] : [{ span, kind, modifiers: [] }];
  });
  const remarks = comments.flatMap(({ text, span, placement }) => {
    let offset = span.start;
    return text.split(/(?<=\n)/).map((line): SemanticToken => {
      const start = offset;
      offset += line.length;
      return {
        span: spanAt(source, start, start + line.trimEnd().length),
        kind: "comment",
        modifiers: placement === "documentation" ? ["documentation"] : [],
      };
    });
  });
  return [...words, ...remarks].toSorted((left, right) => left.span.start - right.span.start);
}

function nameToken({ subject, role }: Occurrence): Pick<SemanticToken, "kind" | "modifiers"> {
  if (subject.kind === "built_in")
    return { kind: subject.name === "all" ? "enum" : "property", modifiers: ["defaultLibrary", "readonly"] };
  const declares = role === "declaration" ? (["declaration"] as const) : [];
  if (subject.kind === "field") return { kind: "property", modifiers: declares };
  const { kind, file } = subject.symbol;
  return {
    kind: SYMBOL_KINDS[kind],
    modifiers: [...declares, ...(file.startsWith("std/") ? (["defaultLibrary"] as const) : [])],
  };
}

const SYMBOL_KINDS = {
  band: "class",
  cohort: "enum",
  profile: "struct",
  behavior: "event",
  param: "variable",
  parameter: "parameter",
  ruleset: "function",
} as const;

const KINDS: readonly (readonly [TokenType, TokenKind])[] = [
  [StringLiteral, "string"],
  [NumberLiteral, "number"],
  [PercentLiteral, "number"],
  [True, "keyword"],
  [False, "keyword"],
  [ComparisonOperator, "operator"],
  [RangeOperator, "operator"],
  [BandOperator, "operator"],
  [TypeName, "type"],
  [word.enum, "type"],
  [word.set, "type"],
];

/** A keyword that is no name here is a keyword; a name that stands for nothing has no colour. */
function kindOf(token: IToken): TokenKind | undefined {
  const known = KINDS.find(([type]) => isType(token, type));
  return known?.[1] ?? (keywordTypes.has(token.image) ? "keyword" : undefined);
}

/** Where classes of layers are named: `kind conv2d`. */
function layerKindsIn({ parsed }: Draft): ReadonlySet<number> {
  return new Set(
    parsed.tokens.flatMap((token, index) =>
      parsed.tokens[index - 1]?.tokenType === word.kind && !isType(token, StringLiteral)
        ? [token.startOffset]
        : [],
    ),
  );
}
