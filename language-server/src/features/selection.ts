import type { SelectionRange } from "vscode-languageserver/node";
import { selectionsAt } from "../../../src/ide/selection.ts";
import { readList, readPosition } from "../params.ts";
import { offsetOf, rangeOf } from "../places.ts";
import { answer, askedDocument, type Feature } from "../session.ts";

/** Selections that grow by what belongs together. */
export const selection: Feature = {
  capabilities: { selectionRangeProvider: true },
  register: (session) => {
    answer(session, "textDocument/selectionRange", (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return [];
      return readList(asked.params["positions"], "positions", (position) => {
        const offset = offsetOf(asked.source, readPosition(position, "positions"));
        const empty: SelectionRange = { range: rangeOf(asked.source, { start: offset, end: offset }) };
        return (
          selectionsAt(asked.draft.parsed, offset).reduceRight<SelectionRange | undefined>(
            (parent, own) => ({ range: rangeOf(asked.source, own), ...(parent && { parent }) }),
            undefined,
          ) ?? empty
        );
      });
    });
  },
};
