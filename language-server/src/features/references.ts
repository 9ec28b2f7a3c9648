import { DocumentHighlightKind } from "vscode-languageserver/node";
import { findReferences, highlight } from "../../../src/ide/references.ts";
import { locationOf, spanRange } from "../locations.ts";
import { readObject } from "../params.ts";
import { answer, askedPlace, type Feature } from "../session.ts";

/** Every use of a name: in the project, and in the text that is looked at. */
export const references: Feature = {
  capabilities: { referencesProvider: true, documentHighlightProvider: true },
  register: (session) => {
    answer(session, "textDocument/references", (params) => {
      const asked = askedPlace(params, session);
      if (asked === undefined) return [];
      const context = readObject(asked.params["context"] ?? {}, "context");
      const others = session.workspace.others(asked);
      const found = findReferences(
        asked.draft,
        asked.offset,
        others.map(({ draft }) => draft),
      );
      return found
        .filter(({ role }) => role !== "declaration" || context["includeDeclaration"] !== false)
        .map(({ span }) => {
          const own = [asked, ...others].find(({ draft }) => draft.compilation.files.has(span.file)) ?? asked;
          return locationOf(span, own);
        });
    });
    answer(session, "textDocument/documentHighlight", (params) => {
      const asked = askedPlace(params, session);
      return (asked === undefined ? [] : highlight(asked.draft, asked.offset)).map(({ span, role }) => ({
        range: asked && spanRange(span, asked.draft),
        kind: role === "declaration" ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }));
    });
  },
};
