import { resolve } from "node:path";
import { serializeIr } from "../../ir/serialize.ts";
import { showPath } from "../../project/root.ts";
import { writeText } from "../../project/write.ts";
import { EXIT } from "../exit-codes.ts";
import { complain, failToOpen, openPolicy } from "../open.ts";
import { fail } from "../problem.ts";
import type { CompileRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** `gov compile`: writes a policy's compiled form, once it has no errors. */
export async function compilePolicy(request: CompileRequest, terminal: Terminal): Promise<number> {
  const opened = await openPolicy(request.file, request, terminal);
  const complaint = { command: "compile", format: request.format };
  if (opened.kind === "problem") return failToOpen(opened, complaint, terminal);
  const { compilation } = opened;
  complain(opened, complaint, terminal);
  if (compilation.ir === undefined) return EXIT.errors;
  const text = serializeIr(compilation.ir);
  if (request.output === undefined) {
    terminal.out(text);
    return EXIT.clean;
  }
  const path = resolve(terminal.workingDirectory, request.output);
  const problem = writeText(path, text);
  if (problem !== undefined) return fail(terminal, problem);
  terminal.err(`wrote ${showPath(path, terminal.workingDirectory)} (${compilation.ir.digest})\n`);
  return EXIT.clean;
}
