/** One test for each thing that the server says it can do, over the real protocol; and that it says nothing else. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CallHierarchyIncomingCallsRequest, CallHierarchyOutgoingCallsRequest, CallHierarchyPrepareRequest,
  CodeActionRequest, CodeActionTriggerKind, CodeLensRequest, CodeLensResolveRequest, CompletionRequest,
  CompletionResolveRequest, DefinitionRequest, DidChangeTextDocumentNotification, DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification, DidCloseTextDocumentNotification, DidRenameFilesNotification,
  DidSaveTextDocumentNotification, DocumentDiagnosticRequest, DocumentFormattingRequest, DocumentHighlightRequest,
  DocumentLinkRequest, DocumentOnTypeFormattingRequest, DocumentRangeFormattingRequest, DocumentSymbolRequest,
  ExecuteCommandRequest, FileChangeType, FoldingRangeRequest, HoverRequest, InlayHintRequest, LSPErrorCodes,
  PrepareRenameRequest, ReferencesRequest, RenameRequest, ResponseError, SelectionRangeRequest,
  SemanticTokensDeltaRequest, SemanticTokensRangeRequest, SemanticTokensRequest, ShowMessageNotification,
  SignatureHelpRequest, TypeDefinitionRequest, WillRenameFilesRequest, WorkspaceDiagnosticRequest,
  WorkspaceSymbolRequest, type CodeAction, type CompletionItem, type Diagnostic, type DocumentSymbol, type LocationLink,
  type Range, type SelectionRange, type ServerCapabilities, type TextEdit,
} from "vscode-languageserver-protocol/node"; // prettier-ignore
import { afterAll, beforeAll, expect, test } from "vitest";
import { CAPABILITIES } from "../../language-server/src/server.ts";
import { at, cut, EDITOR, startClient, type Client } from "./client.ts";
import { METHODS } from "./methods.ts";

const POLICY = `policy digits "Digits" version "1.0.0"

import { finite_loss } from "std/guards"
import { held_out } from "shared/cohorts.gov"

model "model.json"

/// What is known of a digit.
example {
  id: string
  label: int in 0..9
  licence: enum("cc0", "by")
}

/// The code's upper half.
band top = layers "code" units 0..15
band bottom = layers "code" units 16..31

cohort low = label in 0..4
cohort free = licence == "cc0" and label in 0..8

route low -> bottom: block
route held_out -> top: 25%
route free -> top: 50%

bound entropy(top) in 0.1..0.9 {
  below => warn
}

behavior sevens = probe "sevens.jsonl"

apply finite_loss()

never low -> bottom

test "a three" {
  given { label: 3, licence: "cc0" }
  expect bottom: block
}
`;

const FILES = {
  "policy.gov": POLICY,
  "shared/cohorts.gov":
    'module cohorts "Cohorts"\n\nexample {\n  label: int in 0..9\n}\n\n/// Kept for the end.\ncohort held_out = label == 9\n',
  "model.json": JSON.stringify({
    format: "gov-network",
    version: 1,
    layers: [
      {
        name: "code", kind: "dense", trainable: true, units: 32, inputs: [],
        parameters: [{ name: "kernel", shape: [64, 32], trainable: true, unitAxis: 1 }],
      },
    ],
  }), // prettier-ignore
  "sevens.jsonl": "",
};

let client: Client;
const textDocument = (): { uri: string } => ({ uri: client.uri("policy.gov") });
/** Nothing but that no trace is toward the behavior. */
const KNOWN = ["GOV2013"];
const WHOLE: Range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };

beforeAll(async () => {
  client = await startClient(FILES);
  await client.open("policy.gov", POLICY);
  expect((await client.pushed("policy.gov")).diagnostics.map(({ code }) => code)).toEqual(KNOWN);
});
afterAll(() => client.end());

