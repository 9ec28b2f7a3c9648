import { format } from "node:util";

const METHODS = ["debug", "error", "info", "log", "warn"] as const;

/**
 * Leads what an experiment prints to `print`, whether through the console or straight to the process's own streams,
 * so that it neither tears the progress apart nor mixes with JSON on standard output; returns what undoes it. A line
 * is printed when it is whole, the last one at the end.
 */
export function captureOutput(print: (text: string) => void): () => void {
  const restorers = [captureConsole(print), ...STREAMS.map((name) => captureStream(process[name], print))];
  return () => {
    for (const restore of restorers) restore();
  };
}

const STREAMS = ["stdout", "stderr"] as const;

function captureConsole(print: (text: string) => void): () => void {
  const original = METHODS.map((method) => [method, console[method]] as const);
  for (const method of METHODS) {
    console[method] = (...values: readonly unknown[]): void => print(format(...values));
  }
  return () => {
    for (const [method, write] of original) console[method] = write;
  };
}

function captureStream(stream: NodeJS.WriteStream, print: (text: string) => void): () => void {
  const { write } = stream;
  let begun = "";
  const finishLine = (): void => {
    if (begun !== "") print(afterReturn(begun));
    begun = "";
  };
  const take: (typeof stream)["write"] = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ) => {
    const named = typeof encoding === "string" ? encoding : "utf8";
    const lines = `${begun}${typeof chunk === "string" ? Buffer.from(chunk, named).toString() : Buffer.from(chunk).toString()}`;
    const end = lines.lastIndexOf("\n");
    begun = afterReturn(lines.slice(end + 1));
    if (end !== -1) print(lines.slice(0, end).split("\n").map(afterReturn).join("\n"));
    const told = typeof encoding === "function" ? encoding : done;
    if (told !== undefined) process.nextTick(told);
    return true;
  };
  stream.write = take;
  return () => {
    stream.write = write;
    finishLine();
  };
}

/** What a terminal would still show of a line that was written over: a counter that goes back to the line's start. */
function afterReturn(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf("\r") + 1);
}
