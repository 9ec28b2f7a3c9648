/** The tools that read what we write, where they are installed: `python3 -m venv .tmp/readers` and pip, as CI does. */
import { execFile, type ExecFileOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const READERS = resolve(process.env["STRATA_READERS"] ?? ".tmp/readers", "bin");

/** Whether a tool is there; that it is not is said where nobody can overlook it. */
export function hasReader(name: string): boolean {
  const isThere = existsSync(join(READERS, name));
  if (!isThere)
    console.warn(
      `SKIPPED: ${name} is not in ${READERS}, so what we write for it is not read by it. ` +
        "python3 -m venv .tmp/readers && .tmp/readers/bin/pip install -r test/trackers/requirements.txt",
    );
  return isThere;
}

export function readerPath(name: string): string {
  return join(READERS, name);
}

/** Runs a tool to its end and gives its standard output. */
export async function runReader(
  name: string,
  words: readonly string[],
  options: ExecFileOptions = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(readerPath(name), [...words], {
    ...options,
    maxBuffer: 1 << 26,
  });
  return String(stdout);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** The first answer of a server that is starting. */
export async function waitFor(url: string): Promise<Response> {
  for (let attempt = 0; attempt < 480; attempt += 1) {
    try {
      const response = await fetch(url);
      if (response.ok) return response;
    } catch {
      // Not yet there.
    }
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error(`nobody answers at ${url}`);
}
