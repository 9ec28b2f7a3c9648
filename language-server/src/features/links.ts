import { findLinks } from "../../../src/ide/links.ts";
import { codePage } from "../diagnostics.ts";
import { spanRange, uriOf } from "../locations.ts";
import { answer, askedDocument, type Feature } from "../session.ts";

/** Paths and codes that lead elsewhere. */
export const links: Feature = {
  capabilities: { documentLinkProvider: { resolveProvider: false } },
  register: (session) => {
    answer(session, "textDocument/documentLink", (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return [];
      return findLinks(asked.draft).map((link) => ({
        range: spanRange(link.span, asked.draft),
        target: link.kind === "file" ? uriOf(link.file, asked) : codePage(link.code),
        tooltip: link.kind === "file" ? link.file : `what ${link.code} means`,
      }));
    });
  },
};
