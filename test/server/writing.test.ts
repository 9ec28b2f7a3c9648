/** What helps while a policy is written. */
import {
  CompletionRequest,
  CompletionResolveRequest,
  SignatureHelpRequest,
  type CompletionItem,
} from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { at, cut, type Client } from "./client.ts";
import { POLICY, openProject } from "./project.ts";

let client: Client;

beforeAll(async () => {
  client = await openProject();
});
afterAll(() => client.end());

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

test.each([
  ["the name that is being declared", `${POLICY}\nband x = ‸`, ["x"]],
  ["JSON that is no model", 'model "‸"', ["package.json"]],
  ["declarations in a comment", `${POLICY}\n// more to come ‸`, ["route"]],
  ["errors to be ignored", `${POLICY}\n// gov-ignore ‸`, ["GOV2001", "route"]],
])("completion leaves out %s", async (_, marked, labels) => {
  const found = (await completionsAt(marked)).map(({ label }) => label);
  expect(found.filter((label) => labels.includes(label))).toEqual([]);
});

test("completion says which codes a comment may ignore, what is said of the next line first", async () => {
  // The same rule again is without effect, and says 0 for `block`.
  const marked = `${POLICY}\n// gov-ignore GOV4008, GOV70‸\nroute low -> bottom: 0\n`;
  const [first, second, ...others] = await completionsAt(marked);
  expect([first?.label, second?.label]).toEqual(["GOV5003", "GOV7002"]);
  const { position } = cut(marked);
  const start = { ...position, character: position.character - "GOV70".length };
  expect(second?.textEdit).toEqual({ range: { start, end: position }, newText: "GOV7002" });
  expect(others.map(({ label }) => label)).toContain("GOV7001");
});

test("completion of what a field lies in begins with its values, not with other fields", async () => {
  const policy = POLICY.replace("example {", "example {\n  tags: set<string>");
  const sorted = (await completionsAt(`${policy}\ncohort x = label in ‸`)).toSorted((left, right) =>
    (left.sortText ?? "") < (right.sortText ?? "") ? -1 : 1,
  );
  expect(sorted[0]?.label).toBe("0..9");
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
