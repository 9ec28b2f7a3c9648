import { SymbolKind, type DocumentSymbol } from "vscode-languageserver/node";
import { findSymbols, outline, type OutlineEntry, type OutlineKind } from "../../../src/ide/symbols.ts";
import { locationOf, spanRange } from "../locations.ts";
import { readObject, readText } from "../params.ts";
import { answer, askedDocument, type Asked, type Feature } from "../session.ts";

/** The outline of a text, and names across the project. */
export const symbols: Feature = {
  capabilities: { documentSymbolProvider: { label: "Gov" }, workspaceSymbolProvider: true },
  register: (session) => {
    answer(session, "textDocument/documentSymbol", (params) => {
      const asked = askedDocument(params, session);
      return asked === undefined ? [] : outline(asked.draft).map((entry) => symbolOf(entry, asked));
    });
    answer(session, "workspace/symbol", (params) => {
      const query = readText(readObject(params)["query"], "query");
      return session.workspace.all().flatMap((located) =>
        findSymbols([located.draft], query).map(({ name, kind, selection }) => ({
          name,
          kind: KINDS[kind],
          location: locationOf(selection, located),
        })),
      );
    });
  },
};

function symbolOf(
  { name, kind, detail, span, selection, children }: OutlineEntry,
  asked: Asked,
): DocumentSymbol {
  return {
    name: name.trim() === "" ? kind : name,
    kind: KINDS[kind],
    detail,
    range: spanRange(span, asked.draft),
    selectionRange: spanRange(selection, asked.draft),
    children: children.map((child) => symbolOf(child, asked)),
  };
}

const KINDS: Readonly<Record<OutlineKind, SymbolKind>> = {
  param: SymbolKind.Variable,
  model: SymbolKind.File,
  example: SymbolKind.Struct,
  field: SymbolKind.Field,
  layer: SymbolKind.Object,
  band: SymbolKind.Class,
  cohort: SymbolKind.Enum,
  profile: SymbolKind.Struct,
  behavior: SymbolKind.Event,
  route: SymbolKind.Operator,
  detach: SymbolKind.Operator,
  bound: SymbolKind.Interface,
  provenance: SymbolKind.Property,
  claim: SymbolKind.Boolean,
  ruleset: SymbolKind.Function,
  apply: SymbolKind.Method,
  test: SymbolKind.Method,
};
