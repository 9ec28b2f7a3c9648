/**
 * Random messages: edits, requests, cancellations, malformed parameters. The server never dies, never answers with an
 * inner error, and holds the client's text throughout. 100,000 messages:
 * `STRATA_RUNS=200 npx vitest run test/server/fuzz.test.ts`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CancellationTokenSource, ResponseError } from "vscode-languageserver-protocol/node";
import { expect, test } from "vitest";
import { openDraft } from "../../src/ide/draft.ts";
import { semanticTokens, TOKEN_KINDS } from "../../src/ide/semantic-tokens.ts";
import { DISK } from "../../src/project/file-tree.ts";
import { readLibrary } from "../../src/project/load.ts";
import { runs } from "../generators/runs.ts";
import { startClient, type Client } from "./client.ts";
import { METHODS } from "./methods.ts";

const FOLDER = fileURLToPath(new URL("../corpus/parse/", import.meta.url));
const TEXTS = readdirSync(FOLDER)
  .map((name) => readFileSync(`${FOLDER}${name}/policy.gov`, "utf8"))
  .filter(({ length }) => length < 2_500);
const SCRAPS = [
  "\n",
  " ",
  '"',
  "{",
  "}",
  "/*",
  "//",
  "band ",
  "route low -> ",
  "é",
  "😀",
  "\r\n",
  "0.0",
  "cohort x = all\n",
  "\u202e",
  "",
];
const JUNK: readonly unknown[] = [
  null,
  7,
  -1,
  1e300,
  "x",
  [],
  {},
  [[]],
  { uri: 3 },
  { textDocument: null },
  { line: -1 },
  true,
];

test("no message harms the server, and it holds the client's text throughout", async () => {
  const client = await startClient();
  const fuzz = createFuzz(client, Number(process.env["STRATA_SEED"] ?? 5));
  const count = runs(500);
  for (let message = 0; message < count; message += 1) {
    await fuzz.send();
    if (message % 25 === 24) await fuzz.settle();
  }
  await fuzz.settle();
  expect(fuzz.odd).toEqual([]);
  expect(client.process.exitCode).toBeNull();
  await client.end();
  expect(client.process.exitCode).toBe(0);
}, 3_600_000);

interface Fuzz {
  readonly send: () => Promise<void>;
  /** Waits for all answers and compares texts. */
  readonly settle: () => Promise<void>;
  /** Answers that should not have been. */
  readonly odd: readonly unknown[];
}

function createFuzz(client: Client, seed: number): Fuzz {
  const { connection } = client;
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item; // Never empty.
  const texts = new Map<string, string>();
  const pending = new Set<Promise<void>>();
  const odd: unknown[] = [];
  const files = ["a.gov", "b.gov", "c.gov"];
  let version = 1;

  const open = async (file: string): Promise<void> => {
    const text = pick(TEXTS);
    texts.set(file, text);
    await client.open(file, text);
  };
  const position = (text: string): { line: number; character: number } => {
    if (random(20) === 0) return { line: random(100_000), character: random(100_000) };
    const offset = random(text.length + 1);
    const before = text.slice(0, offset).split(/\r\n|\r|\n/);
    return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  };
  const change = async (file: string): Promise<void> => {
    const changes = Array.from({ length: 1 + random(3) }, () => {
      const text = texts.get(file) ?? "";
      if (random(30) === 0) {
        const whole = pick(TEXTS);
        texts.set(file, whole);
        return { text: whole };
      }
      const start = position(text);
      const end = random(2) === 0 ? start : position(text);
      const scrap = pick(SCRAPS);
      texts.set(file, applyChange(text, start, end, scrap));
      return { range: { start, end }, text: scrap };
    });
    version += 1;
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: client.uri(file), version },
      contentChanges: changes,
    });
  };
  const request = (method: string, params: unknown): void => {
    const source = new CancellationTokenSource();
    const answer = connection
      .sendRequest(method, params, source.token)
      .then(() => undefined)
      .catch((problem: unknown) => {
        if (!(problem instanceof ResponseError) || !EXPECTED.has(problem.code))
          odd.push([method, params, String(problem)]);
      });
    pending.add(answer);
    void answer.then(() => pending.delete(answer));
    if (random(6) === 0) source.cancel();
  };

  return {
    odd,
    send: async () => {
      const file = pick(files);
      const text = texts.get(file);
      if (text === undefined) return await open(file);
      const kind = random(100);
      if (kind < 35) return await change(file);
      if (kind < 37) {
        texts.delete(file);
        await connection.sendNotification("textDocument/didClose", {
          textDocument: { uri: client.uri(file) },
        });
        return;
      }
      if (kind < 45) {
        // None of these may touch a text.
        const method = pick(NOTIFICATIONS);
        const isChange = method === "textDocument/didChange" && random(2) === 0;
        const params = isChange ? malformedChange(client.uri(file), pick(JUNK)) : pick(JUNK);
        await connection.sendNotification(method, params);
        return;
      }
      const method = pick(METHODS);
      if (kind < 55) request(method, pick(JUNK));
      else if (kind < 60)
        request(method, damaged(paramsOf(client.uri(file), position(text), position(text)), random, pick));
      else if (kind < 62) request(`${method}/none`, {});
      else if (kind < 64) request(method, paramsOf("untitled:none", position(text), position(text)));
      else request(method, paramsOf(client.uri(file), position(text), position(text)));
    },
    settle: async () => {
      await Promise.all(pending);
      for (const file of texts.keys()) {
        const { data } = await connection.sendRequest<{ data: number[] }>(
          "textDocument/semanticTokens/full",
          {
            textDocument: { uri: client.uri(file) },
          },
        );
        expect(data).toEqual(tokensOf(file, texts));
      }
    },
  };
}

