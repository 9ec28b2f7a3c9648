import type { Direction } from "../../reason/diff/difference.ts";
import { showCommand, repositoryPath } from "../diagnostics/github.ts";
import type { Terminal } from "../terminal.ts";
import type { Compared } from "./compared.ts";
import { DIRECTION_WORDS, tellDifference } from "./tell.ts";
import { setWords, type Words } from "./words.ts";

/** Each change as an annotation on the line of the later policy that makes it; where there is none, on the file. */
export function showDifferenceGithub(compared: Compared, terminal: Terminal): string {
  const { after } = compared;
  const { sections, undecided } = tellDifference(compared);
  const file = (shown: string): string => repositoryPath(shown, terminal);
  const changes = sections
    .flatMap((section) => section.changes)
    .filter(({ direction }) => direction !== "none");
  return [
    ...changes.map(({ direction, title, facts, place }) =>
      showCommand(
        COMMANDS[direction],
        {
          file: file(place === undefined ? after.shown : after.showing.showFile(place.file)),
          ...(place !== undefined && { line: place.line, col: place.column }),
          title: `${DIRECTION_WORDS[direction]}: ${set(title)}`,
        },
        facts.length === 0 ? [set(title)] : facts.map(({ label, words }) => `${label}: ${set(words)}`),
      ),
    ),
    ...undecided.map((words) =>
      showCommand("warning", { file: file(after.shown), title: "not decided" }, [set(words)]),
    ),
  ].join("");
}

const COMMANDS = {
  looser: "warning",
  different: "warning",
  stricter: "notice",
  none: "notice",
} as const satisfies Readonly<Record<Direction, string>>;

function set(words: Words): string {
  return setWords(words, (quoted) => quoted);
}
