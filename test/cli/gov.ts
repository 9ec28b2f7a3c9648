import { runCommandLine } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { recordTerminal } from "./recorded-terminal.ts";

export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `gov` with these words in this folder, in this process. */
export async function gov(
  folder: string,
  words: readonly string[],
  overrides: Partial<Terminal> = {},
): Promise<Called> {
  const { terminal, out, err } = recordTerminal(folder, overrides);
  const code = await runCommandLine(words, terminal, "1.2.3");
  return { code, out: out(), err: err() };
}

/** Standard input that holds a text. */
export function inputOf(text: string): Pick<Terminal, "readInput"> {
  return { readInput: () => Promise.resolve(new TextEncoder().encode(text)) };
}
