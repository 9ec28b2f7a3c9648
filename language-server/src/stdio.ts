import { createConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { serve } from "./server.ts";

/** Serves an editor over standard input and output, until it closes them. */
export async function serveStdio(): Promise<void> {
  const connection = createConnection(
    new StreamMessageReader(process.stdin),
    new StreamMessageWriter(process.stdout),
  );
  const ended = new Promise<void>((resolve) => {
    process.stdin.once("close", resolve);
  });
  serve(connection);
  await ended;
}
