/** What is told about a place, and where it leads. */
import {
  CallHierarchyIncomingCallsRequest,
  CallHierarchyOutgoingCallsRequest,
  CallHierarchyPrepareRequest,
  DefinitionRequest,
  DocumentHighlightRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  HoverRequest,
  ReferencesRequest,
  TypeDefinitionRequest,
  WorkspaceSymbolRequest,
  type DocumentSymbol,
  type LocationLink,
} from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { at, type Client } from "./client.ts";
import { POLICY, openProject } from "./project.ts";

let client: Client;
const textDocument = (): { uri: string } => ({ uri: client.uri("policy.gov") });

beforeAll(async () => {
  client = await openProject();
});
afterAll(() => client.end());

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
