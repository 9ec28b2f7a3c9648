/** The language server: one session of a client, every feature in one table. */
import {
  ErrorCodes,
  ResponseError,
  type Connection,
  type ServerCapabilities,
} from "vscode-languageserver/node";
import { packageVersion } from "../../src/project/package.ts";
import { callHierarchy } from "./features/call-hierarchy.ts";
import { codeActions } from "./features/code-actions.ts";
import { codeLenses } from "./features/code-lenses.ts";
import { completion } from "./features/completion.ts";
import { definition } from "./features/definition.ts";
import { diagnostics } from "./features/diagnostics.ts";
import { files, readFolder } from "./features/files.ts";
import { folding } from "./features/folding.ts";
import { formatting } from "./features/formatting.ts";
import { hover } from "./features/hover.ts";
import { inlayHints } from "./features/inlay-hints.ts";
import { links } from "./features/links.ts";
import { references } from "./features/references.ts";
import { rename } from "./features/rename.ts";
import { selection } from "./features/selection.ts";
import { semanticTokens } from "./features/semantic-tokens.ts";
import { signatureHelp } from "./features/signature-help.ts";
import { symbols } from "./features/symbols.ts";
import { synchronization } from "./features/synchronization.ts";
import { readList, readObject, type Json } from "./params.ts";
import type { ClientFeatures, Feature, Session } from "./session.ts";
import { views } from "./features/views.ts";
import { createWorkspace, pathOfUri } from "./workspace.ts";

const FEATURES: readonly Feature[] = [
  synchronization,
  diagnostics,
  completion,
  signatureHelp,
  hover,
  definition,
  references,
  rename,
  symbols,
  formatting,
  semanticTokens,
  codeActions,
  codeLenses,
  inlayHints,
  folding,
  selection,
  links,
  callHierarchy,
  files,
  views,
];

/** What the server says that it can do: what its features say, and nothing else. */
export const CAPABILITIES: ServerCapabilities = Object.assign(
  {},
  ...FEATURES.map(({ capabilities }) => capabilities),
);

/** Serves a client until it ends the session; the process ends with it. */
export function serve(connection: Connection): void {
  const session: Session = {
    connection,
    workspace: createWorkspace(),
    state: { stage: "new", client: clientFeatures({}) },
  };
  const { state, workspace } = session;
  for (const { register } of FEATURES) register(session);
  connection.onInitialize((params: unknown) => {
    if (state.stage !== "new")
      throw new ResponseError(ErrorCodes.InvalidRequest, "the session has begun already");
    const { capabilities = {}, workspaceFolders, rootUri } = readObject(params);
    state.client = clientFeatures(readObject(capabilities, "capabilities"));
    const folders = Array.isArray(workspaceFolders)
      ? readList(workspaceFolders, "workspaceFolders", readFolder)
      : [];
    workspace.setRoots(
      folders.length > 0 ? folders : typeof rootUri === "string" ? [pathOfUri(rootUri)] : [],
    );
    state.stage = "running";
    return { capabilities: CAPABILITIES, serverInfo: { name: "gov", version: packageVersion() } };
  });
  connection.onShutdown(() => {
    state.stage = "shut down";
  });
  connection.listen();
}

function clientFeatures(capabilities: Json): ClientFeatures {
  const has = (...path: readonly string[]): boolean => {
    let value: unknown = capabilities;
    for (const key of path)
      value = typeof value === "object" && value !== null ? (value as Json)[key] : undefined;
    return value !== undefined && value !== null && value !== false;
  };
  return {
    snippets: has("textDocument", "completion", "completionItem", "snippetSupport"),
    pullsDiagnostics: has("textDocument", "diagnostic"),
    refreshesDiagnostics: has("workspace", "diagnostics", "refreshSupport"),
    watchesFiles: has("workspace", "didChangeWatchedFiles", "dynamicRegistration"),
    locationLinks: has("textDocument", "definition", "linkSupport"),
  };
}
