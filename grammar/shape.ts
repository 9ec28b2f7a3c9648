/**
 * What a declaration looks like from its first few tokens. Every keyword may also be a name (`band`, `model` and
 * `test` are fair names of fields), so only the shape tells where a declaration begins.
 */
import type { IToken, TokenType } from "chevrotain";
import { tokenMatcher } from "chevrotain";
import {
  Arrow,
  Assign,
  BraceOpen,
  Colon,
  Name,
  NumberLiteral,
  ParenthesisOpen,
  PercentLiteral,
  StringLiteral,
  keywords,
} from "./tokens.ts";

/** The token `distance` places ahead; past the end, one that matches nothing. */
export type Lookahead = (distance: number) => IToken;

/** Whether the tokens from `from` on begin a declaration, the header or an import. */
export function startsDeclaration(lookahead: Lookahead, from: number): boolean {
  const shapes = SHAPES.get(lookahead(from).tokenType);
  return (
    shapes?.some((shape) =>
      shape.every((options, index) => {
        const token = lookahead(from + 1 + index);
        return options.some((type) => tokenMatcher(token, type));
      }),
    ) ?? false
  );
}

type Shape = readonly (readonly TokenType[])[];

const named = (...then: TokenType[]): readonly Shape[] => [[[Name], then]];

const SHAPES: ReadonlyMap<TokenType, readonly Shape[]> = new Map<TokenType, readonly Shape[]>([
  [keywords.policy, [[[Name], [StringLiteral, keywords.version]]]],
  [keywords.module, [[[Name], [StringLiteral, keywords.version]]]],
  [keywords.import, [[[BraceOpen]]]],
  [keywords.param, named(Colon)],
  [keywords.model, [[[StringLiteral, BraceOpen]]]],
  [keywords.example, [[[BraceOpen]]]],
  [keywords.band, named(Assign)],
  [keywords.cohort, named(Assign)],
  [keywords.profile, named(BraceOpen)],
  [keywords.behavior, named(Assign)],
  [
    keywords.route,
    [
      [[Name], [Arrow, keywords.through]],
      [[keywords.default], [keywords.block, keywords.full, NumberLiteral, PercentLiteral, Name]],
    ],
  ],
  [keywords.detach, named(keywords.at)],
  [keywords.bound, named(ParenthesisOpen)],
  [keywords.provenance, [[[BraceOpen]]]],
  [keywords.never, named(Arrow)],
  [keywords.always, named(Arrow)],
  [keywords.ruleset, named(ParenthesisOpen)],
  [keywords.apply, named(ParenthesisOpen)],
  [keywords.test, [[[StringLiteral]]]],
]);
