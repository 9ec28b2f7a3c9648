/** Changes that the server makes or proposes. */
import {
  CodeActionRequest,
  CodeActionTriggerKind,
  DocumentFormattingRequest,
  DocumentOnTypeFormattingRequest,
  DocumentRangeFormattingRequest,
  LSPErrorCodes,
  PrepareRenameRequest,
  RenameRequest,
  type CodeAction,
  type Diagnostic,
  type Range,
} from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { at, type Client } from "./client.ts";
import { apply, MISTAKEN, POLICY, WHOLE, openProject } from "./project.ts";

let client: Client;

beforeAll(async () => {
  client = await openProject();
});
afterAll(() => client.end());

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
