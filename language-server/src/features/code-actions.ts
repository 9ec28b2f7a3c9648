import type { CodeAction } from "vscode-languageserver/node";
import { findActions } from "../../../src/ide/actions.ts";
import { protocolDiagnostic } from "../diagnostics.ts";
import { protocolEdits } from "../locations.ts";
import { readList, readObject, readRange, readText } from "../params.ts";
import { offsetOf } from "../places.ts";
import { answer, askedDocument, type Feature } from "../session.ts";

/** Fixes, and changes that keep what a policy says. */
export const codeActions: Feature = {
  capabilities: {
    codeActionProvider: {
      codeActionKinds: [
        "quickfix",
        "refactor.extract",
        "refactor.rewrite",
        "source.fixAll",
        "source.organizeImports",
      ],
    },
  },
  register: (session) => {
    answer(session, "textDocument/codeAction", (params): CodeAction[] => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return [];
      const range = readRange(asked.params["range"]);
      const { only } = readObject(asked.params["context"] ?? {}, "context");
      const kinds = only === undefined ? undefined : readList(only, "only", (kind) => readText(kind, "only"));
      const setting = {
        draft: asked.draft,
        range: { start: offsetOf(asked.source, range.start), end: offsetOf(asked.source, range.end) },
        surroundings: session.workspace.surroundings(asked),
      };
      return findActions(setting, kinds).map(({ title, kind, edits, diagnostic }) => ({
        title,
        kind,
        edit: { changes: { [asked.uri]: protocolEdits(edits, asked) } },
        ...(diagnostic && {
          diagnostics: [protocolDiagnostic(diagnostic, asked)],
          isPreferred: diagnostic.fix?.edits === edits,
        }),
      }));
    });
  },
};
