/** Puts progress on a terminal, a log or nowhere; the pictures are made by `block.ts`, `plain.ts` and `decisions.ts`. */
import { stripVTControlCharacters } from "node:util";
import type { Terminal } from "../terminal.ts";
import { renderBlock } from "./block.ts";
import { paintLine, widthOf, type Line } from "./pieces.ts";
import { isLineDue, renderPlainLine, type Told } from "./plain.ts";
import type { Progress } from "./progress.ts";

export interface Display {
  /** The latest state; drawn when it is time. */
  readonly show: (progress: Progress) => void;
  /** A line that stays. */
  readonly say: (line: Line) => void;
  /** The same, of what also has to be known to who wants no progress. */
  readonly warn: (line: Line) => void;
  /** Text that stays as it is, without a line break at its end. */
  readonly print: (text: string) => void;
  /** Leaves the terminal as it was found; nothing is shown afterwards. May be called again. */
  readonly end: () => void;
}

export type DisplayTerminal = Pick<Terminal, "out" | "columns" | "colors">;

/** For `--quiet`: only warnings and what the experiment itself prints come through. */
export function createSilentDisplay({ out, colors }: Omit<DisplayTerminal, "columns">): Display {
  return {
    show: () => undefined,
    say: () => undefined,
    warn: (line) => out(`${paintLine(line, Number.POSITIVE_INFINITY, colors)}\n`),
    print: (text) => out(`${text}\n`),
    end: () => undefined,
  };
}

/** Lines one after the other. */
export function createPlainDisplay({ out, colors }: Omit<DisplayTerminal, "columns">): Display {
  let told: Told | undefined;
  const say = (line: Line): void => out(`${paintLine(line, Number.POSITIVE_INFINITY, colors)}\n`);
  return {
    show: (progress) => {
      if (progress.steps === 0 || !isLineDue(progress, told)) return;
      told = { moment: progress.moment, steps: progress.steps };
      say(renderPlainLine(progress));
    },
    say,
    warn: say,
    print: (text) => out(`${text}\n`),
    end: () => undefined,
  };
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
/** Milliseconds between two pictures. */
const INTERVAL = 100;

/** A block at the end of the screen that is drawn over, with what stays above it. */
export function createLiveDisplay(terminal: DisplayTerminal, now: () => number): Display {
  let drawn: readonly string[] = [];
  let drawnAt = Number.NEGATIVE_INFINITY;
  let latest: Progress | undefined;
  let state: "waiting" | "drawing" | "ended" = "waiting";

  // The last cell stays free: some terminals break the line when it is written to.
  const columns = (): number => Math.max(1, terminal.columns - 1);
  const draw = (above: string): void => {
    const lines =
      latest === undefined ? [] : renderBlock(latest, { columns: columns(), colors: terminal.colors });
    const begin = state === "waiting" ? HIDE_CURSOR : "";
    terminal.out(
      `${begin}${erase(drawn, terminal.columns)}${above}${lines.map((line) => `${line}\n`).join("")}`,
    );
    state = "drawing";
    drawn = lines;
    drawnAt = now();
  };
  const print = (text: string): void => {
    if (state === "drawing") draw(`${text}\n`);
    else terminal.out(`${text}\n`);
  };
  const say = (line: Line): void => print(paintLine(line, Number.POSITIVE_INFINITY, terminal.colors));
  return {
    show: (progress) => {
      latest = progress;
      if (state !== "ended" && now() - drawnAt >= INTERVAL) draw("");
    },
    say,
    warn: say,
    print,
    end: () => {
      if (state === "drawing") {
        // The last picture stays, as it was at the end.
        draw("");
        terminal.out(SHOW_CURSOR);
      }
      state = "ended";
    },
  };
}

/** Back to the block's first row, all below wiped. A window made narrower has broken long lines in two. */
function erase(lines: readonly string[], columns: number): string {
  if (lines.length === 0) return "";
  const rows = lines.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns)),
    0,
  );
  return `\u001b[${rows}A\r\u001b[J`;
}
