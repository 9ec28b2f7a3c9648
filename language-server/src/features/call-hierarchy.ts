import { SymbolKind, type CallHierarchyItem } from "vscode-languageserver/node";
import {
  callItemAt,
  incomingCalls,
  outgoingCalls,
  type Call,
  type CallItem,
} from "../../../src/ide/calls.ts";
import { spanRange, uriOf } from "../locations.ts";
import { readObject, readRange, readText } from "../params.ts";
import { offsetOf } from "../places.ts";
import { answer, askedPlace, type Feature, type Session } from "../session.ts";
import type { Located } from "../workspace.ts";

/** Who is affected by a cohort, or by anything else that has a name. */
export const callHierarchy: Feature = {
  capabilities: { callHierarchyProvider: true },
  register: (session) => {
    answer(session, "textDocument/prepareCallHierarchy", (params) => {
      const asked = askedPlace(params, session);
      const item = asked && callItemAt(asked.draft, asked.offset);
      return asked === undefined || item === undefined ? null : [protocolItem(item, asked)];
    });
    answer(session, "callHierarchy/incomingCalls", (params) => {
      const found = itemAsked(params, session);
      if (found === undefined) return [];
      const { item, located } = found;
      const others = session.workspace.others(located);
      const calls = incomingCalls(
        item,
        located.draft,
        others.map(({ draft }) => draft),
      );
      return calls.map((call) => {
        const own =
          [located, ...others].find(({ draft }) => draft.compilation.files.has(call.item.span.file)) ??
          located;
        return { from: protocolItem(call.item, own), fromRanges: rangesOf(call, own) };
      });
    });
    answer(session, "callHierarchy/outgoingCalls", (params) => {
      const found = itemAsked(params, session);
      if (found === undefined) return [];
      return outgoingCalls(found.item, found.located.draft).map((call) => ({
        to: protocolItem(call.item, found.located),
        fromRanges: rangesOf(call, found.located),
      }));
    });
  },
};

function itemAsked(
  params: unknown,
  { workspace }: Session,
): { readonly item: CallItem; readonly located: Located } | undefined {
  const { uri, selectionRange } = readObject(readObject(params)["item"], "item");
  const { start } = readRange(selectionRange, "item.selectionRange");
  const located = workspace.find(readText(uri, "item.uri"));
  const item = located && callItemAt(located.draft, offsetOf(located.draft.parsed.source, start));
  return located === undefined || item === undefined ? undefined : { item, located };
}

function protocolItem(
  { name, kind, detail, span, selection }: CallItem,
  located: Located,
): CallHierarchyItem {
  return {
    name,
    kind: kind === "symbol" ? SymbolKind.Class : SymbolKind.Operator,
    detail,
    uri: uriOf(span.file, located),
    range: spanRange(span, located.draft),
    selectionRange: spanRange(selection, located.draft),
  };
}

function rangesOf({ places }: Call, { draft }: Located): CallHierarchyItem["range"][] {
  return places.map((place) => spanRange(place, draft));
}
