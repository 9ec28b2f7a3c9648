import { builders } from "prettier/doc";
import type { Doc } from "prettier";

const { group, hardline, ifBreak, indent, join, line, softline } = builders;

/** One item on each line, whatever their number; `blankAfter` tells where the author left a blank line. */
export function lines(items: readonly Doc[], blankAfter: readonly boolean[]): Doc {
  return items.map((item, index) => {
    const isLast = index === items.length - 1;
    return [item, isLast ? "" : hardline, !isLast && blankAfter[index] === true ? hardline : ""];
  });
}

/** `{ … }` over several lines. */
export function block(body: Doc): Doc {
  return body === "" ? "{}" : ["{", indent([hardline, body]), hardline, "}"];
}

/** `{ a: 1, b: 2 }`, or one entry on each line, then without commas; `remarks` are the comments of an empty one. */
export function entries(items: readonly Doc[], remarks: Doc): Doc {
  if (items.length === 0) return block(remarks);
  const separator = [ifBreak("", ","), line];
  return group(["{", indent([line, join(separator, [...items])]), line, "}"]);
}

/** `{ 1, 2 }`: the commas stay when it breaks. */
export function set(items: readonly Doc[]): Doc {
  if (items.length === 0) return "{}";
  return group(["{", indent([line, list(items)]), line, "}"]);
}

/** `(a, b)` */
export function parentheses(items: readonly Doc[]): Doc {
  if (items.length === 0) return "()";
  return group(["(", indent([softline, list(items)]), softline, ")"]);
}

/** `a, b`, breaking behind commas. */
export function list(items: readonly Doc[]): Doc {
  return join([",", line], [...items]);
}

/** Words on one line, or broken before any of them that carries a `line`. */
export function sentence(...parts: readonly Doc[]): Doc {
  const [head = "", ...rest] = parts;
  return group([head, indent([...rest])]);
}

/** `clause("from", …)`: on the same line when it fits. */
export function clause(word: string, content: Doc | undefined): Doc {
  return content === undefined ? "" : [line, word, " ", content];
}
