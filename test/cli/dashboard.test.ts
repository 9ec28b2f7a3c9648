import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { get, request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { basename, join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../chromium.ts";
import { dashboard } from "../../src/cli/commands/dashboard.ts";
import { openShelf } from "../../src/cli/dashboard/runs.ts";
import { createDashboard } from "../../src/cli/dashboard/server.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { createRunFolder, type RunFolder } from "../../src/evidence/run-folder.ts";
import type { RunEvent } from "../../src/runtime/events.ts";
import { FILES, KEY, temporaryFolder, writeRun } from "../evidence/written-run.ts";
import { recordTerminal } from "./recorded-terminal.ts";
import { syntheticEvents, syntheticRecord } from "../fixtures/synthetic-run.ts";

const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202e=cmd()';

let port = 0;
let live: RunFolder;
const root = temporaryFolder();
const { ir } = syntheticRecord({ steps: 1, ending: "finished" });
const FILES_OF_RUN = { ...FILES, "ir.json": JSON.stringify(ir) };
const server = createDashboard({ shelf: openShelf(root), folder: HOSTILE });

async function makeRun(id: string, events: readonly RunEvent[]): Promise<RunFolder> {
  const folder = await createRunFolder({ root, id, files: FILES_OF_RUN, key: KEY });
  events.forEach(folder.recorder);
  return folder;
}

beforeAll(async () => {
  const events = syntheticEvents({ steps: 120, ending: "finished" });
  const refused: RunEvent = {
    ...{
      kind: "examples_refused",
      clock: { step: 0, epoch: 0, examples: 0 },
      disposition: "reject",
      count: 1,
    },
    examples: [{ id: HOSTILE, missing: [HOSTILE], altered: [] }],
    span: { file: "policy.gov", start: 0, end: 1, line: 1, column: 1 },
  };
  await (
    await makeRun("2026-11-23T083411.512Z-finished", [...events.slice(0, -1), refused, ...events.slice(-1)])
  ).close();
  live = await makeRun("2026-11-24T083411.512Z-going0on", syntheticEvents({ steps: 20, ending: "killed" }));
  const outside = await writeRun("2026-11-25T083411.512Z-outside0", events);
  symlinkSync(outside, join(root, basename(outside)));
  mkdirSync(join(root, "no-run"));
  writeFileSync(join(root, "a-file"), "");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

async function ask(path: string, headers: OutgoingHttpHeaders = {}, method = "GET"): Promise<Answer> {
  const sent = request({ host: "127.0.0.1", port, path, method, headers }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { status: response.statusCode, body: Buffer.concat(chunks).toString("utf8") };
}

describe("the command", () => {
  test("listens on 127.0.0.1 and nowhere else, shows the runs, and ends with the signal", async () => {
    const { terminal, out } = recordTerminal(root);
    const controller = new AbortController();
    const ended = dashboard({ folder: ".", port: 0 }, terminal, controller.signal);
    await expect.poll(out).toContain("Ctrl-C");
    const [, address = "", open] = /^(http:\/\/127\.0\.0\.1:(\d+)\/) /.exec(out()) ?? [];
    expect(await (await fetch(address)).text()).toContain("2026-11-23T083411.512Z-finished");
    // What listens on every address of a machine answers to the rest of 127.0.0.0/8, too.
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const host of ["127.0.0.2", ...addresses.map((one) => one.address)])
      if (host !== "127.0.0.1") expect([host, await isAnswered(host, Number(open))]).toEqual([host, false]);
    controller.abort();
    expect(await ended).toBe(EXIT.clean);
    await expect(fetch(address)).rejects.toThrow();
  });

  test("says what to do where it cannot serve", async () => {
    const { terminal, err } = recordTerminal(root);
    expect(await dashboard({ folder: "a-file", port: 0 }, terminal)).toBe(EXIT.failed);
    expect(await dashboard({ folder: ".", port }, terminal)).toBe(EXIT.failed);
    expect(err()).toMatch(
      /a-file is not a folder[^]*name a folder of runs[^]*--port 0 takes any that is free/,
    );
  });
});

async function isAnswered(host: string, open: number): Promise<boolean> {
  const socket = connect({ host, port: open, timeout: 2000 });
  try {
    return await new Promise((settle) => {
      socket.on("connect", () => settle(true));
      socket.on("error", () => settle(false));
      socket.on("timeout", () => settle(false));
    });
  } finally {
    socket.destroy();
  }
}

test("runs stand side by side, and each has the page of its report", async () => {
  const { status, body } = await ask("/");
  expect(status).toBe(200);
  expect(body).toContain("/run/2026-11-23T083411.512Z-finished");
  expect(body).toContain("/run/2026-11-24T083411.512Z-going0on");
  const run = await ask("/run/2026-11-23T083411.512Z-finished");
  expect(run.body).toContain("Digits 0-4 shape only the top half of the code");
});

test.each([
  ["a name that is rebound to this machine", { host: "evil.example:80" }, "GET", 421],
  ["another port's origin", { origin: "http://127.0.0.1:1" }, "GET", 403],
  ["a page of another site", { origin: "https://evil.example" }, "GET", 403],
  ["a sandboxed page", { origin: "null" }, "GET", 403],
  ["a request that would change something", {}, "POST", 405],
])("%s is refused", async (_, headers, method, status) => {
  expect((await ask("/", headers, method)).status).toBe(status);
});

test.each([
  "/run/..%2f..%2fetc",
  "/run/../../etc/passwd",
  "/run/no-run",
  "/run/2026-11-25T083411.512Z-outside0",
  "/run/%ff",
  "/policy.gov",
])("%s leads nowhere", async (path) => {
  expect((await ask(path)).status).toBe(404);
});

test("an address names the steps whose curves are drawn, and one that makes no sense draws all", async () => {
  const address = "/run/2026-11-23T083411.512Z-finished";
  const stepsIn = ({ body }: Answer): readonly string[] => [
    ...new Set([...body.matchAll(/data-steps="([^"]+)"/g)].map(([, steps]) => steps ?? "")),
  ];
  expect(stepsIn(await ask(`${address}?from=30&to=90`))).toEqual(["30 90"]);
  expect(stepsIn(await ask(`${address}?from=118&to=4000`))).toEqual(["118 119"]);
  for (const search of ["", "?from=9&to=3", "?from=-1&to=8", "?from=1e9&to=x", "?from=5"])
    expect(stepsIn(await ask(address + search))).toEqual(["0 119"]);
  expect((await ask(`${address}?from=7000&to=8000`)).body).toContain("Not measured in these steps.");
});

test("a run that goes on is told of by an event", async () => {
  const page = encodeURIComponent(`/run/${basename(live.path)}`);
  const [response] = (await once(
    get({ host: "127.0.0.1", port, path: `/events?page=${page}` }),
    "response",
  )) as [IncomingMessage];
  expect(response.headers["content-type"]).toBe("text/event-stream");
  live.recorder({
    kind: "epoch_ended",
    clock: { step: 20, epoch: 0, examples: 20 },
    loss: 1,
    weightsDigest: "w",
    judged: [],
  });
  let told = "";
  for await (const chunk of response as AsyncIterable<Buffer>) {
    told += chunk.toString("utf8");
    if (told.includes("event: changed")) break;
  }
  expect(told).toContain("event: changed");
});

const CHROMIUM = findChromium("so nobody has looked at the dashboard");

describe.skipIf(CHROMIUM === undefined)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());

  test("a page goes on with its run, and what is hostile in it stays text", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("dialog", () => complaints.push("a dialog"));
    await page.goto(`http://127.0.0.1:${port}/run/${basename(live.path)}`);
    await page.getByText("Live", { exact: true }).waitFor();
    live.recorder({
      ...{ kind: "violation_found", clock: { step: 21, epoch: 0, examples: 21 }, code: "GOV8001" },
      ...{ message: HOSTILE, span: { file: "policy.gov", start: 0, end: 1, line: 1, column: 1 } },
    });
    await page.getByText("violation GOV8001").waitFor();
    expect(await page.title()).toContain("mnist_split");
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.getByText("onerror").first().waitFor();
    expect(await page.title()).toContain("Runs in <img");
    expect(await page.locator("img, main script").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("a part of the steps is chosen by dragging across a curve, or by keyboard, and left by going back", async () => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const address = `http://127.0.0.1:${port}/run/2026-11-23T083411.512Z-finished`;
    await page.goto(address);
    const curve = page.locator("#bound-0 svg.wide");
    await curve.scrollIntoViewIfNeeded();
    const box = await curve.boundingBox();
    if (box === null) throw new Error("there is no curve");
    await page.mouse.move(box.x + 0.3 * box.width, box.y + 90);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.6 * box.width, box.y + 90, { steps: 3 });
    await page.mouse.up();
    const stepsDrawn = (): Promise<string | null> => curve.getAttribute("data-steps");
    await expect.poll(stepsDrawn).not.toBe("0 119");
    const [first = 0, last = 0] = ((await stepsDrawn()) ?? "").split(" ").map(Number);
    // The plot has 52 of the picture's 900 units to its left and 12 to its right.
    const stepAt = (part: number): number => Math.round(((part * 900 - 52) / (900 - 64)) * 119);
    expect([Math.abs(first - stepAt(0.3)), Math.abs(last - stepAt(0.6))]).toEqual([
      expect.toSatisfy((off: number) => off <= 1),
      expect.toSatisfy((off: number) => off <= 1),
    ]);
    await page.locator("input[name=from]").fill("100");
    await page.locator("input[name=to]").fill("110");
    await page.keyboard.press("Enter");
    await expect.poll(stepsDrawn).toBe("100 110");
    await page.goBack();
    await expect.poll(stepsDrawn).toBe(`${first} ${last}`);
    await page.locator(".steps a").click();
    await expect.poll(stepsDrawn).toBe("0 119");
  });

  test("the keyboard reaches every run, and no screen is too narrow", async () => {
    const page = await browser.newPage({ viewport: { width: 340, height: 700 } });
    await page.goto(`http://127.0.0.1:${port}/`);
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(overflow).toBeLessThanOrEqual(0);
    for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press("Tab");
    const focused = await page.evaluate(
      "document.activeElement.getAttribute('href') ?? document.activeElement.className",
    );
    expect(focused).toMatch(/^(?:\/run\/|scroll)/);
  });
});

test("a run is left alone nine times as long as a look at it took, and then shown as it is", async () => {
  const folder = temporaryFolder();
  const run = await createRunFolder({ root: folder, id: "long", files: FILES_OF_RUN, key: KEY });
  const events = syntheticEvents({ steps: 10, ending: "finished" });
  events.slice(0, 5).forEach(run.recorder);
  // Each look at the clock takes one unit, so that to look at a run takes one.
  let time = 0;
  const shelf = openShelf(folder, { now: () => (time += 1) });
  const before = shelf.refresh("long").version;
  events.slice(5).forEach(run.recorder);
  await run.close();
  const looks = Array.from({ length: 12 }, () => shelf.refresh("long").version);
  expect(looks.findIndex((version) => version !== before)).toBe(8);
  const shown = shelf.read("long");
  expect(shown?.outline.decisions.some(({ event }) => event.kind === "run_ended")).toBe(true);
  expect(shown?.history.steps().count).toBe(10);
});

test("a long run is shown as far as it has been read, and more of it at each look", async () => {
  const folder = temporaryFolder();
  const run = await createRunFolder({ root: folder, id: "long", files: FILES_OF_RUN, key: KEY });
  syntheticEvents({ steps: 1500, ending: "finished" }).forEach(run.recorder);
  await run.close();
  const shelf = openShelf(folder, { bytesALook: 100_000 });
  const counts: number[] = [];
  do counts.push(shelf.read("long")?.history.steps().count ?? 0);
  while (shelf.refresh("long").isBehind);
  expect(new Set(counts).size).toBeGreaterThan(1);
  expect(counts).toEqual(counts.toSorted((one, other) => one - other));
  expect(shelf.read("long")?.history.steps().count).toBe(1500);
  expect(shelf.read("long")?.behind).toBe(0);
});
