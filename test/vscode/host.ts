/**
 * A stand-in for VS Code's extension host, which cannot be had here: enough of its API for the bundled extension to
 * start, and to be asked and driven as the editor would. Values (`Range`, `Uri`, `CompletionItem`, …) are those of
 * jest-mock-vscode; what has a state is here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createVSCodeMock } from "jest-mock-vscode";
import { vi } from "vitest";
import type * as vscode from "vscode";
import { CancellationTokenSource, Emitter } from "vscode-languageserver-protocol/node";
import { URI, Utils } from "vscode-uri";

type Api = typeof vscode;
type Handler = (...values: never[]) => unknown;

export interface Host {
  readonly api: Api;
  /** Opens a file of the workspace as if it were clicked, and makes it the active editor. */
  readonly open: (name: string, text: string) => vscode.TextDocument;
  readonly edit: (document: vscode.TextDocument, text: string) => void;
  readonly diagnostics: ReadonlyMap<string, readonly vscode.Diagnostic[]>;
  /** What was registered with `languages.register…Provider`, by the name of the method. */
  readonly providers: ReadonlyMap<string, readonly Record<string, Handler>[]>;
  readonly commands: ReadonlyMap<string, Handler>;
  readonly panels: readonly FakePanel[];
  readonly controllers: readonly FakeController[];
  /** What was shown to the user. */
  readonly messages: readonly string[];
  readonly configuration: Record<string, unknown>;
  /** What `showQuickPick` is answered with: an item by its place. */
  choice: number;
}

export interface FakePanel {
  title: string;
  readonly options: unknown;
  readonly webview: { html: string };
  readonly dispose: () => void;
}

export interface FakeController {
  readonly items: FakeItems;
  resolveHandler?: (item?: unknown) => Promise<void>;
  readonly run: (request: { readonly include?: readonly unknown[] }) => Promise<readonly Outcome[]>;
}

export interface Outcome {
  readonly state: "passed" | "failed" | "errored";
  readonly id: string;
  readonly messages: readonly { readonly message: string; readonly location?: vscode.Location }[];
}

export interface FakeItems extends Iterable<[string, FakeItem]> {
  readonly size: number;
  readonly get: (id: string) => FakeItem | undefined;
  readonly add: (item: FakeItem) => void;
  readonly delete: (id: string) => void;
  readonly replace: (items: readonly FakeItem[]) => void;
}

export interface FakeItem {
  readonly id: string;
  readonly label: string;
  readonly uri?: vscode.Uri;
  readonly children: FakeItems;
  parent: FakeItem | undefined;
}