/** Every property of the capabilities, and the tests below that are about it. */
const TESTED: Readonly<Record<keyof ServerCapabilities & keyof typeof CAPABILITIES, true>> | object = {
  positionEncoding: "hover",
  textDocumentSync: "incremental changes",
  diagnosticProvider: "diagnostics",
  completionProvider: "completion",
  signatureHelpProvider: "signature help",
  hoverProvider: "hover",
  definitionProvider: "definition",
  typeDefinitionProvider: "type definition",
  referencesProvider: "references",
  documentHighlightProvider: "highlights",
  renameProvider: "rename",
  documentSymbolProvider: "document symbols",
  workspaceSymbolProvider: "workspace symbols",
  documentFormattingProvider: "formatting",
  documentRangeFormattingProvider: "range formatting",
  documentOnTypeFormattingProvider: "on-type formatting",
  semanticTokensProvider: "semantic tokens",
  codeActionProvider: "code actions",
  codeLensProvider: "code lenses",
  executeCommandProvider: "execute command",
  inlayHintProvider: "inlay hints",
  foldingRangeProvider: "folding",
  selectionRangeProvider: "selection ranges",
  documentLinkProvider: "document links",
  callHierarchyProvider: "call hierarchy",
  workspace: "files and folders",
  experimental: "views",
};

test("what is advertised is what is tested below", () => {
  expect(client.capabilities).toEqual(CAPABILITIES);
  expect(Object.keys(client.capabilities).toSorted()).toEqual(Object.keys(TESTED).toSorted());
});

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

// ── diagnostics and synchronization ────────────────────────────────────────────────────────────────────────────

const MISTAKEN =
  'example {\n  label: int\n}\nband a = layers "a"\ncohort c = label == 1\nroute d -> a: 0.0\n';

test("diagnostics are pushed with codes, pages, tags and related places; incremental changes keep texts in step", async () => {
  await client.open("mistaken.gov", MISTAKEN);
  const { diagnostics } = await client.pushed("mistaken.gov");
  expect(diagnostics).toMatchObject([
    { code: "GOV2001", source: "gov", severity: 1, range: { start: { line: 5, character: 6 } } },
  ]);
  expect(diagnostics[0]?.codeDescription?.href).toMatch(/^file:.*docs\/codes\/GOV2001\.md$/);
  await client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri: client.uri("mistaken.gov"), version: 2 },
    contentChanges: [
      { range: { start: { line: 5, character: 6 }, end: { line: 5, character: 7 } }, text: "c" },
      { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "// first\n" },
      {
        range: { start: { line: 7, character: 0 }, end: { line: 7, character: 0 } },
        text: "route c -> a: 1.0\n",
      },
    ],
  });
  const after = await client.pushed("mistaken.gov");
  expect(after.version).toBe(2);
  expect(after.diagnostics.map(({ code, range }) => [code, range.start.line])).toEqual([
    ["GOV7002", 6],
    ["GOV5003", 7],
    ["GOV7002", 7],
  ]);
  expect(after.diagnostics[1]?.tags).toEqual([1]);
  expect(after.diagnostics[1]?.relatedInformation?.length).toBeGreaterThan(0);
  await client.connection.sendNotification(DidSaveTextDocumentNotification.type, {
    textDocument: { uri: client.uri("mistaken.gov") },
  });
  await client.connection.sendNotification(DidCloseTextDocumentNotification.type, {
    textDocument: { uri: client.uri("mistaken.gov") },
  });
  expect((await client.pushed("mistaken.gov")).diagnostics).toEqual([]);
});

test("diagnostics are pulled, of a text and of the workspace, and not said twice", async () => {
  const puller = await startClient(
    { "a.gov": MISTAKEN, "b.gov": 'import { c } from "a.gov"\n' },
    { ...EDITOR, textDocument: { ...EDITOR.textDocument, diagnostic: {} } },
  );
  await puller.open("a.gov", MISTAKEN);
  const ask = { textDocument: { uri: puller.uri("a.gov") } };
  const first = await puller.connection.sendRequest(DocumentDiagnosticRequest.type, ask);
  expect(first).toMatchObject({ kind: "full", items: [{ code: "GOV2001" }] });
  const again = await puller.connection.sendRequest(DocumentDiagnosticRequest.type, {
    ...ask,
    previousResultId: first.resultId ?? "",
  });
  expect(again).toEqual({ kind: "unchanged", resultId: first.resultId });
  const { items } = await puller.connection.sendRequest(WorkspaceDiagnosticRequest.type, {
    previousResultIds: [],
  });
  expect(items.map(({ uri }) => uri).toSorted()).toEqual([puller.uri("a.gov"), puller.uri("b.gov")]);
  const imported = items.find(({ uri }) => uri === puller.uri("b.gov"));
  expect(JSON.stringify(imported)).toContain("`a.gov` has an error: there is no cohort `d`");
  await puller.end();
});

// ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────

async function completionsAt(marked: string, path = "writing.gov"): Promise<readonly CompletionItem[]> {
  const { text, position } = cut(marked);
  await client.open(path, text);
  const result = await client.connection.sendRequest(CompletionRequest.type, {
    textDocument: { uri: client.uri(path) },
    position,
  });
  return Array.isArray(result) ? result : (result?.items ?? []);
}

test.each([
  ["declarations", "‸", ["policy", "band", "route"]],
  ["cohorts of a route", `${POLICY}\nroute ‸`, ["low", "free", "held_out", "all", "default"]],
  ["bands", `${POLICY}\nroute low -> ‸`, ["top", "bottom", "all"]],
  ["weights", `${POLICY}\nroute low -> top: ‸`, ["block", "full", "25%"]],
  ["layers of the model", `${POLICY}\nband x = layers "‸"`, ["code"]],
  ["units of the layer", `${POLICY}\nband x = layers "code" units ‸`, ["0..31", "0..15", "16..31"]],
  ["fields", `${POLICY}\ncohort x = ‸`, ["label", "licence", "low", "not", "loss"]],
  ["values of a field", `${POLICY}\ncohort x = licence == "‸"`, ["cc0", "by"]],
  ["ranges of a field", `${POLICY}\ncohort x = label in ‸`, ["0..9"]],
  ["metrics", `${POLICY}\nbound ‸`, ["entropy", "loss_gap"]],
  ["actions", `${POLICY}\nbound entropy(top) in 0.1..0.9 { below => ‸ }`, ["warn", "halt", "attenuate"]],
  ["types", "example { x: ‸ }", ["int", "enum", "set"]],
  ["modules", 'import { x } from "‸"', ["std/guards", "shared/cohorts.gov"]],
  ["names of a module", 'import { ‸ } from "std/guards"', ["finite_loss"]],
  ["models", 'model "‸"', ["model.json"]],
  ["probes", 'behavior x = probe "‸"', ["sevens.jsonl"]],
])("completion: %s", async (_, marked, labels) => {
  const found = (await completionsAt(marked)).map(({ label }) => label);
  expect(found).toEqual(expect.arrayContaining(labels));
});

test("completion imports what it names, begins declarations with stops, and resolves documentation", async () => {
  const items = await completionsAt('policy p "p"\n\napply ‸');
  const guard = items.find(({ label }) => label === "finite_loss");
  expect(guard).toMatchObject({ detail: "import from std/guards", insertTextFormat: 2 });
  expect(guard?.additionalTextEdits?.[0]?.newText).toBe('\n\nimport { finite_loss } from "std/guards"');
  const resolved = await client.connection.sendRequest(CompletionResolveRequest.type, guard ?? { label: "" });
  expect(JSON.stringify(resolved.documentation)).toMatch(/finite/);
  const route = (await completionsAt("‸")).find(({ label }) => label === "route");
  expect(route?.textEdit?.newText).toBe("route ${1:cohort} -> ${2:band}: ${3:block}");
});

