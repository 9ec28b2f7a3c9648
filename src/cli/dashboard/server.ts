/** The dashboard's server: pages of runs on the loopback, and a stream that says when they have changed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { comparisonOf } from "../../report/comparison.ts";
import { reportOf } from "../../report/html.ts";
import { LIVE_SCRIPT } from "../../report/live.ts";
import { html } from "../../report/markup.ts";
import { renderPage, type Page } from "../../report/page.ts";
import type { RunShelf } from "./runs.ts";

export interface DashboardOptions {
  readonly shelf: RunShelf;
  /** The folder as the user named it. */
  readonly folder: string;
}

export function createDashboard(options: DashboardOptions): Server {
  const server = createServer((request, response) => {
    const refusal = refuse(request, server);
    if (refusal !== undefined)
      return answer(response, refusal.status, "text/plain; charset=utf-8", refusal.reason);
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/events") return stream(request, response, url, options);
    const page = findPage(url, options);
    if (page === undefined)
      return answer(response, 404, "text/plain; charset=utf-8", "there is no such page\n");
    answer(response, 200, "text/html; charset=utf-8", renderPage({ ...page, script: LIVE_SCRIPT }));
  });
  return server;
}

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
      const run = shelf.read(id);
      return run === undefined ? [] : [{ run, address: `${RUN_PAGE}${encodeURIComponent(id)}` }];
    });
    return comparisonOf({ folder, available, chosen });
  }
  const id = runOf(url.pathname);
  const run = id === undefined ? undefined : shelf.read(id);
  if (run === undefined) return undefined;
  const { title, body } = reportOf(run, run.flow);
  return {
    title,
    body: html`<p class="kicker"><a href="/">All runs</a></p>
      ${body}`,
  };
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

const INTERVAL = 1000;

/** Server-sent events: `changed` whenever a run that the page shows has. */
function stream(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  { shelf }: DashboardOptions,
): void {
  response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
  response.write("retry: 2000\n\n");
  const own = runOf(url.searchParams.get("page") ?? "/");
  const look = (): string => {
    const listed = shelf.list();
    const shown = own === undefined ? chooseRuns(url, shelf) : [own];
    // Names from outside are looked up among the folder's own.
    const signatures = shown.filter((id) => listed.includes(id)).map(shelf.signature);
    return [...(own === undefined ? listed : []), ...signatures].join("\n");
  };
  let seen = look();
  const timer = setInterval(() => {
    const now = look();
    if (now === seen) return;
    seen = now;
    response.write("event: changed\ndata: \n\n");
  }, INTERVAL);
  request.on("close", () => clearInterval(timer));
}