export function createHost(folder: string): Host {
  // The library's types are those of another version of the API.
  const values = createVSCodeMock(vi as never) as unknown as Api;
  const { Disposable } = values;
  const disposable = (act: () => void = () => undefined): vscode.Disposable => new Disposable(act);
  const event = <Value>(): Emitter<Value> => new Emitter<Value>();
  const opened = event<vscode.TextDocument>();
  const closed = event<vscode.TextDocument>();
  const changed = event<vscode.TextDocumentChangeEvent>();
  const activated = event<vscode.TextEditor | undefined>();
  const tabbed = event<unknown>();
  const documents: vscode.TextDocument[] = [];
  const diagnostics = new Map<string, readonly vscode.Diagnostic[]>();
  const providers = new Map<string, Record<string, Handler>[]>();
  const commands = new Map<string, Handler>();
  const panels: FakePanel[] = [];
  const controllers: FakeController[] = [];
  const messages: string[] = [];
  const configuration: Record<string, unknown> = {};
  const state: { active: vscode.TextEditor | undefined } = { active: undefined };
  const never = (): vscode.Disposable => disposable();
  const say = (text: string): Promise<undefined> => {
    messages.push(text);
    return Promise.resolve(undefined);
  };

  const languages = new Proxy(
    {
      match: (_: unknown, document: vscode.TextDocument) => (document.languageId === "gov" ? 10 : 0),
      createDiagnosticCollection: () => ({
        name: "gov",
        set: (uri: vscode.Uri, list: readonly vscode.Diagnostic[] = []) =>
          diagnostics.set(uri.toString(), list),
        delete: (uri: vscode.Uri) => diagnostics.delete(uri.toString()),
        has: (uri: vscode.Uri) => diagnostics.has(uri.toString()),
        get: (uri: vscode.Uri) => diagnostics.get(uri.toString()),
        clear: () => {
          diagnostics.clear();
        },
        dispose: () => undefined,
      }),
    } as Record<string, unknown>,
    {
      get: (known, name: string) =>
        known[name] ??
        (name.startsWith("register")
          ? (_: unknown, provider: Record<string, Handler>): vscode.Disposable => {
              providers.set(name, [...(providers.get(name) ?? []), provider]);
              return disposable();
            }
          : undefined),
    },
  );

  const workspace = {
    isTrusted: true,
    name: "project",
    workspaceFolders: [{ uri: Uri.file(folder), name: "project", index: 0 }],
    textDocuments: documents,
    notebookDocuments: [],
    getConfiguration: (section = "") => ({
      get: (key: string, fallback?: unknown) =>
        configuration[section === "" ? key : `${section}.${key}`] ?? fallback,
      has: () => false,
      inspect: () => undefined,
      update: () => Promise.resolve(),
    }),
    getWorkspaceFolder: () => workspace.workspaceFolders[0],
    asRelativePath: (uri: vscode.Uri) => uri.fsPath.slice(folder.length + 1),
    findFiles: () =>
      Promise.resolve(
        readdirSync(folder)
          .filter((name) => name.endsWith(".gov"))
          .map((name) => Uri.file(join(folder, name))),
      ),
    openTextDocument: ({ language, content }: { language: string; content: string }) =>
      Promise.resolve(documentOf(Uri.parse("untitled:shown"), language, content)),
    createFileSystemWatcher: () => ({
      onDidCreate: never,
      onDidChange: never,
      onDidDelete: never,
      dispose: () => undefined,
    }),
    onDidOpenTextDocument: opened.event,
    onDidCloseTextDocument: closed.event,
    onDidChangeTextDocument: changed.event,
    fs: {},
  };
  const window = {
    get activeTextEditor() {
      return state.active;
    },
    get visibleTextEditors() {
      return state.active === undefined ? [] : [state.active];
    },
    tabGroups: {
      get all() {
        return [{ tabs: documents.map(tabOf) }];
      },
      onDidChangeTabs: tabbed.event,
      onDidChangeTabGroups: never,
    },
    onDidChangeActiveTextEditor: activated.event,
    // What the client takes for an error is shown as such.
    createOutputChannel: () => open({ name: "Gov", error: say }),
    showErrorMessage: say,
    showWarningMessage: say,
    showInformationMessage: say,
    showQuickPick: (items: readonly unknown[]) => Promise.resolve(items[host.choice]),
    showTextDocument: (document: vscode.TextDocument) => {
      state.active = { document } as vscode.TextEditor;
      return Promise.resolve(state.active);
    },
    createWebviewPanel: (_: string, title: string, __: unknown, options: unknown) => {
      const gone = event<undefined>();
      const panel = {
        title,
        options,
        webview: { html: "" },
        onDidDispose: gone.event,
        reveal: () => undefined,
        dispose: () => {
          gone.fire(undefined);
        },
      };
      panels.push(panel);
      return panel;
    },
  };
  /** Namespaces: what is not written out here does nothing, or is an event that never fires. */
  const open = (known: object): unknown =>
    new Proxy(known, {
      get: (own, name: string) =>
        name in own ? (own as Record<string, unknown>)[name] : name.startsWith("on") ? never : never,
    });

  const api = {
    ...values,
    languages,
    workspace: open(workspace),
    window: open(window),
    commands: {
      registerCommand: (name: string, act: Handler) => {
        commands.set(name, act);
        return disposable(() => commands.delete(name));
      },
      executeCommand: () => Promise.resolve(undefined),
    },
    env: { appName: "Visual Studio Code", language: "en", appRoot: "" },
    tests: { createTestController: () => createController(controllers) },
    Uri,
    EventEmitter: Emitter,
    CancellationTokenSource,
    TabInputText,
    TestMessage,
    TestRunProfileKind: { Run: 1 },
    ...CLASSES_LEFT_OUT,
  } as unknown as Api;

  const host: Host = {
    api,
    choice: 0,
    diagnostics,
    providers,
    commands,
    panels,
    controllers,
    messages,
    configuration,
    open: (name, text) => {
      const document = documentOf(Uri.parse(pathToFileURL(join(folder, name)).href), "gov", text);
      documents.push(document);
      state.active = { document } as vscode.TextEditor;
      tabbed.fire({ opened: [tabOf(document)], closed: [], changed: [] });
      opened.fire(document);
      activated.fire(state.active);
      return document;
    },
    edit: (document, text) => {
      const before = document.getText();
      const lines = before.split("\n");
      const end = new values.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
      const range = new values.Range(new values.Position(0, 0), end);
      Object.assign(document, { getText: () => text, version: document.version + 1 });
      const change = { range, rangeOffset: 0, rangeLength: before.length, text };
      changed.fire({ document, contentChanges: [change], reason: undefined });
    },
  };
  return host;
}