test("signature help says what the arguments of rulesets and metrics are", async () => {
  const { text, position } = cut(
    `${POLICY}\nimport { x } from "std/guards"\nruleset mine(who: cohort, share: fraction = 5%) { never who -> top }\napply mine(low, ‸)\n`,
  );
  await client.open("signature.gov", text);
  const ask = { textDocument: { uri: client.uri("signature.gov") }, position };
  const help = await client.connection.sendRequest(SignatureHelpRequest.type, ask);
  expect(help).toMatchObject({
    activeParameter: 1,
    signatures: [{ label: "mine(who: cohort, share: fraction = 5%)" }],
  });
  const metric = await client.connection.sendRequest(
    SignatureHelpRequest.type,
    at(client, "policy.gov", POLICY, "bound entropy("),
  );
  expect(metric?.signatures[0]?.label).toBe("entropy(band, representation | weights | gradient)");
});

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────

test.each([
  [
    "a band: its documentation, layers and parameters",
    "band top",
    "The code's upper half.",
    "units 0..15 of 32: 1,024 parameters",
  ],
  ["a field: its type", "cohort low = label", "label: int in 0..9", ""],
  ["a weight: what it means", "route low -> bottom: block", "**weight block**", "learn nothing"],
  ["a claim: what it was proved from", "never", "**proved**", "route low -> bottom: block"],
  ["a cohort of a module", "route held_out", "Kept for the end.", "From `shared/cohorts.gov`"],
  ["a word", "bound", "control loop", ""],
])("hover on %s", async (_, part, first, second) => {
  const found = await client.connection.sendRequest(
    HoverRequest.type,
    at(client, "policy.gov", POLICY, part),
  );
  const value = JSON.stringify(found?.contents);
  expect(value).toContain(first);
  expect(value).toContain(second);
});

async function targetsOf(
  type: typeof DefinitionRequest.type | typeof TypeDefinitionRequest.type,
  part: string,
): Promise<readonly string[]> {
  const found = (await client.connection.sendRequest(
    type,
    at(client, "policy.gov", POLICY, part),
  )) as LocationLink[];
  return found.map(
    ({ targetUri, targetSelectionRange: { start } }) =>
      `${targetUri.split("/").at(-1) ?? ""}:${start.line + 1}:${start.character + 1}`,
  );
}

test("definition leads to declarations, across files, and into files that are named", async () => {
  expect(await targetsOf(DefinitionRequest.type, "route low")).toEqual(["policy.gov:19:8"]);
  expect(await targetsOf(DefinitionRequest.type, "route held_out")).toEqual(["cohorts.gov:8:8"]);
  expect(await targetsOf(DefinitionRequest.type, "apply finite_loss")).toEqual([
    expect.stringMatching(/^guards\.gov:/),
  ]);
  expect(await targetsOf(DefinitionRequest.type, 'model "mod')).toEqual(["model.json:1:1"]);
});

test("type definition leads to where the type is said", async () => {
  expect(await targetsOf(TypeDefinitionRequest.type, "cohort low = label")).toEqual([
    "policy.gov:11:10",
    "cohorts.gov:4:10",
  ]);
  expect(await targetsOf(TypeDefinitionRequest.type, "route low -> bottom")).toEqual(["policy.gov:6:1"]);
});

test("references reach every file of the project", async () => {
  const ask = {
    ...at(client, "policy.gov", POLICY, "route held_out"),
    context: { includeDeclaration: true },
  };
  const found = await client.connection.sendRequest(ReferencesRequest.type, ask);
  expect(found?.map(({ uri, range }) => [uri.split("/").at(-1), range.start.line + 1])).toEqual(
    expect.arrayContaining([
      ["policy.gov", 4],
      ["policy.gov", 23],
      ["cohorts.gov", 8],
    ]),
  );
  const uses = await client.connection.sendRequest(ReferencesRequest.type, {
    ...ask,
    context: { includeDeclaration: false },
  });
  expect(uses?.some(({ uri }) => uri.endsWith("cohorts.gov"))).toBe(false);
});

test("document highlights tell the declaration from its uses", async () => {
  const found = await client.connection.sendRequest(
    DocumentHighlightRequest.type,
    at(client, "policy.gov", POLICY, "band top"),
  );
  expect(found?.map(({ range, kind }) => [range.start.line + 1, kind])).toEqual([
    [16, 3],
    [23, 2],
    [24, 2],
    [26, 2],
  ]);
});

