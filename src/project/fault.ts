/** Where in the user's own code something went wrong: a file, a line and a sentence, instead of a stack. */
import { fileURLToPath } from "node:url";

export interface Fault {
  /** Absolute. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly column?: number;
  /** In one line, without the place. */
  readonly message: string;
}

/**
 * Finds the place of an error: that which a parser names, else the topmost frame of the stack that is code of the
 * user, which is any file that lies neither in `node_modules` nor in this package.
 *
 * @param file The file that was being run, named where the error knows no better.
 * @param fallback Said when the error has no message.
 */
export function findFault(error: unknown, file: string, fallback: string): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return findSyntaxFault(message) ?? findThrown(error, message.trim() === "" ? fallback : message, file);
}

/** `ParseError: Unexpected token`, then the place on a line of its own. */
const PARSE_ERROR = /^(?:ParseError|SyntaxError): *(.*?)\s*\n\s*(.+?):(\d+):(\d+)\s*$/su;

function findSyntaxFault(message: string): Fault | undefined {
  const parts = PARSE_ERROR.exec(message);
  if (parts === null) return undefined;
  const [, text = "", file = "", line, column] = parts;
  return { file, line: Number(line), column: Number(column), message: `syntax error: ${firstLine(text)}` };
}

function findThrown(error: unknown, message: string, file: string): Fault {
  const name = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : "";
  const place = error instanceof Error ? placesOf(error.stack ?? "").find(isUsers(file)) : undefined;
  return { ...(place ?? { file }), message: firstLine(`${name}${message}`) };
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const FRAME = /^\s+at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/gmu;

function placesOf(stack: string): readonly Place[] {
  return Array.from(stack.matchAll(FRAME), ([, file = "", line, column]) => ({
    file: file.startsWith("file://") ? fileURLToPath(file) : file,
    line: Number(line),
    column: Number(column),
  }));
}

/** `src/` or `dist/src/`, in which this file lies. */
const OWN_FOLDER = fileURLToPath(new URL("..", import.meta.url));

function isUsers(running: string): (place: Place) => boolean {
  return ({ file }) =>
    file === running || (!/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(OWN_FOLDER));
}

function firstLine(text: string): string {
  const line = text.split("\n").find((candidate) => candidate.trim() !== "") ?? "";
  return line.replace(/[\p{Cc}\s]+/gu, " ").trim();
}
