import picocolors from "picocolors";
import type { Terminal } from "../../src/cli/terminal.ts";

/** A terminal that nobody looks at, and what was written to it. */
export interface RecordedTerminal {
  readonly terminal: Terminal;
  readonly out: () => string;
  readonly err: () => string;
}

export function recordTerminal(
  workingDirectory: string,
  overrides: Partial<Terminal> = {},
): RecordedTerminal {
  const written = { out: "", err: "" };
  return {
    terminal: {
      out: (text) => {
        written.out += text;
      },
      err: (text) => {
        written.err += text;
      },
      isInteractive: false,
      columns: 100,
      colors: picocolors.createColors(false),
      workingDirectory,
      environment: {},
      readInput: async () => new Uint8Array(),
      ...overrides,
    },
    out: () => written.out,
    err: () => written.err,
  };
}