/** The library's own makes values that are no instances of it. */
const Uri = Object.assign(URI, { joinPath: Utils.joinPath });

class TabInputText {
  constructor(readonly uri: vscode.Uri) {}
}

class TestMessage {
  location: vscode.Location | undefined;
  constructor(readonly message: string) {}
}

function tabOf({ uri }: vscode.TextDocument): object {
  return { input: new TabInputText(uri) };
}

/** Newer than the library, and asked for by the client as bases of its own classes. */
const CLASSES_LEFT_OUT = Object.fromEntries(
  [
    "Hover",
    "InlayHint",
    "InlayHintLabelPart",
    "InlineCompletionItem",
    "InlineCompletionList",
    "InlineValueText",
    "InlineValueVariableLookup",
    "InlineValueEvaluatableExpression",
    "LinkedEditingRanges",
    "TypeHierarchyItem",
    "CancellationError",

    "TabInputTextDiff",
    "TabInputCustom",
    "TabInputNotebook",
    "TabInputNotebookDiff",
  ].map((name) => [
    name,
    class {
      readonly values: readonly unknown[];
      constructor(...values: readonly unknown[]) {
        this.values = values;
      }
    },
  ]),
);

function documentOf(uri: vscode.Uri, languageId: string, text: string): vscode.TextDocument {
  return {
    uri,
    languageId,
    version: 1,
    fileName: uri.fsPath,
    isClosed: false,
    getText: () => text,
  } as vscode.TextDocument;
}

function createController(controllers: FakeController[]): object {
  let runHandler: ((request: object, token: object) => Promise<void>) | undefined;
  let outcomes: Outcome[] = [];
  const settle =
    (state: Outcome["state"]) =>
    (item: FakeItem, messages: Outcome["messages"][number] | Outcome["messages"] = []): void => {
      outcomes.push({ state, id: item.id, messages: Array.isArray(messages) ? messages : [messages] });
    };
  const controller = {
    items: createItems(undefined),
    createTestItem: (id: string, label: string, uri?: vscode.Uri): FakeItem => {
      const item: FakeItem = {
        id,
        label,
        ...(uri && { uri }),
        parent: undefined,
        children: undefined as never,
      };
      return Object.assign(item, { children: createItems(item) });
    },
    createRunProfile: (_: string, __: number, handler: typeof runHandler) => {
      runHandler = handler;
      return {};
    },
    createTestRun: () => ({
      started: () => undefined,
      passed: settle("passed"),
      failed: settle("failed"),
      errored: settle("errored"),
      end: () => undefined,
    }),
    dispose: () => undefined,
    run: async (request: object) => {
      outcomes = [];
      await runHandler?.(request, {
        isCancellationRequested: false,
        onCancellationRequested: new Emitter().event,
      });
      return outcomes;
    },
  };
  controllers.push(controller);
  return controller;
}

function createItems(parent: FakeItem | undefined): FakeItems {
  const items = new Map<string, FakeItem>();
  const add = (item: FakeItem): void => {
    item.parent = parent;
    items.set(item.id, item);
  };
  return {
    get size() {
      return items.size;
    },
    get: (id) => items.get(id),
    add,
    delete: (id) => void items.delete(id),
    replace: (fresh) => {
      items.clear();
      fresh.forEach(add);
    },
    [Symbol.iterator]: () => items[Symbol.iterator](),
  };
}

/** Loads a bundled extension as the host does: as CommonJS, with the API for `require("vscode")`. */
export function loadExtension(path: string, api: Api): { activate: (context: object) => Promise<void> } {
  const load = createRequire(path);
  const module = { exports: {} };
  const run = new Function("require", "module", "exports", readFileSync(path, "utf8")) as (
    ...values: readonly unknown[]
  ) => void;
  run((id: string): unknown => (id === "vscode" ? api : load(id)), module, module.exports);
  return module.exports as { activate: (context: object) => Promise<void> };
}
