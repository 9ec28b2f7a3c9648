/** The extension as it is packed, started by a stand-in of the extension host, against its bundled server. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type * as vscode from "vscode";
import { buildExtension, type BuiltExtension } from "../../language-server/vscode/build.ts";
import { createHost, loadExtension, type Host } from "./host.ts";

const POLICY = `policy digits "Digits"

example {
  id: string
  label: int in 0..9
}

/// The lower half.
band bottom = layers "code" units 16..31
band top = layers "code" units 0..15

cohort low = label in 0..4
cohort high = not low

route low -> bottom: block
route high -> top: 25% from 2 epochs

test "a low digit" {
  given { label: 3 }
  expect bottom: block
}

test "a mistake" {
  given { label: 3 }
  expect bottom: full
}
`;

let built: BuiltExtension;
let host: Host;
const subscriptions: { dispose: () => unknown }[] = [];
const folder = mkdtempSync(join(tmpdir(), "gov-vscode-"));
const started = { policy: undefined as vscode.TextDocument | undefined };

beforeAll(async () => {
  built = await buildExtension(mkdtempSync(join(tmpdir(), "gov-vsix-")));
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "policy.gov"), POLICY);
  host = createHost(folder);
  const { activate } = loadExtension(join(built.folder, "extension.cjs"), host.api);
  started.policy = host.open("policy.gov", POLICY);
  await activate({ subscriptions, extensionUri: host.api.Uri.file(built.folder) });
});

afterAll(async () => {
  for (const subscription of subscriptions) await subscription.dispose();
});

const policy = (): vscode.TextDocument => {
  if (started.policy === undefined) throw new Error("the policy was not opened");
  return started.policy;
};

test("it starts the bundled server, which finds mistakes", async () => {
  expect(host.messages).toEqual([]);
  const wrong = host.open("wrong.gov", "policy wrong\n\nroute low -> top: block\n");
  await vi.waitFor(
    () => {
      const found = host.diagnostics.get(wrong.uri.toString()) ?? [];
      expect(JSON.stringify(found.map(({ code }) => code))).toContain("GOV2001");
    },
    { timeout: 15_000 },
  );
  host.edit(wrong, "policy wrong\n");
  await vi.waitFor(
    () => {
      expect(host.diagnostics.get(wrong.uri.toString())).toEqual([]);
    },
    { timeout: 15_000 },
  );
});

test("what the editor asks is answered by it: hover, completion, format", async () => {
  const place = placeOf("route low -> bottom", "route lo");
  const token = new host.api.EventEmitter().event;
  const ask = async (register: string, method: string, ...values: unknown[]): Promise<string> => {
    const [provider] = host.providers.get(register) ?? [];
    const answer = provider?.[method] as (...given: unknown[]) => Promise<unknown>;
    const given = [...values, { isCancellationRequested: false, onCancellationRequested: token }];
    return JSON.stringify(await answer.call(provider, policy(), ...given, { triggerKind: 0 }));
  };
  expect(await ask("registerHoverProvider", "provideHover", place)).toContain("label in 0..4");
  expect(await ask("registerCompletionItemProvider", "provideCompletionItems", place)).toContain("high");
  const [formatter] = host.providers.get("registerDocumentFormattingEditProvider") ?? [];
  const loose = host.open("loose.gov", "policy   loose\n");
  const layOut = formatter?.["provideDocumentFormattingEdits"] as (
    ...given: unknown[]
  ) => Promise<vscode.TextEdit[]>;
  const edits = await layOut(loose, { tabSize: 2, insertSpaces: true }, { onCancellationRequested: token });
  expect(edits.map(({ newText }) => newText)).toEqual(["policy loose\n"]);
});

function placeOf(line: string, front: string): vscode.Position {
  const lines = POLICY.split("\n");
  return new host.api.Position(
    lines.findIndex((text) => text.startsWith(line)),
    front.length,
  );
}

test("the test explorer lists the tests of files, runs them, and shows why one fails at its line", async () => {
  const [controller] = host.controllers;
  if (controller === undefined) throw new Error("there is no test controller");
  await controller.resolveHandler?.();
  const file = controller.items.get(policy().uri.toString());
  await controller.resolveHandler?.(file);
  const items = [...(file?.children ?? [])].map(([, item]) => item);
  expect(items.map(({ label }) => label)).toEqual(["a low digit", "a mistake"]);
  const outcomes = await controller.run({});
  expect(outcomes.map(({ state }) => state)).toEqual(["passed", "failed"]);
  const [message] = outcomes[1]?.messages ?? [];
  expect(message?.message).toMatch(/expected `bottom` to be full; it is block[^]*low -> bottom/);
  expect(message?.location?.range.start.line).toBe(placeOf("  expect bottom: full", "").line);
  expect((await controller.run({ include: items.slice(0, 1) })).map(({ state }) => state)).toEqual([
    "passed",
  ]);
});

test("tests follow the text, and cannot be run while it has errors", async () => {
  const [controller] = host.controllers;
  const changing = host.open("changing.gov", POLICY);
  const children = (): readonly string[] =>
    [...(controller?.items.get(changing.uri.toString())?.children ?? [])].map(([, { label }]) => label);
  await vi.waitFor(() => {
    expect(children()).toHaveLength(2);
  });
  host.edit(changing, POLICY.replace("a mistake", "another").replace("band top", "band tip"));
  await vi.waitFor(() => {
    expect(children()).toEqual(["a low digit", "another"]);
  });
  const file = controller?.items.get(changing.uri.toString());
  const outcomes = await controller?.run({ include: [file] });
  expect(outcomes?.map(({ state, messages }) => [state, messages[0]?.message])).toEqual(
    Array(2).fill(["errored", "the policy has errors: its tests cannot be run"]),
  );
});

test("the routing matrix is shown without script, follows the text, and is shown at another moment", async () => {
  host.open("policy.gov", POLICY);
  await host.commands.get("gov.showMatrix")?.();
  const [panel] = host.panels;
  expect(panel?.title).toBe("Routing: digits");
  expect(panel?.options).toMatchObject({ enableScripts: false });
  const html = panel?.webview.html ?? "";
  const nonce = /style-src 'nonce-([0-9a-f]{32})'/.exec(html)?.[1] ?? "";
  expect(html).toContain(
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">`,
  );
  expect(html.match(/<style nonce="([^"]*)">/)?.[1]).toBe(nonce);
  expect(html).not.toMatch(/<script|\son\w+=|style="|src=|href=/);
  expect(html).toMatch(/class="blocked"[^>]*data-cohort="low"[^>]*data-band="bottom"/);
  expect(html).toContain("At the start of training.");
  host.choice = 1;
  await host.commands.get("gov.showMatrixAt")?.();
  expect(panel?.webview.html).toContain("At epoch 2");
  expect(panel?.webview.html).toMatch(/class="part"[^>]*data-cohort="high"[^>]*data-band="top"/);
  panel?.dispose();
});

test("a hostile name is shown in the matrix and does nothing", async () => {
  const hostile = POLICY.replace('policy digits "Digits"', "policy digits").replaceAll("low", "låw");
  host.open("hostile.gov", hostile);
  await host.commands.get("gov.showMatrix")?.();
  expect(host.panels.at(-1)?.webview.html).toContain("låw");
  expect(host.panels.at(-1)?.webview.html).not.toContain("<script");
});

test("the compiled form is opened beside the policy; with errors there is none", async () => {
  host.open("policy.gov", POLICY);
  await host.commands.get("gov.showCompiled")?.();
  expect(JSON.parse(host.api.window.activeTextEditor?.document.getText() ?? "")).toMatchObject({
    irVersion: 1,
  });
  host.open("wrong.gov", "route a -> b: block\n");
  await host.commands.get("gov.showCompiled")?.();
  expect(host.messages.at(-1)).toBe("The policy has errors, and so no compiled form.");
});

test("the server can be restarted, and every command of the manifest is there", async () => {
  await host.commands.get("gov.restartServer")?.();
  const { contributes } = JSON.parse(readFileSync(join(built.folder, "package.json"), "utf8")) as {
    contributes: {
      commands: { command: string }[];
      languages: { configuration: string }[];
      grammars: { path: string }[];
      snippets: { path: string }[];
    };
  };
  for (const { command } of contributes.commands) expect([...host.commands.keys()]).toContain(command);
  const files = [
    ...contributes.languages.map(({ configuration }) => configuration),
    ...contributes.grammars.map(({ path }) => path),
    ...contributes.snippets.map(({ path }) => path),
  ];
  for (const file of files) expect(existsSync(join(built.folder, file))).toBe(true);
});

test("nothing went wrong that the client would have written to its log", () => {
  expect(host.messages).toEqual(["The policy has errors, and so no compiled form."]);
});

test("the .vsix holds the extension and says so", () => {
  const list = (entry: string): string =>
    execFileSync(
      "python3",
      [
        "-c",
        "import sys, zipfile; sys.stdout.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())",
        built.vsix,
        entry,
      ],
      { encoding: "utf8" },
    );
  expect(list("extension/package.json")).toBe(readFileSync(join(built.folder, "package.json"), "utf8"));
  const manifest = list("extension.vsixmanifest");
  for (const [, path = ""] of manifest.matchAll(/Path="([^"]*)"/g))
    expect(list(path).length).toBeGreaterThan(100);
  expect(manifest).toContain('Id="strata-gov-vscode" Version="0.1.0" Publisher="strata-gov"');
  expect(list("[Content_Types].xml")).toContain('Extension=".cjs"');
});