test("rename changes every file, says beforehand what it takes, and refuses what would change a meaning", async () => {
  const place = at(client, "policy.gov", POLICY, "route held_out");
  expect(await client.connection.sendRequest(PrepareRenameRequest.type, place)).toMatchObject({
    placeholder: "held_out",
  });
  const edit = await client.connection.sendRequest(RenameRequest.type, { ...place, newName: "last_digits" });
  expect(
    Object.fromEntries(
      Object.entries(edit?.changes ?? {}).map(([uri, edits]) => [uri.split("/").at(-1), edits.length]),
    ),
  ).toMatchObject({
    "policy.gov": 2,
    "cohorts.gov": 1,
  });
  const refused: unknown = await client.connection
    .sendRequest(RenameRequest.type, { ...place, newName: "low" })
    .catch((problem: unknown) => problem);
  expect(refused).toMatchObject({ code: LSPErrorCodes.RequestFailed });
  const library: unknown = await client.connection
    .sendRequest(PrepareRenameRequest.type, at(client, "policy.gov", POLICY, "apply finite_loss"))
    .catch((problem: unknown) => problem);
  expect(library).toMatchObject({ message: expect.stringContaining("library") as string });
});

test("document symbols are the outline", async () => {
  const found = (await client.connection.sendRequest(DocumentSymbolRequest.type, {
    textDocument: textDocument(),
  })) as DocumentSymbol[];
  expect(found.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["top", "low", "example", "a three", "route low -> bottom: block"]),
  );
  expect(found.find(({ name }) => name === "example")?.children?.map(({ name }) => name)).toEqual([
    "id",
    "label",
    "licence",
  ]);
});

test("workspace symbols are found across files by their letters", async () => {
  const found = await client.connection.sendRequest(WorkspaceSymbolRequest.type, { query: "hldout" });
  expect(found?.map(({ name }) => name)).toContain("held_out");
});

test("folding ranges", async () => {
  const found = await client.connection.sendRequest(FoldingRangeRequest.type, {
    textDocument: textDocument(),
  });
  expect(found).toEqual(
    expect.arrayContaining([
      { startLine: 2, endLine: 3, kind: "imports" },
      { startLine: 8, endLine: 11, kind: "region" },
    ]),
  );
});

test("selection ranges grow from the word to the file", async () => {
  const { position } = at(client, "policy.gov", POLICY, "cohort low = lab");
  const [found] =
    (await client.connection.sendRequest(SelectionRangeRequest.type, {
      textDocument: textDocument(),
      positions: [position],
    })) ?? [];
  const lengths: number[] = [];
  for (let range: SelectionRange | undefined = found; range !== undefined; range = range.parent)
    lengths.push(
      range.range.end.line - range.range.start.line ||
        range.range.end.character - range.range.start.character,
    );
  expect(lengths).toEqual([
    "label".length,
    "label in 0..4".length,
    "cohort low = label in 0..4".length,
    POLICY.split("\n").length - 1,
  ]);
});

test("document links lead to modules, models, probes and the pages of codes", async () => {
  const text = `${POLICY}// gov-ignore GOV5003: known\n`;
  await client.open("links.gov", text);
  const found = await client.connection.sendRequest(DocumentLinkRequest.type, {
    textDocument: { uri: client.uri("links.gov") },
  });
  expect(found?.map(({ target }) => target?.split("/").at(-1))).toEqual([
    "guards.gov",
    "cohorts.gov",
    "model.json",
    "sevens.jsonl",
    "GOV5003.md",
  ]);
});

