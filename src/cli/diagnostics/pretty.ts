import type { Severity } from "../../source/codes.ts";
import type { Diagnostic, Label } from "../../source/diagnostic.ts";
import { lineText, type SourceText } from "../../source/text.ts";
import type { Colors } from "../terminal.ts";
import { excerptLine } from "./excerpt.ts";
import { markLines, type Mark } from "./frame.ts";
import { escapeControls } from "./visible.ts";

/** What showing a diagnostic takes besides the diagnostic. */
export interface Showing {
  /** Undefined where a file's text is not at hand; then only the place is named. */
  readonly sourceOf: (file: string) => SourceText | undefined;
  /** A file as the reader would write it. */
  readonly showFile: (file: string) => string;
}

export interface PrettyShowing extends Showing {
  readonly colors: Colors;
  readonly columns: number;
}

/** A diagnostic with frames of the source lines that it points to, ending with a line break. */
export function showPretty(diagnostic: Diagnostic, showing: PrettyShowing): string {
  const { severity, code, message, labels, help, fix } = diagnostic;
  const { colors } = showing;
  const paint = colors[SEVERITY_COLORS[severity]];
  const { lines, note } = showFrames(labels, paint, showing);
  return [
    `${colors.bold(paint(`${severity}[${code}]`))}${colors.bold(`: ${escapeControls(message)}`)}`,
    ...lines,
    ...(help === undefined ? [] : [note("help", help)]),
    ...(fix === undefined ? [] : [note("fix", fix.title)]),
    "",
  ].join("\n");
}

export interface Frames {
  readonly lines: readonly string[];
  /** A remark beneath them, in line with their edge. */
  readonly note: (kind: string, text: string) => string;
}

/** The source lines that labels point to, file by file; the first label is painted, it is what it is about. */
export function showFrames(
  labels: readonly [Label, ...Label[]],
  paint: (text: string) => string,
  showing: PrettyShowing,
): Frames {
  const { colors } = showing;
  const groups = groupByFile(labels).map((group) => {
    const source = showing.sourceOf(group[0].span.file);
    return { group, source, lines: source === undefined ? [] : markLines(group, source) };
  });
  const gutter = Math.max(1, ...groups.flatMap(({ lines }) => lines.map(({ line }) => String(line).length)));
  const edge = (sign: string): string => colors.blue(`${" ".repeat(gutter)} ${sign}`);
  const room = Math.max(MINIMUM_WIDTH, showing.columns - gutter - 3);

  const showMark = (mark: Mark, indent: number, length: number): string => {
    const isPrimary = mark.label === labels[0];
    const sign = (isPrimary ? "^" : "-").repeat(length);
    const said = mark.text === undefined ? sign : `${sign} ${escapeControls(mark.text)}`;
    return `${edge("│")} ${" ".repeat(indent)}${(isPrimary ? paint : colors.blue)(said)}`;
  };
  const showLine = (source: SourceText, line: number, marks: readonly Mark[]): readonly string[] => {
    const text = lineText(source, line);
    // A long line is shown where its first mark is; marks that this leaves outside get an excerpt of their own.
    const shown = marks.map((mark) => ({ mark, excerpt: excerptLine(text, mark.start, mark.end, room) }));
    return shown.flatMap(({ mark, excerpt }, index) => {
      const number = colors.blue(`${String(line).padStart(gutter)} │`);
      const own = excerpt.text === shown[index - 1]?.excerpt.text ? [] : [`${number} ${excerpt.text}`];
      return [...own.map((row) => row.trimEnd()), showMark(mark, excerpt.indent, excerpt.length)];
    });
  };
  const frames = groups.flatMap(({ group, source, lines }, index) => [
    `${edge(index === 0 ? "┌─" : "├─")} ${showPlace(group[0], showing)}`,
    ...(source === undefined ? [] : [edge("│")]),
    ...lines.flatMap(({ line, marks }, order) => [
      ...(order > 0 && lines[order - 1]?.line !== line - 1 ? [edge("·")] : []),
      ...(source === undefined ? [] : showLine(source, line, marks)),
    ]),
    ...(source === undefined ? [] : [edge("│")]),
  ]);
  const note = (kind: string, text: string): string => {
    const lines = text.split("\n").map(escapeControls);
    return `${edge("=")} ${colors.bold(kind)}: ${lines.join(`\n${" ".repeat(gutter + kind.length + 5)}`)}`;
  };
  return { lines: frames, note };
}

const SEVERITY_COLORS = {
  error: "red",
  warning: "yellow",
  info: "cyan",
} as const satisfies Readonly<Record<Severity, keyof Colors>>;

/** Room for source text that is kept on the narrowest terminal. */
const MINIMUM_WIDTH = 30;

type Group = readonly [Label, ...Label[]];

/** The labels by file, in the order in which the files are first named. */
function groupByFile(labels: readonly [Label, ...Label[]]): readonly Group[] {
  const groups = new Map<string, [Label, ...Label[]]>();
  for (const label of labels) {
    const group = groups.get(label.span.file);
    if (group === undefined) groups.set(label.span.file, [label]);
    else group.push(label);
  }
  return [...groups.values()];
}

/** `policy.gov:12:3`, the form that terminals and editors turn into a link. */
export function showPlace({ span }: Label, { showFile }: Showing): string {
  return `${escapeControls(showFile(span.file))}:${span.line}:${span.column}`;
}
