import {
  semanticTokens as findTokens,
  TOKEN_KINDS,
  TOKEN_MODIFIERS,
  type SemanticToken,
} from "../../../src/ide/semantic-tokens.ts";
import { readRange, readText } from "../params.ts";
import { offsetOf } from "../places.ts";
import { answer, askedDocument, type Feature } from "../session.ts";

/** Colours that know what names stand for: of a text, of what changed in it, of a part. */
export const semanticTokens: Feature = {
  capabilities: {
    semanticTokensProvider: {
      legend: { tokenTypes: [...TOKEN_KINDS], tokenModifiers: [...TOKEN_MODIFIERS] },
      full: { delta: true },
      range: true,
    },
  },
  register: (session) => {
    const told = new Map<string, { readonly id: string; readonly data: readonly number[] }>();
    let count = 0;
    const tell = (uri: string, data: readonly number[]): string => {
      count += 1;
      const id = String(count);
      told.set(uri, { id, data });
      return id;
    };
    answer(session, "textDocument/semanticTokens/full", (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return { data: [] };
      const data = encode(findTokens(asked.draft));
      return { resultId: tell(asked.uri, data), data };
    });
    answer(session, "textDocument/semanticTokens/full/delta", (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return { data: [] };
      const previous = readText(asked.params["previousResultId"], "previousResultId");
      const known = told.get(asked.uri);
      const data = encode(findTokens(asked.draft));
      const resultId = tell(asked.uri, data);
      return known?.id === previous ? { resultId, edits: compare(known.data, data) } : { resultId, data };
    });
    answer(session, "textDocument/semanticTokens/range", (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return { data: [] };
      const range = readRange(asked.params["range"]);
      const start = offsetOf(asked.source, range.start);
      const end = offsetOf(asked.source, range.end);
      return {
        data: encode(findTokens(asked.draft).filter(({ span }) => span.start < end && start < span.end)),
      };
    });
  },
};

/** Five numbers for each token, places counted from the token before. */
function encode(tokens: readonly SemanticToken[]): readonly number[] {
  let line = 0;
  let character = 0;
  return tokens.flatMap(({ span, kind, modifiers }) => {
    const [ownLine, ownCharacter] = [span.line - 1, span.column - 1];
    const data = [
      ownLine - line,
      ownLine === line ? ownCharacter - character : ownCharacter,
      span.end - span.start,
      TOKEN_KINDS.indexOf(kind),
      modifiers.reduce((bits, modifier) => bits | (1 << TOKEN_MODIFIERS.indexOf(modifier)), 0),
    ];
    [line, character] = [ownLine, ownCharacter];
    return data;
  });
}

/** One edit between what both begin and end with. */
function compare(before: readonly number[], after: readonly number[]): readonly object[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const deleteCount = before.length - tail - start;
  const data = after.slice(start, after.length - tail);
  return deleteCount === 0 && data.length === 0 ? [] : [{ start, deleteCount, data }];
}
