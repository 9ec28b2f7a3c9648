import { MarkupKind } from "vscode-languageserver/node";
import { hover as findHover } from "../../../src/ide/hover.ts";
import { spanRange } from "../locations.ts";
import { answer, askedPlace, type Feature } from "../session.ts";

/** What stands at a place. */
export const hover: Feature = {
  capabilities: { hoverProvider: true },
  register: (session) => {
    answer(session, "textDocument/hover", (params) => {
      const asked = askedPlace(params, session);
      const found = asked && findHover(asked.draft, asked.offset);
      if (asked === undefined || found === undefined) return null;
      const contents = { kind: MarkupKind.Markdown, value: found.markdown };
      return { contents, range: spanRange(found.span, asked.draft) };
    });
  },
};
