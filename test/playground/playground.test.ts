/** The playground as it is built, from a file and in a real Chromium: without a server and without the network. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../chromium.ts";
import { buildPlayground } from "../../playground/build.js";
import { readFragment, writeFragment } from "../../playground/src/share.ts";

const CHROMIUM = findChromium("so nobody has used the playground");

const path = await buildPlayground(mkdtempSync(join(tmpdir(), "gov-playground-")));
const url = pathToFileURL(path).href;

test("the page holds all that it needs, and its policy admits nothing else", () => {
  const page = readFileSync(path, "utf8");
  expect(page).toMatch(/content="default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-/);
  expect(page).not.toMatch(/<script src|<link|@import|unsafe-/);
  // One script, and nothing in it ends it early.
  expect(page.match(/<\/script/g)).toHaveLength(1);
  expect(page.length).toBeLessThan(1_300_000);
});

describe.skipIf(CHROMIUM === undefined)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());

  /** A page with the playground, and what it complained of or asked the network for. */
  const open = async (
    fragment = "",
    viewport = { width: 1200, height: 800 },
  ): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> => {
    const page = await browser.newPage({ viewport });
    const complaints: string[] = [];
    page.on("console", (message) => {
      // Chromium itself gives what is written over a selection the style of what was there, and its own policy refuses.
      if (!message.text().startsWith("Applying inline style")) complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("dialog", () => complaints.push("a dialog"));
    page.on("request", (request) => {
      if (!/^(?:file|blob|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(url + fragment);
    await page.locator("#status", { hasNotText: "…" }).waitFor();
    return { page, complaints };
  };
  /** Puts a text in place of all of the policy, as if it were typed. */
  const write = async (page: Page, text: string): Promise<void> => {
    await page.locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(text);
  };
  const textIn = (page: Page): Promise<string> =>
    page
      .locator(".cm-line")
      .allTextContents()
      .then((lines) => lines.join("\n"));

  test("mistakes are found while they are written, with their fixes, and the fixed policy is laid out", async () => {
    const { page, complaints } = await open();
    await write(page, "policy   a\nband top = rest\ncohort low = al\nroute low -> tpo: block\n");
    await page.locator("#status", { hasText: "2 errors" }).waitFor();
    await page.getByRole("tab", { name: "Problems" }).click();
    await page.getByText("there is no band").waitFor();
    expect(await page.locator(".cm-lintRange-error").count()).toBeGreaterThan(0);
    await write(page, "policy   a\nband top = rest\nroute all -> top: 0.5\n");
    await page.locator("#status", { hasText: /Checked|warning/ }).waitFor();
    await page.getByRole("button", { name: "Format" }).click();
    await page.locator(".cm-line", { hasText: /^policy a$/ }).waitFor();
    expect(await textIn(page)).toBe("policy a\nband top = rest\nroute all -> top: 0.5\n");
    expect(complaints).toEqual([]);
  });

  test("every example is there, without errors", async () => {
    const { page, complaints } = await open();
    const names = await page.locator("#examples option").allTextContents();
    expect(names.length).toBeGreaterThan(5);
    // With errors there is no compiled form.
    await page.getByRole("tab", { name: "IR" }).click();
    for (const name of names) {
      await page.locator("#examples").selectOption(name);
      const policy = /^policy (\w+)/m.exec(await textIn(page))?.[1] ?? "no policy";
      await page.locator(".compiled", { hasText: `"name": "${policy}"` }).waitFor();
    }
    expect(complaints).toEqual([]);
  });

  test("completion knows the names, and imports what is not there yet", async () => {
    const { page, complaints } = await open();
    await write(page, "policy a\n\nband top = rest\n\napply finite_l");
    await page.locator(".cm-tooltip-autocomplete li", { hasText: "finite_loss" }).waitFor();
    // A list that has just come up takes no key.
    await page.waitForTimeout(200);
    await page.keyboard.press("Enter");
    await page.locator(".cm-line", { hasText: 'import { finite_loss } from "std/guards"' }).waitFor();
    expect(await textIn(page)).toMatch(/apply finite_loss\(\)?/);
    expect(complaints).toEqual([]);
  });

  test("hover explains, F12 goes to a declaration and into the library, F2 renames", async () => {
    const { page, complaints } = await open();
    const low = page.locator(".cm-line", { hasText: /^route low -> bottom/ }).locator(".tok-enum");
    await low.hover();
    await page.locator(".cm-tooltip-hover", { hasText: "label in 0..4" }).waitFor();
    await low.click();
    await page.keyboard.press("F2");
    await page.locator("#new-name").fill("small digits");
    await page.keyboard.press("Enter");
    await page.getByText("`small digits` is no name").waitFor();
    await page.locator("#new-name").fill("small");
    await page.keyboard.press("Enter");
    await page.locator(".cm-line", { hasText: "never small -> bottom" }).waitFor();
    await page.keyboard.press("F12");
    await page.locator(".cm-activeLine", { hasText: "cohort small = label in 0..4" }).waitFor();
    await page.locator(".cm-line", { hasText: "import {" }).locator(".tok-function").click();
    await page.keyboard.press("F12");
    await page.locator("#panel-library .here", { hasText: "ruleset finite_loss" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("the matrix leads to why, why leads to the lines, and the tests and the compiled form are there", async () => {
    const { page, complaints } = await open();
    const blocked = page.locator('[data-cohort="low"][data-band="bottom"]');
    expect(await blocked.getAttribute("class")).toBe("blocked");
    await page.locator(".moment select").selectOption({ index: 1 });
    await page.locator('[data-cohort="closed"][data-band="decoder"].blocked').waitFor();
    await blocked.locator("b").click();
    const place = page.locator("#panel-why .line", { hasText: "decides low -> bottom" }).locator("button");
    await place.first().click();
    await page.locator(".cm-activeLine", { hasText: "route low -> bottom: block" }).waitFor();
    await page.locator("#panel-why textarea").fill('{"id": "a", "label": 12, "licence": "cc0"}');
    await page.getByText("is 12, outside 0..9").waitFor();
    await page.getByRole("tab", { name: "Tests" }).click();
    await page.getByText("All 2 tests pass.").waitFor();
    await page.getByRole("tab", { name: "IR" }).click();
    await page.locator(".compiled", { hasText: '"irVersion": 1' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("a shared link brings the policy back; what is hostile in it stays text", async () => {
    const hostile =
      'policy a "<img src=x onerror=alert(1)>"\n\nexample {\n  "</script><script>alert(1)</script>": string\n}\n';
    const { page, complaints } = await open(await writeFragment(hostile));
    expect(await textIn(page)).toBe(hostile);
    for (const tab of ["Problems", "Why", "Tests", "IR", "Routing"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.waitForTimeout(80);
    }
    expect(await page.locator("img, main script, main iframe").count()).toBe(0);
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByText("no server keeps it").waitFor();
    expect(await readFragment(new URL(page.url()).hash)).toBe(hostile);
    expect(complaints).toEqual([]);
  });

  test("a link that was cut, and one that unfolds to far too much, are refused", async () => {
    const whole = await writeFragment("policy a\n".repeat(50));
    for (const fragment of [whole.slice(0, 14), await writeFragment("a".repeat(30_000_000)), "#gov1.%%%"]) {
      const { page, complaints } = await open(fragment);
      await page.getByText("The link holds no policy").waitFor();
      expect(await textIn(page)).toContain("policy split_code");
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  test("no screen is too narrow, and the keyboard reaches everything", async () => {
    const { page } = await open("", { width: 340, height: 700 });
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(overflow).toBeLessThanOrEqual(0);
    await page.getByRole("tab", { name: "Routing" }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate("document.activeElement.id")).toBe("tab-why");
  });
});
