import { DidChangeWatchedFilesNotification } from "vscode-languageserver/node";
import { followRenames, type FileRename } from "../../../src/ide/file-renames.ts";
import { keyOf } from "../../../src/project/root.ts";
import { workspaceEdit } from "../locations.ts";
import { readList, readObject, readText } from "../params.ts";
import { answer, type Feature, type Session } from "../session.ts";
import { pathOfUri } from "../workspace.ts";

const FILTERS = [
  { scheme: "file", pattern: { glob: "**/*.{gov,json,jsonl}" } },
  { scheme: "file", pattern: { glob: "**/*", matches: "folder" as const } },
];

/** Files on disk: their renaming, their change behind the editor's back, the folders that are worked on. */
export const files: Feature = {
  capabilities: {
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      fileOperations: { willRename: { filters: FILTERS }, didRename: { filters: FILTERS } },
    },
  },
  register: (session) => {
    const { connection, workspace, state } = session;
    answer(session, "workspace/willRenameFiles", (params) => followAll(readRenames(params), session));
    connection.onInitialized(() => {
      // Only now: the library has a handler of its own until the session has begun.
      connection.onNotification("workspace/didChangeWorkspaceFolders", (params: unknown) => {
        const { added, removed } = readObject(readObject(params)["event"], "event");
        const gone = readList(removed, "removed", readFolder);
        const come = readList(added, "added", readFolder);
        workspace.setRoots([...workspace.roots().filter((root) => !gone.includes(root)), ...come]);
      });
      if (!state.client.watchesFiles) return;
      const watchers = [
        { globPattern: "**/*.gov" },
        { globPattern: "**/*.json" },
        { globPattern: "**/*.jsonl" },
      ];
      connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(() => {
        // A client that refuses is one that does not watch: files are then looked at when texts are saved.
      });
    });
    connection.onNotification("workspace/didChangeWatchedFiles", () => {
      workspace.touch();
    });
    connection.onNotification("workspace/didRenameFiles", (params: unknown) => {
      readRenames(params);
      workspace.touch();
    });
  },
};

/** The path of a workspace folder. */
export function readFolder(folder: unknown): string {
  return pathOfUri(readText(readObject(folder, "folder")["uri"], "folder.uri"));
}

interface PathRename {
  readonly from: string;
  readonly to: string;
}

function readRenames(params: unknown): readonly PathRename[] {
  return readList(readObject(params)["files"], "files", (item) => {
    const { oldUri, newUri } = readObject(item, "files");
    return { from: pathOfUri(readText(oldUri, "oldUri")), to: pathOfUri(readText(newUri, "newUri")) };
  });
}

/** The changes of paths in all policies of the projects that the files lie in. */
function followAll(renames: readonly PathRename[], { workspace }: Session): object {
  const policies = workspace.all();
  const edits = policies.flatMap((located) =>
    followRenames(
      located.draft,
      renames.map(({ from, to }): FileRename => ({
        from: keyOf(located.root, from),
        to: keyOf(located.root, to),
      })),
    ).map((edit) => ({ edit, located })),
  );
  const changes = edits.map(({ edit, located }) => workspaceEdit([edit], [located]).changes ?? {});
  return { changes: mergeChanges(changes) };
}

type Changes = NonNullable<ReturnType<typeof workspaceEdit>["changes"]>;

function mergeChanges(all: readonly Changes[]): Changes {
  const merged: Changes = {};
  for (const changes of all)
    for (const [uri, edits] of Object.entries(changes)) merged[uri] = [...(merged[uri] ?? []), ...edits];
  return merged;
}
