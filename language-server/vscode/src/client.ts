import { Uri, workspace, type ExtensionContext } from "vscode";
import { LanguageClient, TransportKind, type ServerOptions } from "vscode-languageclient/node";

/** The client of the server that comes with the extension, or of the one that a trusted workspace names. */
export function createClient({ extensionUri }: ExtensionContext): LanguageClient {
  return new LanguageClient("gov", "Gov", serverOf(extensionUri), {
    documentSelector: [
      { language: "gov", scheme: "file" },
      { language: "gov", scheme: "untitled" },
    ],
  });
}

function serverOf(extensionUri: Uri): ServerOptions {
  const [command, ...args] = workspace.getConfiguration("gov").get<string[]>("server.command", []);
  if (command !== undefined && workspace.isTrusted) return { command, args };
  return { module: Uri.joinPath(extensionUri, "server.mjs").fsPath, transport: TransportKind.stdio };
}
