import { readdirSync, readFileSync } from "node:fs";
import * as prettier from "prettier";
import { expect, test } from "vitest";
import { formatText } from "../../src/format/format.ts";
import * as gov from "../../src/format/prettier-plugin.ts";

const corpus = new URL("../corpus/parse/", import.meta.url);
const options = { plugins: [gov], filepath: "policy.gov", ...gov.defaultOptions };

test.each(readdirSync(corpus))("%s looks the same through Prettier as through `gov fmt`", async (name) => {
  const text = readFileSync(new URL(`${name}/policy.gov`, corpus), "utf8");
  const { formatted } = await formatText(text);
  expect(await prettier.format(text, options)).toBe(formatted);
  expect(await prettier.check(formatted ?? "", options)).toBe(true);
});

test("Prettier finds the plugin by the file's name, and takes its style where nobody asks for another", async () => {
  const info = await prettier.getFileInfo("policy.gov", { plugins: [gov] });
  expect(info.inferredParser).toBe("gov");
  const line =
    "never all -> a_band_with_a_long_name, another_band_with_a_long_name, a_third_band_of_the_long_kind\n";
  expect(line.length).toBeGreaterThan(81);
  expect(await prettier.format(line, { plugins: [gov], filepath: "policy.gov" })).toBe(line);
});

test("Prettier's own options are kept", async () => {
  const text = "example {\n  id: string\n}\n";
  expect(await prettier.format(text, { ...options, useTabs: true })).toBe("example {\n\tid: string\n}\n");
});

test("a mistake in the text is shown with its place", async () => {
  const wrong = prettier.format('band a = rest\nband top = layers "x" 3\n', options);
  await expect(wrong).rejects.toThrow(/unexpected `3` \(2:23\)[^]*> 2 \| band top = layers "x" 3/);
});
