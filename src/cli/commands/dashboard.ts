/** `gov dashboard`: the runs of a folder in a browser, as they happen. */
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { createDashboard } from "../dashboard/server.ts";
import { openShelf } from "../dashboard/runs.ts";
import { EXIT } from "../exit-codes.ts";
import { fail } from "../problem.ts";
import type { DashboardRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/**
 * Serves until the signal ends it; on 127.0.0.1 only.
 *
 * @param signal Ctrl-C.
 */
export async function dashboard(
  { folder, port }: DashboardRequest,
  terminal: Terminal,
  signal: AbortSignal = interrupted(),
): Promise<number> {
  const path = resolve(terminal.workingDirectory, folder);
  if (existsSync(path) && !statSync(path).isDirectory())
    return fail(terminal, `${folder} is not a folder`, "name a folder of runs, for example runs");
  const shelf = openShelf(path);
  const server = createDashboard({ shelf, folder });
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(terminal, `cannot listen on 127.0.0.1:${port}: ${reason}`, "--port 0 takes any that is free");
  }
  const address = server.address();
  const open = address === null || typeof address === "string" ? port : address.port;
  terminal.out(`http://127.0.0.1:${open}/  (Ctrl-C ends it)\n`);
  if (!existsSync(path)) terminal.err(`${folder} is not there yet: what begins in it will be shown\n`);
  // The first look costs the most: it is had while the browser starts.
  for (const newest of shelf.list().slice(0, 1)) shelf.refresh(newest);
  if (!signal.aborted) await once(signal, "abort");
  server.closeAllConnections();
  server.close();
  return EXIT.clean;
}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