test("semantic tokens: full, range and delta", async () => {
  await client.open("tokens.gov", "cohort c = all\n");
  const tokens = { uri: client.uri("tokens.gov") };
  const full = await client.connection.sendRequest(SemanticTokensRequest.type, { textDocument: tokens });
  expect(full?.data).toEqual([0, 0, 6, 0, 0, 0, 7, 1, 7, 1, 0, 4, 3, 7, 12]);
  const range = { start: { line: 0, character: 11 }, end: { line: 0, character: 14 } };
  const part = await client.connection.sendRequest(SemanticTokensRangeRequest.type, {
    textDocument: tokens,
    range,
  });
  expect(part?.data).toEqual([0, 11, 3, 7, 12]);
  await client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { ...tokens, version: 2 },
    contentChanges: [{ text: "cohort c = all\n// more\n" }],
  });
  const delta = await client.connection.sendRequest(SemanticTokensDeltaRequest.type, {
    textDocument: tokens,
    previousResultId: full?.resultId ?? "",
  });
  expect(delta).toMatchObject({ edits: [{ start: 15, deleteCount: 0, data: [1, 0, 7, 2, 0] }] });
});

test("inlay hints say what bands hold, defaults and names of arguments", async () => {
  const found = await client.connection.sendRequest(InlayHintRequest.type, {
    textDocument: textDocument(),
    range: WHOLE,
  });
  const labels = found?.map(({ label }) => label);
  expect(labels).toEqual(
    expect.arrayContaining([
      ": 1 layer, 1,024 parameters",
      "of 32",
      "normalized",
      "over 1 step",
      ", representation",
      ": 1 route",
    ]),
  );
});

test("code lenses run tests, and say who may train a band and what became of a claim", async () => {
  const lenses =
    (await client.connection.sendRequest(CodeLensRequest.type, { textDocument: textDocument() })) ?? [];
  const titles: string[] = [];
  for (const lens of lenses)
    titles.push(
      (await client.connection.sendRequest(CodeLensResolveRequest.type, lens)).command?.title ?? "",
    );
  expect(titles).toEqual([
    "learns from: held_out 25%, free 50%, others full",
    "learns from: low block, others full",
    "proved",
    "run test: passes",
  ]);
});

test("the command of a lens runs the test and shows what came of it", async () => {
  const shown = new Promise((resolve) => {
    client.connection.onNotification(ShowMessageNotification.type, ({ message }) => {
      resolve(message);
    });
  });
  const result: unknown = await client.connection.sendRequest(ExecuteCommandRequest.type, {
    command: "gov.runTest",
    arguments: [client.uri("policy.gov"), POLICY.indexOf("test "), "a three"],
  });
  expect(result).toEqual({ title: "a three", passes: true, failures: [] });
  expect(await shown).toBe('"a three" passes');
});

test("call hierarchy: who is affected by a cohort, and what it is made of", async () => {
  const [item] =
    (await client.connection.sendRequest(
      CallHierarchyPrepareRequest.type,
      at(client, "policy.gov", POLICY, "cohort low"),
    )) ?? [];
  if (item === undefined) throw new Error("there is no item");
  const incoming = await client.connection.sendRequest(CallHierarchyIncomingCallsRequest.type, { item });
  expect(incoming?.map(({ from }) => from.name)).toEqual(
    expect.arrayContaining(["route low -> bottom: block", "never low -> bottom"]),
  );
  const [route] =
    (await client.connection.sendRequest(
      CallHierarchyPrepareRequest.type,
      at(client, "policy.gov", POLICY, "route"),
    )) ?? [];
  if (route === undefined) throw new Error("there is no item");
  const outgoing = await client.connection.sendRequest(CallHierarchyOutgoingCallsRequest.type, {
    item: route,
  });
  expect(outgoing?.map(({ to }) => to.name)).toEqual(["low", "bottom"]);
});

// ── changing ───────────────────────────────────────────────────────────────────────────────────────────────────

const UNTIDY = "cohort a   = all\n\nexample {\nlabel:int\n}\ncohort   b = all\n";

