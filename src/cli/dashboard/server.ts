/** The dashboard's server: pages of runs on the loopback, and a stream that says when they have changed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { comparisonOf } from "../../report/comparison.ts";
import { reportOf } from "../../report/html.ts";
import { LIVE_SCRIPT } from "../../report/live.ts";
import { html } from "../../report/markup.ts";
import { renderPage, type Page } from "../../report/page.ts";
import { sayCount, sayMany } from "../../lower/words.ts";
import type { StepRange } from "../../report/curve.ts";
import { renderChooser } from "../../report/step-chooser.ts";
import type { RunShelf } from "./runs.ts";

export interface DashboardOptions {
  readonly shelf: RunShelf;
  /** The folder as the user named it. */
  readonly folder: string;
}

export function createDashboard(options: DashboardOptions): Server {
  // Pages are made anew at most a tenth of the time, however many are open.
  let quietUntil = 0;
  const server = createServer((request, response) => {
    const refusal = refuse(request, server);
    if (refusal !== undefined)
      return answer(response, refusal.status, "text/plain; charset=utf-8", refusal.reason);
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/events") return stream(request, response, url, options, () => quietUntil);
    const began = performance.now();
    const page = findPage(url, options);
    if (page === undefined)
      return answer(response, 404, "text/plain; charset=utf-8", "there is no such page\n");
    answer(response, 200, "text/html; charset=utf-8", renderPage({ ...page, script: LIVE_SCRIPT }));
    const ended = performance.now();
    quietUntil = ended + Math.min(PATIENCE * (ended - began), LONGEST_QUIET);
  });
  return server;
}

/** How many times as long as it took to make a page no page is told to ask for itself again. */
const PATIENCE = 9;
/** In milliseconds: the first page of all takes longer than any that follows. */
const LONGEST_QUIET = 3000;

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** A page of another site must reach this server neither by its own name (DNS rebinding) nor from its own origin. */
function refuse({ method, headers }: IncomingMessage, server: Server): Refusal | undefined {
  const address = server.address();
  const port = address === null || typeof address === "string" ? 0 : address.port;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (headers.host === undefined || !hosts.includes(headers.host))
    return { status: 421, reason: "this server answers to 127.0.0.1 and localhost only\n" };
  if (headers.origin !== undefined && !hosts.includes(headers.origin.replace(/^http:\/\//, "")))
    return { status: 403, reason: "this server answers to its own pages only\n" };
  if (method !== "GET" && method !== "HEAD") return { status: 405, reason: "this server only shows\n" };
  return undefined;
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...HEADERS, "content-type": type });
  response.end(body);
}

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

const RUN_PAGE = "/run/";

function findPage(url: URL, { shelf, folder }: DashboardOptions): Pick<Page, "title" | "body"> | undefined {
  if (url.pathname === "/") {
    const available = shelf.list();
    const chosen = chooseRuns(url, shelf).flatMap((id) => {
      const shown = shelf.read(id);
      if (shown === undefined) return [];
      return [{ run: shown.outline, history: shown.history, address: addressOf(id) }];
    });
    return comparisonOf({ folder, available, chosen });
  }
  const id = runOf(url.pathname);
  const run = id === undefined ? undefined : shelf.read(id);
  if (id === undefined || run === undefined) return undefined;
  const { outline, history, flow, behind } = run;
  const shown = stepsOf(url);
  const chooser = renderChooser({ address: addressOf(id), shown, last: history.steps().clock?.step ?? 0 });
  const { title, body } = reportOf(outline, history, { flow, shown, chooser });
  return {
    title,
    body: html`<p class="kicker"><a href="/">All runs</a></p>
      ${behind === 0 ? undefined : html`<p class="outcome fair">The record is being read: ${sayMany(history.steps().count, "step")} so far, ${sayCount(Math.ceil(behind / 1e6))} MB to go.</p>`}
      ${body}`,
  };
}

function addressOf(id: string): string {
  return `${RUN_PAGE}${encodeURIComponent(id)}`;
}

/** The steps that an address asks for: `?from=100&to=200`; undefined where it asks for none, or makes no sense. */
function stepsOf({ searchParams }: URL): StepRange | undefined {
  const [first, last] = ["from", "to"].map((name) => {
    const text = searchParams.get(name) ?? "";
    return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  });
  if (first === undefined || last === undefined || !(first <= last)) return undefined;
  return { first, last };
}

function runOf(path: string): string | undefined {
  if (!path.startsWith(RUN_PAGE)) return undefined;
  try {
    return decodeURIComponent(path.slice(RUN_PAGE.length));
  } catch {
    return undefined;
  }
}

// As many as a screen has room for.
const SIDE_BY_SIDE = 4;

function chooseRuns(url: URL, shelf: RunShelf): readonly string[] {
  const named = url.searchParams.getAll("run");
  return (named.length > 0 ? named : shelf.list()).slice(0, named.length > 0 ? 12 : SIDE_BY_SIDE);
}

/** How often a run is looked at, in milliseconds; one that is still being read, more often. */
const INTERVAL = 1000;
const HURRIED_INTERVAL = 20;

/** Server-sent events: `changed` whenever a run that the page shows has. */
function stream(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { shelf }: DashboardOptions,
  quietUntil: () => number,
): void {
  response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
  response.write("retry: 2000\n\n");
  const own = runOf(url.searchParams.get("page") ?? "/");
  const look = (): { readonly seen: string; readonly isBehind: boolean } => {
    const listed = shelf.list();
    const shown = own === undefined ? chooseRuns(url, shelf) : [own];
    // Names from outside are looked up among the folder's own.
    const states = shown.filter((id) => listed.includes(id)).map(shelf.refresh);
    return {
      seen: JSON.stringify([own === undefined ? listed : [], states.map(({ version }) => version)]),
      isBehind: states.some(({ isBehind }) => isBehind),
    };
  };
  let { seen, isBehind } = look();
  let timer = setTimeout(tick, HURRIED_INTERVAL);
  function tick(): void {
    const now = look();
    ({ isBehind } = now);
    if (now.seen !== seen && performance.now() >= quietUntil()) {
      ({ seen } = now);
      response.write("event: changed\ndata: \n\n");
    }
    timer = setTimeout(tick, isBehind ? HURRIED_INTERVAL : INTERVAL);
  }
  request.on("close", () => clearTimeout(timer));
}
