import { escapeControls } from "../diagnostics/visible.ts";
import { countVerdicts, withChanges, type Compared } from "./compared.ts";
import { DIRECTION_WORDS, tellDifference, type ToldChange, type ToldText } from "./tell.ts";
import { setWords, type Words } from "./words.ts";

/**
 * How two policies differ, as a reviewer reads it in a pull request. Texts of the policies stand in code spans and code
 * blocks alone, so that nothing in them means anything to Markdown.
 */
export function showDifferenceMarkdown(compared: Compared): string {
  const { difference, before, after } = compared;
  const { sections, undecided, count, basis } = tellDifference(compared);
  const blocks = [
    `### ${codeSpan(after.shown)}${after.isAbsent ? " (removed)" : ""}: ${difference.verdict}`,
    `Against ${before.isAbsent ? `no ${before.role}` : codeSpan(before.shown)}${count === "" ? " nothing changes" : `: ${count}`}.`,
    ...sections.flatMap(({ title, changes }) => [`#### ${title}`, changes.map(showChange).join("\n")]),
    ...(undecided.length === 0
      ? []
      : ["#### not decided, and so not equivalent", undecided.map((words) => `- ${set(words)}`).join("\n")]),
    `<sub>${escapeHtml(basis)}</sub>`,
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** How the policies of two folders differ: those that do. */
export function showDifferencesMarkdown(all: readonly Compared[]): string {
  return [`${countVerdicts(all)}.\n`, ...withChanges(all).map(showDifferenceMarkdown)].join("\n");
}

function showChange({ direction, title, facts, texts }: ToldChange): string {
  const lines = [
    `- **${DIRECTION_WORDS[direction]}** ${set(title)}`,
    ...facts.map(({ label, words }) => `  - ${label}: ${set(words)}`),
    ...(texts.length === 0 ? [] : [showTexts(texts)]),
  ];
  return lines.join("\n");
}

function showTexts(texts: readonly ToldText[]): string {
  const lines = texts.flatMap(({ sign, text, place }) => [
    `@@ ${place} @@`,
    ...text.split("\n").map((line) => `${sign}${line}`),
  ]);
  const shown = lines.map(escapeControls);
  const fence = "`".repeat(Math.max(3, longestRun(shown.join("\n")) + 1));
  return [`${fence}diff`, ...shown, fence].map((line) => `  ${line}`).join("\n");
}

function set(words: Words): string {
  return setWords(
    words.map((word) => (typeof word === "string" ? escapeHtml(word) : word)),
    codeSpan,
  );
}

/** Text that nothing inside can end. */
function codeSpan(text: string): string {
  const shown = escapeControls(text);
  const ticks = "`".repeat(longestRun(shown) + 1);
  const isEdgy = /^`|`$|^ .* $/.test(shown);
  return isEdgy ? `${ticks} ${shown} ${ticks}` : `${ticks}${shown}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

/** Our own words, and the paths of files among them. */
function escapeHtml(text: string): string {
  return escapeControls(text).replace(
    /[&<>"'\\`*_[\]|]/g,
    (character) => `&#${String(character.charCodeAt(0))};`,
  );
}
