import { TextDocumentSyncKind } from "vscode-languageserver/node";
import { readChange, readCount, readDocument, readList, readObject, readText } from "../params.ts";
import type { Feature } from "../session.ts";

/** Texts in step with the client's; a change that is malformed anywhere is left out as a whole. */
export const synchronization: Feature = {
  capabilities: {
    positionEncoding: "utf-16",
    textDocumentSync: {
      openClose: true,
      change: TextDocumentSyncKind.Incremental,
      save: { includeText: false },
    },
  },
  register: ({ connection, workspace }) => {
    connection.onNotification("textDocument/didOpen", (params: unknown) => {
      const { uri } = readDocument(params);
      const document = readObject(readObject(params)["textDocument"]);
      workspace.open(uri, readText(document["text"], "text"), readCount(document["version"], "version"));
    });
    connection.onNotification("textDocument/didChange", (params: unknown) => {
      const { uri, params: object } = readDocument(params);
      const { version } = readObject(object["textDocument"]);
      const changes = readList(object["contentChanges"], "contentChanges", readChange);
      workspace.change(uri, changes, readCount(version, "version"));
    });
    connection.onNotification("textDocument/didClose", (params: unknown) => {
      workspace.close(readDocument(params).uri);
    });
    connection.onNotification("textDocument/didSave", (params: unknown) => {
      readDocument(params);
      workspace.touch();
    });
  },
};
