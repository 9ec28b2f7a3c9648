import { LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { prepareRename, rename as renameAt } from "../../../src/ide/rename.ts";
import { spanRange, workspaceEdit } from "../locations.ts";
import { readText } from "../params.ts";
import { answer, askedPlace, type Feature } from "../session.ts";

/** New names for things, in every file that names them. */
export const rename: Feature = {
  capabilities: { renameProvider: { prepareProvider: true } },
  register: (session) => {
    answer(session, "textDocument/prepareRename", (params) => {
      const asked = askedPlace(params, session);
      const target = asked && prepareRename(asked.draft, asked.offset);
      if (asked === undefined || target === undefined) return null;
      if (target.kind === "refused") throw refusal(target.reason);
      return { range: spanRange(target.span, asked.draft), placeholder: target.text };
    });
    answer(session, "textDocument/rename", (params) => {
      const asked = askedPlace(params, session);
      if (asked === undefined) return null;
      const newName = readText(asked.params["newName"], "newName");
      const others = session.workspace.others(asked);
      const renaming = renameAt(
        asked.draft,
        asked.offset,
        newName,
        others.map(({ draft }) => draft),
      );
      if (renaming.kind === "refused") throw refusal(renaming.reason);
      return workspaceEdit(renaming.edits, [asked, ...others]);
    });
  },
};

function refusal(reason: string): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestFailed, reason);
}
