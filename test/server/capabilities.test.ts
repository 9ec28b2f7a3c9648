/** The server says what it can do, does it, and says nothing else; the tests beside this one say how well. */
import { readdirSync, readFileSync } from "node:fs";
import * as protocol from "vscode-languageserver-protocol/node";
import { ResponseError } from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CAPABILITIES } from "../../language-server/src/server.ts";
import type { Client } from "./client.ts";
import { METHODS } from "./methods.ts";
import { openProject } from "./project.ts";

let client: Client;

beforeAll(async () => {
  client = await openProject();
});
afterAll(() => client.end());

/** What each capability stands for: methods, or what is said of them. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  positionEncoding: ["textDocument/didChange"],
  textDocumentSync: ["textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave"],
  diagnosticProvider: ["textDocument/diagnostic", "workspace/diagnostic"],
  completionProvider: ["textDocument/completion", "completionItem/resolve"],
  signatureHelpProvider: ["textDocument/signatureHelp"],
  hoverProvider: ["textDocument/hover"],
  definitionProvider: ["textDocument/definition"],
  typeDefinitionProvider: ["textDocument/typeDefinition"],
  referencesProvider: ["textDocument/references"],
  documentHighlightProvider: ["textDocument/documentHighlight"],
  renameProvider: ["textDocument/prepareRename", "textDocument/rename"],
  documentSymbolProvider: ["textDocument/documentSymbol"],
  workspaceSymbolProvider: ["workspace/symbol"],
  documentFormattingProvider: ["textDocument/formatting"],
  documentRangeFormattingProvider: ["textDocument/rangeFormatting"],
  documentOnTypeFormattingProvider: ["textDocument/onTypeFormatting"],
  semanticTokensProvider: ["textDocument/semanticTokens/full", "textDocument/semanticTokens/full/delta", "textDocument/semanticTokens/range"],
  codeActionProvider: ["textDocument/codeAction"],
  codeLensProvider: ["textDocument/codeLens", "codeLens/resolve"],
  executeCommandProvider: ["workspace/executeCommand"],
  inlayHintProvider: ["textDocument/inlayHint"],
  foldingRangeProvider: ["textDocument/foldingRange"],
  selectionRangeProvider: ["textDocument/selectionRange"],
  documentLinkProvider: ["textDocument/documentLink"],
  callHierarchyProvider: ["textDocument/prepareCallHierarchy", "callHierarchy/incomingCalls", "callHierarchy/outgoingCalls"],
  workspace: ["workspace/willRenameFiles", "workspace/didRenameFiles", "workspace/didChangeWorkspaceFolders"],
  experimental: ["gov/tests", "gov/runTests", "gov/matrix", "gov/compiled"],
}; // prettier-ignore

test("what is advertised is what is meant", () => {
  expect(client.capabilities).toEqual(CAPABILITIES);
  expect(Object.keys(client.capabilities).toSorted()).toEqual(Object.keys(MEANT).toSorted());
  const requests = Object.values(MEANT).flat().filter((method) => !isNotification(method)); // prettier-ignore
  expect([...METHODS].toSorted()).toEqual(requests.toSorted());
});

function isNotification(method: string): boolean {
  return /\/did[A-Z]/.test(method);
}

test("every capability has a test that uses it", () => {
  const folder = new URL("./", import.meta.url);
  const tests = readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts") && !/^(?:capabilities|fuzz)\./.test(name))
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n");
  const isUsed = (method: string): boolean => {
    const [name] =
      Object.entries(protocol).find(([, value]) => methodOf(value) === method && hasType(value)) ?? [];
    return (
      tests.includes(`"${method}"`) || (name !== undefined && new RegExp(`\\b${name}\\.type\\b`).test(tests))
    );
  };
  // Opening is what every test begins with.
  const unused = Object.values(MEANT).flat().filter((method) => !isUsed(method)); // prettier-ignore
  expect(unused).toEqual(["textDocument/didOpen"]);
});

/** The library's description of a message carries its method. */
function methodOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "method" in value ? value.method : undefined;
}

function hasType(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value;
}

/** Sends what the capability stands for, so that an unhandled method would show itself. */
test("everything that is advertised is handled", async () => {
  for (const method of METHODS) {
    const error: unknown = await client.connection
      .sendRequest(method, 7)
      .catch((problem: unknown) => problem);
    // Malformed parameters are refused as such: the method is known.
    expect([method, error instanceof ResponseError ? error.code : error]).toEqual([method, -32602]);
  }
  const unknown: unknown = await client.connection
    .sendRequest("textDocument/moniker", {})
    .catch((problem: unknown) => problem);
  expect(unknown).toMatchObject({ code: -32601 });
});
