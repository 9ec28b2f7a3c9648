/** JSON with places: where in the text each value and each name of a member stands. */

export type JsonReading =
  | {
      readonly kind: "read";
      readonly value: unknown;
      /** The line, from 1, of a value by its JSON pointer (`/rules/GOV5003`), or that of what it stands in. */
      readonly lineOf: (pointer: string) => number;
    }
  | { readonly kind: "broken"; readonly line: number; readonly problem: string };

/** Reads a text as JSON (RFC 8259), no more and no less. */
export function readJson(text: string): JsonReading {
  try {
    const value: unknown = JSON.parse(text);
    const lines = linesByPointer(text);
    const lineOf = (pointer: string): number =>
      lines.get(pointer) ?? (pointer === "" ? 1 : lineOf(pointer.slice(0, pointer.lastIndexOf("/"))));
    return { kind: "read", value, lineOf };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "broken", ...locate(error.message, text) };
  }
}

/** Node says the place in words of its own, which differ from version to version. */
function locate(message: string, text: string): { readonly line: number; readonly problem: string } {
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  const end = text.trimEnd().length;
  const offset = Math.min(end, position === undefined ? end : Number(position));
  const found = text.slice(0, end).charAt(offset);
  const comment = /^\/[/*]/.test(text.slice(offset));
  return {
    line: lineAt(text, offset),
    problem: comment
      ? "JSON has no comments"
      : found === ""
        ? "the text ends too early"
        : `unexpected \`${found}\``,
  };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** Of a text that is JSON: every member and element, at the line of its name or, without one, of its value. */
function linesByPointer(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>([["", 1]]);
  /** The names and numbers that lead to where we are. */
  const path: (string | number)[] = [];
  const kinds: ("object" | "array")[] = [];
  let awaits: "name" | "value" = "value";
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const note = (): void => {
      const pointer = path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`);
      if (!lines.has(pointer.join(""))) lines.set(pointer.join(""), lineAt(text, index));
    };
    if (token === "}" || token === "]") {
      kinds.pop();
      path.pop();
    } else if (token === ",") {
      const last = path.at(-1);
      if (typeof last === "number") path[path.length - 1] = last + 1;
      else awaits = "name";
    } else if (token === ":") awaits = "value";
    else if (awaits === "name" && kinds.at(-1) === "object") {
      path[path.length - 1] = JSON.parse(token) as string; // A member's name is a string.
      note();
    } else {
      note();
      if (token === "{") {
        kinds.push("object");
        path.push("");
        awaits = "name";
      }
      if (token === "[") {
        kinds.push("array");
        path.push(0);
      }
    }
  }
  return lines;
}
