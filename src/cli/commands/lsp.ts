import { createConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { serve } from "../../../language-server/src/server.ts";
import { EXIT } from "../exit-codes.ts";

/** `gov lsp`: serves an editor over standard input and output until it ends the session. */
export async function serveEditor(): Promise<number> {
  const connection = createConnection(
    new StreamMessageReader(process.stdin),
    new StreamMessageWriter(process.stdout),
  );
  const ended = new Promise<void>((resolve) => {
    process.stdin.once("close", resolve);
  });
  serve(connection);
  await ended;
  return EXIT.clean;
}
