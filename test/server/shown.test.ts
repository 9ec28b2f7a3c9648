/** What is shown in and beside a text. */
import {
  CodeLensRequest,
  CodeLensResolveRequest,
  DidChangeTextDocumentNotification,
  ExecuteCommandRequest,
  FoldingRangeRequest,
  InlayHintRequest,
  SelectionRangeRequest,
  SemanticTokensDeltaRequest,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
  ShowMessageNotification,
  type SelectionRange,
} from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { at, type Client } from "./client.ts";
import { POLICY, WHOLE, openProject } from "./project.ts";

let client: Client;
const textDocument = (): { uri: string } => ({ uri: client.uri("policy.gov") });

beforeAll(async () => {
  client = await openProject();
});
afterAll(() => client.end());

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
