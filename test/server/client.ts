/** A client over a spawned `gov lsp --stdio`, as an editor is one: with the protocol's own library. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type InitializeResult,
  type Position,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type TextDocumentPositionParams,
} from "vscode-languageserver-protocol/node";

export interface Client {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly capabilities: InitializeResult["capabilities"];
  /** The project's folder; it is gone when the session ends. */
  readonly folder: string;
  readonly uri: (path: string) => string;
  /** Opens a text that is on disk or not. */
  readonly open: (path: string, text: string) => Promise<void>;
  /** The next diagnostics of a file that are pushed. */
  readonly pushed: (path: string) => Promise<PublishDiagnosticsParams>;
  readonly end: () => Promise<void>;
}

const COMMAND = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

export async function startClient(
  files: Readonly<Record<string, string>> = {},
  capabilities: ClientCapabilities = EDITOR,
): Promise<Client> {
  const folder = mkdtempSync(join(tmpdir(), "gov-lsp-"));
  writeFileSync(join(folder, "package.json"), "{}");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const child = spawn(process.execPath, [COMMAND, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const uri = (path: string): string => pathToFileURL(join(folder, path)).href;
  const waiting = new Map<string, ((params: PublishDiagnosticsParams) => void)[]>();
  const arrived = new Map<string, PublishDiagnosticsParams[]>();
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    const next = waiting.get(params.uri)?.shift();
    if (next !== undefined) next(params);
    else arrived.set(params.uri, [...(arrived.get(params.uri) ?? []), params]);
  });
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("workspace/diagnostic/refresh", () => null);
  connection.listen();
  const result = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "project" }],
    capabilities,
  });
  await connection.sendNotification(InitializedNotification.type, {});
  return {
    connection,
    process: child,
    capabilities: result.capabilities,
    folder,
    uri,
    open: async (path, text) => {
      const textDocument = { uri: uri(path), languageId: "gov", version: 1, text };
      await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
    },
    pushed: (path) =>
      new Promise((resolve) => {
        const known = arrived.get(uri(path))?.shift();
        if (known !== undefined) resolve(known);
        else waiting.set(uri(path), [...(waiting.get(uri(path)) ?? []), resolve]);
      }),
    end: async () => {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(0)));
      connection.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a rich editor says of itself, but for pulling diagnostics: most still have them pushed. */
export const EDITOR: ClientCapabilities = {
  textDocument: {
    completion: { completionItem: { snippetSupport: true } },
    definition: { linkSupport: true },
    rename: { prepareSupport: true },
  },
  workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } },
};

/** A text with its cursor, written `‸`, taken out. */
export function cut(marked: string): {
  readonly text: string;
  readonly position: Position;
  readonly offset: number;
} {
  const offset = marked.indexOf("‸");
  const before = marked.slice(0, offset).split("\n");
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return { text: marked.replace("‸", ""), position, offset };
}

/** The place right behind the first time that `text` holds `part`. */
export function at(client: Client, path: string, text: string, part: string): TextDocumentPositionParams {
  const { position } = cut(text.replace(part, `${part}‸`));
  return { textDocument: { uri: client.uri(path) }, position };
}
