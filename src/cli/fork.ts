import { fork, type ChildProcess, type ForkOptions } from "node:child_process";

/** Starts a module of our own in a process of its own; from the sources as it is, from a build its built form. */
export function forkModule(file: string, words: readonly string[], options: ForkOptions): ChildProcess {
  const execArgv = file.endsWith(".ts") ? ["--import", import.meta.resolve("jiti/register")] : [];
  return fork(file, [...words], { ...options, execArgv });
}
