/** The names that a file declares, read off its tokens: they are known even where a declaration cannot be read. */
import type { IToken } from "chevrotain";
import {
  BraceClose,
  Colon,
  EntityName,
  keywords as word,
  Name,
  ParenthesisClose,
} from "../../grammar/tokens.ts";
import type { SymbolKind } from "../bind/symbols.ts";
import { looksLikeUnit, opensLine, type Outline } from "../syntax/outline.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import { isType } from "./expected.ts";

export interface DeclaredNames {
  readonly symbols: ReadonlyMap<string, SymbolKind>;
  readonly fields: readonly string[];
}

export function declaredNames({ source, tokens }: ParsedFile): DeclaredNames {
  const outline: Outline = { source, tokens };
  const symbols = new Map<string, SymbolKind>();
  const fields: string[] = [];
  tokens.forEach((token, index) => {
    const kind = KINDS.get(token.tokenType);
    const isExample = token.tokenType === word.example;
    if (kind === undefined && !isExample) return;
    if (!opensLine(outline, index) && !looksLikeUnit(outline, index)) return;
    const next = tokens[index + 1];
    // The name of an item may be a keyword, too: `band: full`.
    if (next === undefined || isType(next, Colon)) return;
    if (kind !== undefined && isType(next, Name)) symbols.set(next.image, kind);
    if (isExample) fields.push(...fieldsIn(outline, index + 1));
  });
  return { symbols, fields };
}

/** A parameter of the ruleset that some tokens begin, and what it stands for. */
export interface DeclaredParameter {
  readonly name: string;
  readonly kind: SymbolKind;
}

export function parametersIn(tokens: readonly IToken[]): readonly DeclaredParameter[] {
  if (tokens[0]?.tokenType !== word.ruleset) return [];
  const close = tokens.findIndex(({ tokenType }) => tokenType === ParenthesisClose);
  return tokens.slice(0, close < 0 ? tokens.length : close).flatMap((token, index) => {
    if (!isType(token, Name) || !isType(tokens[index + 1], Colon)) return [];
    const type = tokens[index + 2];
    const kind = type !== undefined && isType(type, EntityName) ? KINDS.get(type.tokenType) : undefined;
    return [{ name: token.image, kind: kind ?? "param" }];
  });
}

const KINDS: ReadonlyMap<unknown, SymbolKind> = new Map<unknown, SymbolKind>([
  [word.param, "param"],
  [word.band, "band"],
  [word.cohort, "cohort"],
  [word.profile, "profile"],
  [word.behavior, "behavior"],
  [word.ruleset, "ruleset"],
]);

/** The words before a colon, up to the end of the block or the next declaration. */
function fieldsIn({ source, tokens }: Outline, from: number): readonly string[] {
  const fields: string[] = [];
  for (let index = from; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || isType(token, BraceClose)) break;
    if (index > from && looksLikeUnit({ source, tokens }, index)) break;
    if (isType(token, Name) && isType(tokens[index + 1], Colon)) fields.push(token.image);
  }
  return fields;
}
