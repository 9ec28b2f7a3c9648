import type { Colors } from "./terminal.ts";

/**
 * A page in the Markdown that our own pages use (headings, paragraphs, lists, fenced code) for reading on a terminal:
 * paragraphs are wrapped, code is set off and left alone.
 */
export function showMarkdown(page: string, { colors, columns }: MarkdownPlace): string {
  const width = Math.min(columns, WIDEST);
  const blocks = page
    .replaceAll("\r\n", "\n")
    .trim()
    .split(/^(```.*\n[\s\S]*?^```)$/m);
  const shown = blocks.flatMap((block) => {
    const code = /^```.*\n([\s\S]*?)^```$/m.exec(block)?.[1];
    if (code !== undefined) return [showCode(code, colors)];
    return block.split(/\n{2,}/).flatMap((part) => {
      const text = part.trim();
      return text === "" ? [] : [showPart(text, width, colors)];
    });
  });
  return `${shown.join("\n\n")}\n`;
}

interface MarkdownPlace {
  readonly colors: Colors;
  readonly columns: number;
}

/** Longer lines are hard to read, however wide the terminal. */
const WIDEST = 100;

function showPart(text: string, width: number, colors: Colors): string {
  const heading = /^#+ (.*)$/.exec(text)?.[1];
  if (heading !== undefined) return colors.bold(heading);
  if (/^\s*[-*] /.test(text)) {
    const items = text.split(/\n(?=\s*[-*] )/);
    return items
      .map((item) => wrap(item.replace(/^\s*[-*] /, ""), { width, colors, bullet: "- " }))
      .join("\n");
  }
  return wrap(text, { width, colors, bullet: "" });
}

function showCode(code: string, colors: Colors): string {
  return code
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${colors.cyan(line)}`))
    .join("\n");
}

interface Wrapping {
  readonly width: number;
  readonly colors: Colors;
  readonly bullet: string;
}

function wrap(text: string, { width, colors, bullet }: Wrapping): string {
  const indent = " ".repeat(bullet.length);
  const lines: string[] = [];
  let line = bullet;
  for (const word of text.split(/\s+/)) {
    const isFirst = line === bullet || line === indent;
    if (!isFirst && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line += isFirst ? word : ` ${word}`;
  }
  return [...lines, line]
    .join("\n")
    .replace(/`([^`]+)`/g, (_, quoted: string) => colors.cyan(`\`${quoted}\``))
    .replace(/\*\*([^*]+)\*\*/g, (_, strong: string) => colors.bold(strong));
}
