import { setFlagsFromString } from "node:v8";
import { createConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { serve } from "./server.ts";

/** Serves an editor over standard input and output, until it closes them. */
export async function serveStdio(): Promise<void> {
  // Left to itself, Node keeps several times what the texts that are open take: room for new objects that has grown,
  // and old ones up to four times as many as are alive. Here the room stays, and twice as many is enough; an edit costs
  // no more by it (bench/language-server.ts). Where Node does not know these flags, it says so and goes on.
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=100");
  const connection = createConnection(
    new StreamMessageReader(process.stdin),
    new StreamMessageWriter(process.stdout),
  );
  const ended = new Promise<void>((resolve) => {
    // A pipe closes; a file, such as /dev/null, only ends.
    for (const event of ["close", "end"]) process.stdin.once(event, resolve);
  });
  serve(connection);
  await ended;
}
