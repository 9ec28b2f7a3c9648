/** `schemas/gov.config.schema.json`, for editors: `npm run generate` writes it anew; a test compares it. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CONFIG_SCHEMA } from "../src/project/config/schema.ts";

/** The text of the file. */
export function writeConfigSchema(): string {
  return `${JSON.stringify(CONFIG_SCHEMA, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL("gov.config.schema.json", import.meta.url), writeConfigSchema());
