import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

/** What every command does at last: it resolves to the exit code. */
export type Finish = (work: Promise<number>) => Promise<void>;

/** Adds commands to the program; a command is imported only when it is called, so that each starts fast. */
export type Declaration = (program: Command, terminal: Terminal, finish: Finish) => void;
