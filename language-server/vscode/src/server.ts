/** The language server as the extension bundles it. */
import { serveStdio } from "../../src/stdio.ts";

await serveStdio();
