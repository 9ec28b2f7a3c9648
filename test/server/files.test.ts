/** Files and folders that come, go and are renamed. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  DidChangeWatchedFilesNotification,
  DidChangeWorkspaceFoldersNotification,
  DidRenameFilesNotification,
  FileChangeType,
  WillRenameFilesRequest,
  WorkspaceSymbolRequest,
} from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "./client.ts";
import { FILES, KNOWN, openProject } from "./project.ts";

let client: Client;

beforeAll(async () => {
  client = await openProject();
});
afterAll(() => client.end());

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

test("a probe that goes is missed at its line, and no longer once it is back", async () => {
  const [here, away] = ["sevens.jsonl", "eights.txt"].map((name) => join(client.folder, name)) as [
    string,
    string,
  ];
  renameSync(here, away);
  const tell = (type: FileChangeType): Promise<void> =>
    client.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
      changes: [{ uri: client.uri("sevens.jsonl"), type }],
    });
  await tell(FileChangeType.Deleted);
  const { diagnostics } = await client.pushed("policy.gov");
  expect(diagnostics.map(({ code }) => code)).toEqual([...KNOWN, "GOV6006"]);
  renameSync(away, here);
  await tell(FileChangeType.Created);
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
