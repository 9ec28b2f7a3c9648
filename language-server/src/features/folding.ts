import { FoldingRangeKind } from "vscode-languageserver/node";
import { findFolds } from "../../../src/ide/folding.ts";
import { answer, askedDocument, type Feature } from "../session.ts";

/** What can be folded away. */
export const folding: Feature = {
  capabilities: { foldingRangeProvider: true },
  register: (session) => {
    answer(session, "textDocument/foldingRange", (params) => {
      const asked = askedDocument(params, session);
      return (asked === undefined ? [] : findFolds(asked.draft.parsed)).map(({ start, end, kind }) => ({
        startLine: start - 1,
        endLine: end - 1,
        kind: {
          block: FoldingRangeKind.Region,
          comment: FoldingRangeKind.Comment,
          imports: FoldingRangeKind.Imports,
        }[kind],
      }));
    });
  },
};
