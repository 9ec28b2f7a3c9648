import { relative, resolve, sep } from "node:path";
import { statSync } from "node:fs";
import { DISK, type FileTree } from "../../project/file-tree.ts";
import { findPolicies } from "../../project/find.ts";
import {
  loadPolicy,
  loadPolicyText,
  pathOfKey,
  type LoadedPolicy,
  type LoadProblem,
} from "../../project/load.ts";
import { openRevision } from "../../project/revision.ts";
import { isLibrary, showPath } from "../../project/root.ts";
import type { Header } from "../../syntax/ast.ts";
import { compileLoaded, type OpenedPolicy, type PolicyOptions } from "../open.ts";
import type { DiffRequest, ParamTexts } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** What is to be compared with what. */
export interface OpenedPairs {
  readonly kind: "pairs";
  /** Whether two policies were named, or two folders of them. */
  readonly scope: "policies" | "folders";
  readonly pairs: readonly OpenedPair[];
}

export interface OpenedPair {
  readonly before: OpenedSide;
  readonly after: OpenedSide;
}

export type OpenedSide = (OpenedPolicy & { readonly isAbsent: boolean }) | LoadProblem;

/**
 * The policies that `gov diff OLD NEW` names, on disk or in git revisions: two files, or those of two folders by their
 * paths in them, and those that moved by their names. One that is only on one side is held against a policy that says
 * nothing, for that is what is in force where there is none. A param is set in those of them that have it.
 */
export function openPairs(request: DiffRequest, terminal: Terminal): OpenedPairs | LoadProblem {
  const before = locate(request.before, terminal);
  const after = locate(request.after, terminal);
  if (before.kind === "problem") return before;
  if (after.kind === "problem") return after;
  if (before.kind !== after.kind) {
    const [folder, file] = before.kind === "folder" ? [before, after] : [after, before];
    const read = file.files.readText(file.path);
    if (read.kind !== "text") return { ...read, kind: "problem", path: file.path };
    const problem = "is a folder, and cannot be compared with a single policy";
    return { kind: "problem", path: folder.path, problem, help: "give two policies, or two folders of them" };
  }
  const sides =
    before.kind === "folder" && after.kind === "folder"
      ? pairByPath(before, after, terminal)
      : [[load(before.path, before, terminal), load(after.path, after, terminal)] as const];
  const scope = before.kind === "folder" ? "folders" : "policies";
  const open = (side: Side, params: ParamTexts): OpenedSide =>
    openSide(side, { model: request.model, params }, terminal);
  const bare = new Map(sides.flat().map((side) => [side, open(side, new Map())]));
  const known = new Set([...bare.values()].flatMap(paramsOf));
  const openSet = (side: Side): OpenedSide => {
    const opened = bare.get(side) ?? open(side, new Map());
    // One that no policy has is a mistake in all of them.
    const own = [...request.params].filter(([name]) => paramsOf(opened).includes(name) || !known.has(name));
    return own.length === 0 || side.isAbsent ? opened : open(side, new Map(own));
  };
  return {
    kind: "pairs",
    scope,
    pairs: sides.map(([one, two]) => ({ before: openSet(one), after: openSet(two) })),
  };
}

/** What a word of the command line names. */
interface Located {
  readonly kind: "file" | "folder";
  /** In full. */
  readonly path: string;
  readonly files: FileTree;
  /** Stands before the paths of its files: `main:`. */
  readonly prefix: string;
  /** In full; of a file itself. */
  readonly policies: readonly string[];
}

function locate(text: string, { workingDirectory }: Terminal): Located | LoadProblem {
  const found = openRevision(text, workingDirectory);
  if (found?.kind === "problem") return found;
  if (found !== undefined) {
    const { path, files, policies, revision } = found;
    const kind = policies === undefined ? "file" : "folder";
    return { kind, path, files, prefix: `${revision}:`, policies: policies ?? [path] };
  }
  const path = resolve(workingDirectory, text);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const policies = findPolicies(path, workingDirectory);
  return { kind: isFolder ? "folder" : "file", path, files: DISK, prefix: "", policies };
}

/** One policy of a pair, read. */
interface Side {
  readonly loaded: LoadedPolicy | LoadProblem;
  readonly prefix: string;
  readonly isAbsent: boolean;
}

type SidePair = readonly [before: Side, after: Side];

function load(path: string, { files, prefix }: Located, { workingDirectory }: Terminal): Side {
  return { loaded: loadPolicy(path, workingDirectory, files), prefix, isAbsent: false };
}

function pairByPath(before: Located, after: Located, terminal: Terminal): readonly SidePair[] {
  const read = (located: Located): ReadonlyMap<string, Side> =>
    new Map(
      located.policies.map((path) => [
        relative(located.path, path).split(sep).join("/"),
        load(path, located, terminal),
      ]),
    );
  const [old, fresh] = [read(before), read(after)];
  const gone = [...old].filter(([name]) => !fresh.has(name));
  const come = [...fresh].filter(([name]) => !old.has(name));
  const moved = new Map(
    gone.flatMap(([name, side]) => {
      const [target, ...others] = come.filter(([, other]) => isNamedAlike(side, other));
      const isTheOnlyOne = gone.filter(([, other]) => isNamedAlike(side, other)).length === 1;
      return target !== undefined && others.length === 0 && isTheOnlyOne ? [[target[0], name] as const] : [];
    }),
  );
  const arrived = new Set(moved.values());
  const absent = (name: string, { path, prefix }: Located): Side => ({
    loaded: loadPolicyText(new Uint8Array(), resolve(path, name), terminal.workingDirectory),
    ...{ prefix, isAbsent: true },
  });
  return [...new Set([...fresh.keys(), ...old.keys()])]
    .filter((name) => !arrived.has(name))
    .toSorted()
    .map((name): SidePair => [
      old.get(moved.get(name) ?? name) ?? absent(name, before),
      fresh.get(name) ?? absent(name, after),
    ]);
}

function isNamedAlike(one: Side, other: Side): boolean {
  const [left, right] = [headerOf(one), headerOf(other)];
  return left !== undefined && left.role === right?.role && left.name.text === right.name.text;
}

function headerOf({ loaded }: Side): Header | undefined {
  return loaded.kind === "problem" ? undefined : loaded.parsed.get(loaded.entry)?.file.header;
}

function openSide(
  { loaded, prefix, isAbsent }: Side,
  options: PolicyOptions,
  terminal: Terminal,
): OpenedSide {
  const opened = compileLoaded(loaded, options, terminal);
  if (opened.kind === "problem") return opened;
  const { showing } = opened;
  // A module of the library that is compared itself lies where the reader found it.
  const shown =
    loaded.kind === "problem"
      ? opened.shown
      : showPath(pathOfKey(loaded.root, loaded.entry), terminal.workingDirectory);
  const showFile = (file: string): string => {
    if (file === opened.loaded.entry) return `${prefix}${shown}`;
    return isLibrary(file) ? file : `${prefix}${showing.showFile(file)}`;
  };
  return { ...opened, shown: `${prefix}${shown}`, showing: { ...showing, showFile }, isAbsent };
}

function paramsOf(opened: OpenedSide): readonly string[] {
  return opened.kind === "problem" ? [] : (opened.compilation.policy?.params ?? []).map(({ name }) => name);
}
