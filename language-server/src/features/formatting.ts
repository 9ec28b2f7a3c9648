import { layOut, layOutClosed, layOutRange } from "../../../src/ide/layout.ts";
import { protocolEdits } from "../locations.ts";
import { readRange } from "../params.ts";
import { offsetOf } from "../places.ts";
import { answer, askedDocument, askedPlace, type Feature } from "../session.ts";

/** The layout of `gov fmt`: of a text, of a part, of the block that has just been closed. */
export const formatting: Feature = {
  capabilities: {
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: { firstTriggerCharacter: "}" },
  },
  register: (session) => {
    answer(session, "textDocument/formatting", async (params) => {
      const asked = askedDocument(params, session);
      return asked === undefined ? [] : protocolEdits(await layOut(asked.draft.parsed), asked);
    });
    answer(session, "textDocument/rangeFormatting", async (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return [];
      const range = readRange(asked.params["range"]);
      const offsets = { start: offsetOf(asked.source, range.start), end: offsetOf(asked.source, range.end) };
      return protocolEdits(await layOutRange(asked.draft.parsed, offsets), asked);
    });
    answer(session, "textDocument/onTypeFormatting", async (params) => {
      const asked = askedPlace(params, session);
      return asked === undefined
        ? []
        : protocolEdits(await layOutClosed(asked.draft.parsed, asked.offset), asked);
    });
  },
};
