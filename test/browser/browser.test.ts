/** The runtime in a page: Chromium trains under a policy as Node does, on its own wasm and on WebGL. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selectBackend } from "../../src/index.ts";
import { findChromium } from "../chromium.ts";
import { train, type Trained } from "./train.ts";

const CHROMIUM = findChromium("so nothing is trained in a page");
const WASM = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));

describe.skipIf(CHROMIUM === undefined)("in Chromium", () => {
  let browser: Browser;
  let server: Server;
  let expected: Trained;
  beforeAll(async () => {
    await selectBackend("cpu");
    expected = train();
    server = await servePage();
    // Without a GPU it draws, and computes, in software.
    const args = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args });
    // Bundling all of the runtime takes a busy machine longer than a hook is given.
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  // The exponentials of WebGL are shorter.
  test.each([
    ["wasm", 5],
    ["webgl", 3],
  ])("a page trains under a policy on %s, as Node does", async (backend, digits) => {
    const page = await browser.newPage();
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/?backend=${backend}`);
    await page.waitForFunction("document.title === 'done'", undefined, { timeout: 120_000 });
    const trained = JSON.parse((await page.textContent("body")) ?? "") as Trained;
    expect(trained).toMatchObject({ backend, isHeld: true, events: expected.events });
    expect(expected.isHeld).toBe(true);
    expect(expected.events).toContain("influence_measured");
    const [first = 0, last = 0] = [expected.losses[0], expected.losses.at(-1)];
    expect(last).toBeLessThan(first);
    expectNear(trained.losses, expected.losses, digits);
    expectNear(trained.kernel, expected.kernel, digits);
  });
});

function expectNear(
  actual: readonly (number | undefined)[],
  expected: readonly (number | undefined)[],
  digits: number,
): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, index) => expect(actual[index]).toBeCloseTo(value ?? Number.NaN, digits));
}

/** The bundled script, its page, and tfjs's wasm binaries. */
async function servePage(): Promise<Server> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL("page.ts", import.meta.url))],
    ...{ bundle: true, write: false, format: "esm", platform: "browser", logLevel: "error" },
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://page");
    if (pathname.endsWith(".wasm")) {
      response.setHeader("content-type", "application/wasm");
      response.end(readFileSync(join(WASM, pathname.slice(1))));
    } else if (pathname === "/page.js") {
      response.setHeader("content-type", "text/javascript");
      response.end(script);
    } else {
      response.setHeader("content-type", "text/html");
      response.end(
        `<!doctype html><title>training</title><body></body><script type="module" src="/page.js"></script>`,
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