/** Answers that the protocol has for what cannot be done; an inner error (-32603) is not among them. */
const EXPECTED: ReadonlySet<number> = new Set([-32602, -32601, -32600, -32800, -32802, -32803]);

const NOTIFICATIONS = [
  "textDocument/didChange", "textDocument/didOpen", "textDocument/didClose", "textDocument/didSave",
  "workspace/didChangeWatchedFiles", "workspace/didRenameFiles", "workspace/didChangeWorkspaceFolders",
  "$/cancelRequest", "$/setTrace", "workspace/didChangeConfiguration",
] as const; // prettier-ignore

/** Everything that some method reads. */
function paramsOf(uri: string, start: object, end: object): Record<string, unknown> {
  return {
    textDocument: { uri },
    position: start,
    positions: [start, end],
    range: { start, end },
    context: { includeDeclaration: true, diagnostics: [], triggerKind: 1 },
    newName: "renamed",
    query: "a",
    options: { tabSize: 2, insertSpaces: true },
    ch: "}",
    previousResultId: "1",
    previousResultIds: [],
    data: { uri, kind: "band", subject: "a", list: 1, index: 0 },
    label: "x",
    command: "gov.runTest",
    arguments: [uri, 0],
    item: { uri, range: { start, end }, selectionRange: { start, end } },
    files: [{ oldUri: uri, newUri: `${uri}x` }],
    offsets: [0],
    moment: { step: 1, epoch: 0, examples: 0 },
  };
}

/** With one of its properties made something else. */
function damaged(
  params: Record<string, unknown>,
  random: (below: number) => number,
  pick: <Item>(items: readonly Item[]) => Item,
): Record<string, unknown> {
  const key = pick(Object.keys(params));
  return { ...params, [key]: random(4) === 0 ? undefined : pick(JUNK) };
}

/** The first change is sound, the second is not: neither may be carried out. */
function malformedChange(uri: string, junk: unknown): object {
  return {
    textDocument: { uri, version: 9 },
    contentChanges: [{ text: "lost" }, { range: junk ?? 7, text: "x" }],
  };
}

/** As the protocol has it: a character past the end of a line is its end. */
function applyChange(
  text: string,
  start: { line: number; character: number },
  end: { line: number; character: number },
  scrap: string,
): string {
  const offsetOf = ({ line, character }: { line: number; character: number }): number => {
    const lines = [...text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)];
    const own = lines[line];
    const isPast =
      own === undefined || (line > 0 && own.index === text.length && lines[line - 1]?.[2] === "");
    return isPast ? text.length : own.index + Math.min(character, own[1]?.length ?? 0);
  };
  const ends = [offsetOf(start), offsetOf(end)].toSorted((left, right) => left - right);
  return text.slice(0, ends[0]) + scrap + text.slice(ends[1]);
}

const LIBRARY = readLibrary(DISK);

/** As the server should encode them, from the client's own texts. */
function tokensOf(file: string, texts: ReadonlyMap<string, string>): readonly number[] {
  const draft = openDraft({ entry: file, sources: new Map([...LIBRARY, ...texts]) });
  let [line, column] = [1, 1];
  return semanticTokens(draft).flatMap(({ span, kind, modifiers }) => {
    const places = [span.line - line, span.line === line ? span.column - column : span.column - 1];
    [line, column] = [span.line, span.column];
    const bits = ["declaration", "documentation", "defaultLibrary", "readonly"].map((name, bit) =>
      modifiers.some((modifier) => modifier === name) ? 1 << bit : 0,
    );
    return [
      ...places,
      span.end - span.start,
      TOKEN_KINDS.indexOf(kind),
      bits.reduce((sum, bit) => sum + bit, 0),
    ];
  });
}

/** Whole numbers below a bound, the same for the same seed (Mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
