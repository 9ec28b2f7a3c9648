import picocolors from "picocolors";

/** What a command knows of the world it was called from; tests put their own in its place. */
export interface Terminal {
  /** Writes to standard output; line breaks are the caller's. */
  readonly out: (text: string) => void;
  /** Writes to standard error; line breaks are the caller's. */
  readonly err: (text: string) => void;
  /** Whether standard output is a terminal that a person looks at. */
  readonly isInteractive: boolean;
  /** The width to lay text out for, as it is now; 80 where there is no terminal. */
  readonly columns: number;
  /** Colours, or functions that leave text alone where none are wanted. */
  readonly colors: Colors;
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** All of standard input as bytes, for files named `-`. */
  readonly readInput: () => Promise<Uint8Array>;
}

export type Colors = ReturnType<typeof picocolors.createColors>;

type Environment = Terminal["environment"];

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const isInteractive = process.stdout.isTTY;
  return {
    out: openStream(process.stdout),
    err: openStream(process.stderr),
    isInteractive,
    get columns() {
      // Some pseudo-terminals have no width.
      return isInteractive && process.stdout.columns > 0 ? process.stdout.columns : 80;
    },
    colors: picocolors.createColors(wantsColors(process.env, isInteractive)),
    workingDirectory: process.cwd(),
    environment: process.env,
    readInput: async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
}

function openStream(stream: NodeJS.WriteStream): (text: string) => void {
  // Taken now: while a run's progress is shown, what its experiment writes goes another way (see `run/console.ts`).
  const write = stream.write.bind(stream);
  let reader: "there" | "gone" = "there";
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    reader = "gone";
    // `gov … | head` closes the pipe before we are done: the reader has what it wanted. Whoever has to end something
    // in order, as a run has its record, listens as well, and leaves by itself.
    if (stream.listenerCount("error") === 1) process.exit();
  });
  return (text) => {
    if (reader === "there") write(text);
  };
}

/** Colours on a terminal only; `NO_COLOR` (no-color.org) and `FORCE_COLOR` (`0` is off) have the last word. */
export function wantsColors(environment: Environment, isInteractive: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isInteractive && TERM !== "dumb";
}
