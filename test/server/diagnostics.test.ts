/** What is wrong, pushed and pulled, with texts kept in step. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DidChangeTextDocumentNotification,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidSaveTextDocumentNotification,
  DocumentDiagnosticRequest,
  WorkspaceDiagnosticRequest,
} from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EDITOR, startClient, type Client } from "./client.ts";
import { MISTAKEN, openProject } from "./project.ts";

let client: Client;

beforeAll(async () => {
  client = await openProject();
});
afterAll(() => client.end());

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

test("what a project makes of findings holds in the editor too, and is followed", async () => {
  const policy = 'policy a\nmodel "missing.json"\n\n\nband b = all\n';
  const rules = (severity: string): string => JSON.stringify({ rules: { GOV4012: severity } });
  const watched = await startClient({
    "package.json": "{}",
    "off/gov.config.json": rules("off"),
    "raised/gov.config.json": rules("error"),
  });
  const told = async (path: string): Promise<readonly unknown[]> =>
    (await watched.pushed(path)).diagnostics.map(({ code, severity, message }) => [
      code ?? message,
      severity,
    ]);
  await watched.open("off/a.gov", policy);
  expect(await told("off/a.gov")).toEqual([]);
  await watched.open("raised/a.gov", policy);
  expect(await told("raised/a.gov")).toEqual([["GOV4012", 1]]);
  writeFileSync(join(watched.folder, "off/gov.config.json"), '{\n  "rules": { "GOV4012": "sometimes" }\n}');
  await watched.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
    changes: [{ uri: watched.uri("off/gov.config.json"), type: 2 }],
  });
  expect(await told("off/a.gov")).toEqual([
    [expect.stringMatching(/^`gov\.config\.json`: line 2: `rules\.GOV4012` is not one of its values/), 1],
    ["GOV4012", 2],
  ]);
  await watched.end();
});
