/** A long run on its page in the dashboard, in a real browser, while it goes on: how soon it is there, how smooth it is. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium, type Page } from "playwright-core";

export interface Watched {
  /** Milliseconds from the request to the first paint, and until the page shows every step that was there then. */
  readonly firstPaint: number;
  readonly caughtUp: number;
  /** Milliseconds in which the page fetched itself and changed, median and greatest; how often it did. */
  readonly update: { readonly median: number; readonly most: number; readonly count: number };
  /** Milliseconds between two frames while it did: the 99th in 100, the greatest, and how many were above 50. */
  readonly frames: {
    readonly late: number;
    readonly most: number;
    readonly slow: number;
    readonly count: number;
  };
  /** Milliseconds until a part of the steps that was chosen is drawn. */
  readonly chosen: number;
}

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);

/**
 * Undefined where there is no browser.
 *
 * @param folder Of runs.
 * @param steps How many the run has.
 * @param goOn Records some steps more; called many times a second.
 */
export async function watchRun(
  folder: string,
  run: string,
  steps: number,
  goOn: () => void,
): Promise<Watched | undefined> {
  if (CHROMIUM === undefined) return undefined;
  const server = spawn(process.execPath, ["dist/src/cli/main.js", "dashboard", folder, "--port", "0"]);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const [line] = (await once(createInterface(server.stdout), "line")) as [string];
    // What the browser itself is asked to wait for is a script that the policy of the page does not let through.
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, bypassCSP: true });
    await page.addInitScript(WATCH);
    const address = `${line.split(" ")[0] ?? ""}run/${encodeURIComponent(run)}`;
    const began = performance.now();
    await page.goto(address, { waitUntil: "commit" });
    await page.waitForFunction("performance.getEntriesByName('first-contentful-paint').length > 0");
    const firstPaint = Number(
      await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
    );
    await page.waitForFunction(
      `Number(document.querySelector(".facts dd").textContent.replace(/,/g, "")) >= ${steps}`,
      undefined,
      { timeout: 300_000 },
    );
    const caughtUp = performance.now() - began;
    await page.evaluate("watched.frames.length = watched.updates.length = 0");
    const going = setInterval(goOn, 50);
    await page.waitForTimeout(20_000);
    clearInterval(going);
    const { frames, updates } = await page.evaluate<{ frames: number[]; updates: number[] }>("watched");
    return {
      ...{ firstPaint, caughtUp, chosen: await choosePart(page) },
      update: { median: at(updates, 0.5), most: at(updates, 1), count: updates.length },
      frames: {
        ...{ late: at(frames, 0.99), most: at(frames, 1), count: frames.length },
        slow: frames.filter((frame) => frame > 50).length,
      },
    };
  } finally {
    await browser.close();
    server.kill();
  }
}

/** Times the frames, and how long the page is busy with putting new content in place. */
const WATCH = `
window.watched = { frames: [], updates: [] };
let last = performance.now();
requestAnimationFrame(function tick(now) {
  watched.frames.push(now - last);
  last = now;
  requestAnimationFrame(tick);
});
const fetched = window.fetch;
window.fetch = async (...words) => {
  const began = performance.now();
  const answer = await fetched(...words);
  requestAnimationFrame(() => requestAnimationFrame(() => watched.updates.push(performance.now() - began)));
  return answer;
};
`;

async function choosePart(page: Page): Promise<number> {
  const chart = page.locator("#bound-0 svg.wide");
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (box === null) throw new Error("the page has no curve");
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 5 });
  const began = performance.now();
  await page.mouse.up();
  await page.waitForFunction(`!document.querySelector("#bound-0 svg.wide").dataset.steps.startsWith("0 ")`);
  return performance.now() - began;
}

function at(figures: readonly number[], part: number): number {
  const sorted = figures.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
