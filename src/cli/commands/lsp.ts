import { serveStdio } from "../../../language-server/src/stdio.ts";
import { EXIT } from "../exit-codes.ts";

/** `gov lsp`: serves an editor over standard input and output until it ends the session. */
export async function serveEditor(): Promise<number> {
  await serveStdio();
  return EXIT.clean;
}