test("formatting: a text, a part of it, and the block that is closed", async () => {
  await client.open("untidy.gov", UNTIDY);
  const untidy = { uri: client.uri("untidy.gov") };
  const options = { tabSize: 2, insertSpaces: true };
  const whole = await client.connection.sendRequest(DocumentFormattingRequest.type, {
    textDocument: untidy,
    options,
  });
  expect(apply(UNTIDY, whole ?? [])).toBe("cohort a = all\n\nexample {\n  label: int\n}\ncohort b = all\n");
  const range = { start: { line: 5, character: 0 }, end: { line: 5, character: 9 } };
  const part = await client.connection.sendRequest(DocumentRangeFormattingRequest.type, {
    textDocument: untidy,
    range,
    options,
  });
  expect(apply(UNTIDY, part ?? [])).toBe(UNTIDY.replace("cohort   b", "cohort b"));
  const closed = await client.connection.sendRequest(DocumentOnTypeFormattingRequest.type, {
    textDocument: untidy,
    position: { line: 4, character: 1 },
    ch: "}",
    options,
  });
  expect(apply(UNTIDY, closed ?? [])).toBe(UNTIDY.replace("label:int", "  label: int"));
});

async function actionsAt(
  path: string,
  text: string,
  range: Range,
  only?: string[],
): Promise<readonly CodeAction[]> {
  await client.open(path, text);
  const ask = {
    textDocument: { uri: client.uri(path) },
    range,
    context: {
      diagnostics: [] as Diagnostic[],
      triggerKind: CodeActionTriggerKind.Invoked,
      ...(only && { only }),
    },
  };
  return ((await client.connection.sendRequest(CodeActionRequest.type, ask)) ?? []) as CodeAction[];
}

test("code actions fix, suppress, declare, extract, organize", async () => {
  const actions = await actionsAt("actions.gov", MISTAKEN, WHOLE);
  expect(actions.map(({ title }) => title)).toEqual(["declare the cohort `d`"]);
  const fixable = MISTAKEN.replace("route d", "route c");
  const fixes = await actionsAt("actions.gov", fixable, WHOLE);
  expect(fixes.map(({ title }) => title)).toEqual(
    expect.arrayContaining(["write `block`", "ignore GOV7002 here, with a reason"]),
  );
  const fix = fixes.find(({ title }) => title === "write `block`");
  expect(apply(fixable, fix?.edit?.changes?.[client.uri("actions.gov")] ?? [])).toBe(
    fixable.replace("0.0", "block"),
  );
  const [all] = await actionsAt("actions.gov", fixable, WHOLE, ["source.fixAll"]);
  expect(apply(fixable, all?.edit?.changes?.[client.uri("actions.gov")] ?? [])).toContain("block");
  const imports =
    'import { near_zero_loss } from "std/x"\nimport { vanishing_gradient, finite_loss } from "std/guards"\napply finite_loss()\n';
  const [organized] = await actionsAt("imports.gov", imports, WHOLE, ["source.organizeImports"]);
  expect(organized?.title).toBe("organize imports");
});

// ── files and folders ──────────────────────────────────────────────────────────────────────────────────────────

test("a file that is renamed is followed by those that name it", async () => {
  const files = [{ oldUri: client.uri("shared/cohorts.gov"), newUri: client.uri("lib/groups.gov") }];
  const edit = await client.connection.sendRequest(WillRenameFilesRequest.type, { files });
  expect(edit?.changes?.[client.uri("policy.gov")]).toMatchObject([{ newText: '"lib/groups.gov"' }]);
  mkdirSync(join(client.folder, "lib"));
  renameSync(join(client.folder, "shared/cohorts.gov"), join(client.folder, "lib/groups.gov"));
  await client.connection.sendNotification(DidRenameFilesNotification.type, { files });
  const { diagnostics } = await client.pushed("policy.gov");
  expect(diagnostics.map(({ code }) => code)).toContain("GOV2004");
  renameSync(join(client.folder, "lib/groups.gov"), join(client.folder, "shared/cohorts.gov"));
  await client.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
    changes: [{ uri: client.uri("shared/cohorts.gov"), type: FileChangeType.Created }],
  });
  expect((await client.pushed("policy.gov")).diagnostics.map(({ code }) => code)).toEqual(KNOWN);
});

