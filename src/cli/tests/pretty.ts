import { sayMany } from "../../lower/words.ts";
import type { TestResult } from "../../reason/tests/result.ts";
import { writePercent } from "../../source/percent.ts";
import { showFrames, type Showing } from "../diagnostics/pretty.ts";
import { escapeControls } from "../diagnostics/visible.ts";
import { placesOf } from "../open.ts";
import type { TestRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";
import { countCoverage, sayCoverage, tellUncovered } from "./coverage.ts";
import { tellFailures, type ToldFailure } from "../../ide/tell/failures.ts";
import { hasPassed, type RanTests, type TestedFile } from "./tested-file.ts";

type Look = Pick<Terminal, "colors" | "columns">;

/** The tests of one file, then each failed expectation with the lines that it is about. */
export function showTests(file: RanTests, look: Look): string {
  const { colors } = look;
  const titles = file.results.map((result) => {
    const title = escapeControls(result.test.title);
    return hasPassed(result)
      ? `  ${colors.green("✓")} ${title}`
      : `  ${colors.red("✗")} ${colors.red(title)}`;
  });
  const failures = file.results.map((result) => showFailures(result, file, look));
  const none = file.results.length === 0 ? [`  ${colors.dim("no tests")}`] : [];
  const lines = [colors.bold(escapeControls(file.shown)), ...titles, ...none];
  return `${lines.join("\n")}\n${failures.join("")}`;
}

/** The failed expectations of a test with frames of the source, each ending with a line break; empty when it passes. */
export function showFailures(result: TestResult, { policy, showing }: RanTests, look: Look): string {
  const { colors } = look;
  const told = tellFailures(result, policy, placesOf(showing));
  const title = `${colors.red(colors.bold("✗"))} ${colors.bold(escapeControls(result.test.title))}`;
  return told.map((failure) => `\n${title}\n${showFailure(failure, showing, look)}\n`).join("");
}

function showFailure({ message, labels, notes }: ToldFailure, showing: Showing, look: Look): string {
  const { colors, columns } = look;
  const { lines, note } = showFrames(labels, colors.red, { ...showing, colors, columns });
  return [
    colors.bold(escapeControls(message)),
    ...lines,
    ...notes.map(({ kind, text }) => note(kind, text)),
  ].join("\n");
}

/** The last lines: how many tests there were, and what they look at. */
export function showSummary(
  files: readonly TestedFile[],
  { coverage, threshold }: Pick<TestRequest, "coverage" | "threshold">,
  look: Look,
): string {
  const { colors } = look;
  const ran = files.filter((file) => file.kind === "ran");
  const results = ran.flatMap((file) => file.results);
  const passed = results.filter(hasPassed).length;
  const failed = results.length - passed;
  const wrong = files.filter(({ kind }) => kind === "wrong").length;
  const unread = files.length - ran.length - wrong;
  const parts = [
    ...(failed > 0 ? [colors.red(`${failed} failed`)] : []),
    ...(passed > 0 ? [colors.green(`${passed} passed`)] : []),
    ...(results.length === 0 ? ["no tests"] : []),
    ...(wrong > 0 ? [colors.red(`${sayMany(wrong, "file")} with errors`)] : []),
    ...(unread > 0 ? [colors.red(`${sayMany(unread, "file")} not read`)] : []),
  ];
  const counted = `${parts.join(", ")} in ${sayMany(files.length, "file")}\n`;
  const looks = coverage ? showCoverage(files, threshold, look) : { files: "", total: "" };
  return `${looks.files}${counted}${looks.total}`;
}

/** What tests look at: file by file what they do not, and, on one line, how much they do in all. */
export function showCoverage(
  files: readonly TestedFile[],
  threshold: number | undefined,
  { colors }: Look,
): { readonly files: string; readonly total: string } {
  const ran = files.filter((file) => file.kind === "ran");
  const shown = ran.map((file) => {
    const lines = tellUncovered(file.coverage, placesOf(file.showing)).map(
      (line) => `  ${colors.yellow("○")} ${escapeControls(line)}`,
    );
    const title = `coverage of ${escapeControls(file.shown)}: ${sayCoverage(countCoverage([file.coverage]))}`;
    return `${[colors.bold(title), ...(lines.length === 0 ? [] : ["no test looks at", ...lines])].join("\n")}\n\n`;
  });
  const count = countCoverage(ran.map((file) => file.coverage));
  const isShort = threshold !== undefined && count.ratio < threshold;
  const wanted = isShort ? `, less than the ${writePercent(threshold)} that are asked for` : "";
  const said = `coverage ${sayCoverage(count)}${wanted}\n`;
  return { files: shown.join(""), total: isShort ? colors.red(said) : said };
}
