/**
 * The hash chain of the decision log. Each line holds the SHA-256 of the line before it, so a line that was changed,
 * taken out or put in shows at its place; the seal does the same for the last line.
 */
import { canonicalJson } from "../ir/canonical.ts";
import { GENESIS, sha256 } from "./digest.ts";
import { logEntryShape } from "./event-shapes.ts";
import { DECISIONS, SEAL } from "./layout.ts";
import { parseLine, type RawLine } from "./lines.ts";
import type { LogEntry, RecordProblem, Seal } from "./record.ts";

/** The entries of a log that can be read, and every place where the chain does not hold. */
export function readChain(
  lines: readonly RawLine[],
  seal: Seal | undefined,
): { readonly entries: readonly LogEntry[]; readonly problems: readonly RecordProblem[] } {
  const links = lines.map(readLink);
  const problems: RecordProblem[] = [];
  links.forEach((link, index) => {
    const problem = link.problem ?? outOfOrder(links, index) ?? alteredBefore(links, index, seal);
    if (problem !== undefined) problems.push({ ...problem, file: DECISIONS, line: link.number });
  });
  if (seal !== undefined && seal.entries !== lines.length) problems.push(miscounted(seal, lines.length));
  return { entries: links.flatMap((link) => link.entry ?? []), problems };
}

interface Link {
  readonly number: number;
  readonly sha256: string;
  readonly entry?: LogEntry;
  readonly problem?: Finding;
}

type Finding = Pick<RecordProblem, "kind" | "message">;

function readLink(line: RawLine): Link {
  const found = parseLine(line, logEntryShape);
  const link = { number: line.number, sha256: sha256(line.bytes) };
  if (found.problem !== undefined) return { ...link, problem: { kind: "malformed", message: found.problem } };
  // A record is written in one form only: any other bytes, whatever they mean, were not written by the run.
  if (!isCanonical(found.value, found.text))
    return {
      ...link,
      problem: { kind: "altered", message: "the line is not in the form in which runs write" },
    };
  return { ...link, entry: found.value };
}

function isCanonical(value: unknown, text: string): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    // JSON can hold what has no canonical form: unpaired surrogates, nesting deeper than the stack.
    return false;
  }
}

function outOfOrder(links: readonly Link[], index: number): Finding | undefined {
  const before = index === 0 ? -1 : links[index - 1]?.entry?.sequence;
  const here = links[index]?.entry;
  if (here === undefined || before === undefined) return undefined;
  if (index === 0 && here.previous !== GENESIS)
    return { kind: "altered", message: `the first line follows on a line that is not there` };
  if (here.sequence === before + 1) return undefined;
  const expected = `${before + 1} was to come here`;
  return { kind: "altered", message: `entry ${here.sequence} stands where ${expected}` };
}

/** Whether the line after this one, or the seal, tells of another line than the one that stands here. */
function alteredBefore(links: readonly Link[], index: number, seal: Seal | undefined): Finding | undefined {
  const here = links[index];
  const next = links[index + 1];
  if (here === undefined) return undefined;
  if (next === undefined) {
    const sealed = seal === undefined || seal.entries !== links.length || seal.sha256 === here.sha256;
    return sealed ? undefined : { kind: "altered", message: `the line is not the one that ${SEAL} seals` };
  }
  if (next.entry === undefined || next.entry.previous === here.sha256) return undefined;
  // Where lines are missing or moved, or the next line is itself not what was written, its word counts for nothing.
  if (outOfOrder(links, index + 1) !== undefined || isContradicted(links, index + 1, seal)) return undefined;
  return {
    kind: "altered",
    message: `the line is not the one that line ${next.number} follows on: it was changed after it was written`,
  };
}

function isContradicted(links: readonly Link[], index: number, seal: Seal | undefined): boolean {
  const here = links[index];
  const after = links[index + 1];
  if (here === undefined) return false;
  if (after !== undefined) return after.entry !== undefined && after.entry.previous !== here.sha256;
  return seal !== undefined && seal.entries === links.length && seal.sha256 !== here.sha256;
}

function miscounted(seal: Seal, lines: number): RecordProblem {
  return {
    kind: "altered",
    file: DECISIONS,
    line: Math.min(seal.entries, lines) + 1,
    message: `the log was sealed with ${seal.entries} lines and has ${lines}`,
  };
}
