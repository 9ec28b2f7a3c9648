import { InlayHintKind } from "vscode-languageserver/node";
import { inlayHints as findHints } from "../../../src/ide/inlay-hints.ts";
import { readRange } from "../params.ts";
import { offsetOf, positionOf } from "../places.ts";
import { answer, askedDocument, type Feature } from "../session.ts";

/** What a text leaves unsaid. */
export const inlayHints: Feature = {
  capabilities: { inlayHintProvider: { resolveProvider: false } },
  register: (session) => {
    answer(session, "textDocument/inlayHint", (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return [];
      const range = readRange(asked.params["range"]);
      const offsets = { start: offsetOf(asked.source, range.start), end: offsetOf(asked.source, range.end) };
      return findHints(asked.draft, offsets).map(({ offset, text, kind, tooltip }) => ({
        position: positionOf(asked.source, offset),
        label: text,
        kind: kind === "type" ? InlayHintKind.Type : InlayHintKind.Parameter,
        paddingLeft: kind === "type" && !/^[:,]/.test(text),
        paddingRight: kind === "parameter",
        ...(tooltip !== undefined && { tooltip }),
      }));
    });
  },
};
