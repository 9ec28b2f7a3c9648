import {
  CompletionItemKind,
  InsertTextFormat,
  MarkupKind,
  type CompletionItem,
} from "vscode-languageserver/node";
import { complete, type Completion, type CompletionKind } from "../../../src/ide/complete.ts";
import { withoutStops } from "../../../src/ide/complete/snippets.ts";
import { protocolEdits } from "../locations.ts";
import { readObject } from "../params.ts";
import { rangeOf } from "../places.ts";
import { answer, askedPlace, type Asked, type Feature } from "../session.ts";

/** Completion; what an item means is found when the client asks for it. */
export const completion: Feature = {
  capabilities: {
    completionProvider: {
      triggerCharacters: ['"', ":", ">", "(", ",", "{", "|", "&"],
      resolveProvider: true,
      completionItem: { labelDetailsSupport: true },
    },
  },
  register: (session) => {
    const offered: { list: number; completions: readonly Completion[] } = { list: 0, completions: [] };
    answer(session, "textDocument/completion", (params) => {
      const asked = askedPlace(params, session);
      if (asked === undefined) return { isIncomplete: false, items: [] };
      const { snippets } = session.state.client;
      offered.completions = complete(asked.draft, asked.offset, session.workspace.surroundings(asked));
      offered.list += 1;
      const items = offered.completions.map((item, index) => ({
        ...itemOf(item, asked, snippets ? "snippets" : "plain"),
        data: { list: offered.list, index },
      }));
      return { isIncomplete: false, items };
    });
    answer(session, "completionItem/resolve", (params) => {
      const item = readObject(params);
      const { list, index } = typeof item["data"] === "object" ? readObject(item["data"]) : {};
      const documentation =
        list === offered.list ? offered.completions[Number(index)]?.documentation?.() : undefined;
      if (documentation === undefined || documentation === "") return item;
      return { ...item, documentation: { kind: MarkupKind.Markdown, value: documentation } };
    });
  },
};

function itemOf(
  { label, kind, detail, insert, snippet, replaces, edits = [], rank }: Completion,
  asked: Asked,
  style: "snippets" | "plain",
): CompletionItem {
  const isSnippet = snippet !== undefined && style === "snippets";
  const newText = isSnippet ? snippet : (insert ?? (snippet === undefined ? label : withoutStops(snippet)));
  return {
    label,
    kind: KINDS[kind],
    sortText: `${rank} ${label}`,
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: rangeOf(asked.source, replaces), newText },
    ...(detail !== undefined && { detail, labelDetails: { description: detail } }),
    ...(edits.length > 0 && { additionalTextEdits: protocolEdits(edits, asked) }),
  };
}

const KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  sign: CompletionItemKind.Operator,
  type: CompletionItemKind.TypeParameter,
  band: CompletionItemKind.Class,
  cohort: CompletionItemKind.Enum,
  profile: CompletionItemKind.Struct,
  behavior: CompletionItemKind.Event,
  param: CompletionItemKind.Variable,
  ruleset: CompletionItemKind.Function,
  field: CompletionItemKind.Field,
  value: CompletionItemKind.Value,
  layer: CompletionItemKind.Reference,
  module: CompletionItemKind.Module,
  file: CompletionItemKind.File,
};
