/** What the extension for VS Code asks for beyond the protocol. */
import {} from "vscode-languageserver-protocol/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cut, type Client } from "./client.ts";
import { POLICY, openProject } from "./project.ts";

let client: Client;
const textDocument = (): { uri: string } => ({ uri: client.uri("policy.gov") });

beforeAll(async () => {
  client = await openProject();
});
afterAll(() => client.end());

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