test("a model that changes on disk is looked at again", async () => {
  writeFileSync(join(client.folder, "model.json"), FILES["model.json"].replace('"code"', '"renamed"'));
  await client.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
    changes: [{ uri: client.uri("model.json"), type: FileChangeType.Changed }],
  });
  expect((await client.pushed("policy.gov")).diagnostics.map(({ code }) => code)).toContain("GOV4001");
  writeFileSync(join(client.folder, "model.json"), FILES["model.json"]);
  await client.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
    changes: [{ uri: client.uri("model.json"), type: FileChangeType.Changed }],
  });
  expect((await client.pushed("policy.gov")).diagnostics.map(({ code }) => code)).toEqual(KNOWN);
});

test("folders come and go", async () => {
  const examples = new URL("../../examples/", import.meta.url).href;
  const folder = { uri: examples, name: "examples" };
  await client.connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, {
    event: { added: [folder], removed: [] },
  });
  const found = await client.connection.sendRequest(WorkspaceSymbolRequest.type, { query: "certificates" });
  expect(found?.length).toBeGreaterThan(0);
  await client.connection.sendNotification(DidChangeWorkspaceFoldersNotification.type, {
    event: { added: [], removed: [folder] },
  });
  expect(await client.connection.sendRequest(WorkspaceSymbolRequest.type, { query: "certificates" })).toEqual(
    [],
  );
  expect(fileURLToPath(examples)).toBeTruthy();
});

function apply(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split("\n");
  const offsetOf = ({ line, character }: Range["start"]): number =>
    lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0) + character;
  return edits
    .toSorted((left, right) => offsetOf(right.range.start) - offsetOf(left.range.start))
    .reduce(
      (edited, { range, newText }) =>
        edited.slice(0, offsetOf(range.start)) + newText + edited.slice(offsetOf(range.end)),
      text,
    );
}

// ── views ──────────────────────────────────────────────────────────────────────────────────────────────────────

test("views: the tests of a text, and what comes of them with the place of what fails", async () => {
  const failing = `${POLICY}\ntest "a mistake" {\n  given { label: 3 }\n  expect bottom: full\n}\n`;
  await client.open("failing.gov", failing);
  const ask = { textDocument: { uri: client.uri("failing.gov") } };
  const listed = await client.connection.sendRequest<{ title: string; offset: number }[]>("gov/tests", ask);
  expect(listed.map(({ title }) => title)).toEqual(["a three", "a mistake"]);
  const ran = await client.connection.sendRequest<{ title: string; failures: { message: string }[] }[]>(
    "gov/runTests",
    ask,
  );
  expect(ran.map(({ title, failures }) => [title, failures.length])).toEqual([
    ["a three", 0],
    ["a mistake", 1],
  ]);
  const failed = cut(failing.replace("expect bottom: full", "‸expect bottom: full")).position;
  expect(ran[1]?.failures).toMatchObject([
    {
      message: expect.stringMatching(/expected `bottom` to be full; it is block[^]*low -> bottom/) as string,
      location: { uri: client.uri("failing.gov"), range: { start: failed } },
    },
  ]);
  const one = await client.connection.sendRequest("gov/runTests", { ...ask, offsets: [listed[0]?.offset] });
  expect(one).toMatchObject([{ title: "a three", failures: [] }]);
});

test("views: the routing matrix and the compiled form, as long as there are no errors", async () => {
  const ask = { textDocument: textDocument() };
  const matrix = await client.connection.sendRequest<{ title: string; html: string }>("gov/matrix", ask);
  expect(matrix.title).toBe("digits");
  expect(matrix.html).toMatch(/data-cohort="low" data-band="bottom"[^]{0,300}low -&gt; bottom/);
  const later = { ...ask, moment: { step: 5, epoch: 0, examples: 0 } };
  expect(await client.connection.sendRequest("gov/matrix", later)).toEqual(matrix);
  const compiled = await client.connection.sendRequest<{ text: string }>("gov/compiled", ask);
  expect(JSON.parse(compiled.text)).toMatchObject({ irVersion: 1, policy: { name: "digits" } });
  await client.open("broken.gov", "route x -> y: block\n");
  for (const method of ["gov/matrix", "gov/compiled", "gov/runTests"])
    expect(
      await client.connection.sendRequest(method, { textDocument: { uri: client.uri("broken.gov") } }),
    ).toBeNull();
});
