/**
 * `jiti bench/language-server.ts [LINES]`: our language server beside those of TypeSpec and Prisma, on files of the same
 * number of lines. The peers come from a folder of their own: `npm ci --prefix bench/peers`; those that are not
 * installed are left out. Needs a build (`npm run build`).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ProtocolConnection,
} from "vscode-languageserver-protocol/node";
import { prismaText, typeSpecText } from "./scale/peer-texts.ts";
import { generatePolicy } from "./scale/policy.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PEERS = join(ROOT, "bench/peers/node_modules");
const LINES = Number(process.argv[2] ?? 4_500);
const EDITS = 40;
const ASKS = 30;

interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly file: string;
  readonly languageId: string;
  readonly text: string;
  /** A word in the middle of the text; an `x` behind it is a mistake, and taking it away again is none. */
  readonly word: string;
}

interface Figures {
  readonly lines: number;
  readonly start: number;
  readonly edits: readonly number[];
  /** Medians in ms; absent where the server does not do it. */
  readonly asks: Readonly<Record<string, number | undefined>>;
  readonly memory: number;
}

const contestants: readonly Contestant[] = [
  {
    name: "gov",
    command: [join(ROOT, "dist/src/cli/main.js"), "lsp", "--stdio"],
    file: "policy.gov",
    languageId: "gov",
    text: generatePolicy(Math.round(LINES / 9)),
    word: "route ",
  },
  {
    name: "TypeSpec",
    command: [join(PEERS, "@typespec/compiler/cmd/tsp-server.js"), "--stdio"],
    file: "main.tsp",
    languageId: "typespec",
    text: typeSpecText(LINES),
    word: "  previous: Model",
  },
  {
    name: "Prisma",
    command: [join(PEERS, "@prisma/language-server/dist/bin.js"), "--stdio"],
    file: "schema.prisma",
    languageId: "prisma",
    text: prismaText(LINES),
    word: "  previousId Int",
  },
];

const CAPABILITIES = {
  textDocument: {
    completion: { completionItem: { snippetSupport: true } },
    publishDiagnostics: {},
    semanticTokens: { requests: { full: true }, tokenTypes: [], tokenModifiers: [], formats: ["relative"] },
  },
  workspace: { workspaceFolders: true },
};

const rows: string[] = [];
for (const contestant of contestants) {
  const [script = ""] = contestant.command;
  if (!existsSync(script)) {
    console.log(`${contestant.name}: not installed (npm ci --prefix bench/peers)`);
    continue;
  }
  rows.push(row(contestant.name, await measure(contestant)));
}
console.log(
  "\n| server | lines | start to first diagnostics | edit to diagnostics: median, p95 | completion | hover | tokens | format | memory |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
console.log(rows.join("\n"));

function row(name: string, { lines, start, edits, asks, memory }: Figures): string {
  const show = (value: number | undefined): string =>
    value === undefined ? "-" : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const figures = ["completion", "hover", "tokens", "format"].map((ask) => show(asks[ask]));
  const cells = [
    name,
    String(lines),
    show(start),
    `${show(quantile(edits, 0.5))}, ${show(quantile(edits, 0.95))}`,
    ...figures,
    `${memory} MB`,
  ];
  return `| ${cells.join(" | ")} |`;
}

async function measure({ name, command, file, languageId, text, word }: Contestant): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "gov-bench-"));
  writeFileSync(join(folder, "package.json"), "{}");
  // TypeSpec looks for its compiler from where the file lies.
  if (existsSync(PEERS)) symlinkSync(PEERS, join(folder, "node_modules"));
  writeFileSync(join(folder, file), text);
  const uri = pathToFileURL(join(folder, file)).href;
  const began = performance.now();
  const child = spawn(process.execPath, [...command], { stdio: ["pipe", "pipe", "ignore"], cwd: folder });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const published = listen(connection, uri);
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "bench" }],
    capabilities: CAPABILITIES,
  });
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId, version: 1, text },
  });
  await published.next();
  const start = performance.now() - began;

  const middle = text.indexOf(word, text.length / 2);
  if (middle < 0) throw new Error(`${name}: there is no \`${word}\``);
  const offset = wordEnd(text, middle + word.length);
  const position = positionAt(text, offset);
  const edits: number[] = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    const isMistake = edit % 2 === 0;
    const end = isMistake ? position : { ...position, character: position.character + 1 };
    const sent = performance.now();
    const told = published.next();
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: edit + 2 },
      contentChanges: [{ range: { start: position, end }, text: isMistake ? "x" : "" }],
    });
    await told;
    edits.push(performance.now() - sent);
    await pause(30);
  }
  const textDocument = { uri };
  const asks: Record<string, number | undefined> = {
    completion: await ask(connection, "textDocument/completion", { textDocument, position }),
    hover: await ask(connection, "textDocument/hover", {
      textDocument,
      position: { ...position, character: position.character - 1 },
    }),
    tokens: await ask(connection, "textDocument/semanticTokens/full", { textDocument }),
    format: await ask(connection, "textDocument/formatting", {
      textDocument,
      options: { tabSize: 2, insertSpaces: true },
    }),
  };
  const memory = residentMegabytes(child.pid);
  child.kill();
  connection.dispose();
  rmSync(folder, { recursive: true, force: true });
  return { lines: text.split("\n").length, start, edits, asks, memory };
}

/** The diagnostics of one file, one set after the other. */
function listen(connection: ProtocolConnection, uri: string): { readonly next: () => Promise<void> } {
  const waiting: (() => void)[] = [];
  connection.onNotification("textDocument/publishDiagnostics", (params: { readonly uri: string }) => {
    if (decodeURIComponent(params.uri) === decodeURIComponent(uri)) waiting.shift()?.();
  });
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("workspace/configuration", (params: { readonly items: readonly unknown[] }) =>
    params.items.map(() => null),
  );
  connection.onRequest("window/workDoneProgress/create", () => null);
  return { next: () => new Promise((resolve) => void waiting.push(resolve)) };
}

/** The median time of an answer, in ms; undefined where there is none. */
async function ask(
  connection: ProtocolConnection,
  method: string,
  params: object,
): Promise<number | undefined> {
  const times: number[] = [];
  for (let count = 0; count < ASKS; count += 1) {
    const sent = performance.now();
    try {
      await connection.sendRequest(method, params);
    } catch {
      return undefined;
    }
    times.push(performance.now() - sent);
  }
  return quantile(times, 0.5);
}

function wordEnd(text: string, from: number): number {
  return from + (/^\w*/.exec(text.slice(from))?.[0].length ?? 0);
}

function positionAt(text: string, offset: number): { readonly line: number; readonly character: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** What the process holds of memory now; Linux only. */
function residentMegabytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid ?? "self"}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
