/** From a path to everything that compiling the policy there takes: the edge where files become a map of sources. */
import { basename, dirname, join, resolve } from "node:path";
import { resolvePath } from "../source/path.ts";
import { createSourceText, type SourceMap, type SourceText } from "../source/text.ts";
import { parse, type ParsedFile } from "../syntax/parse.ts";
import type { PolicyFile } from "../syntax/ast.ts";
import { packageFile } from "./package.ts";
import { DISK, listModules, TEXTS_ON_DISK, type FileTree } from "./file-tree.ts";
import { decodeText, type ReadText } from "./read.ts";
import { findRoot, isLibrary, keyOf } from "./root.ts";

/** A policy with all it refers to, ready for `compile`. */
export interface LoadedPolicy {
  readonly kind: "loaded";
  /** The project's folder, in full. */
  readonly root: string;
  /** The policy's key in `sources`. */
  readonly entry: string;
  readonly sources: SourceMap;
  /** Which files are there whose text is not taken, as `compile` wants them; left out where nobody has looked. */
  readonly present?: ReadonlySet<string> | undefined;
  /** What had to be parsed to find the others. */
  readonly parsed: ReadonlyMap<string, ParsedFile>;
}

/** A file that is needed and cannot be had: no fault of any line in a policy. */
export interface LoadProblem {
  readonly kind: "problem";
  /** The file, in full. */
  readonly path: string;
  readonly problem: string;
  readonly help?: string;
}

/**
 * Reads a policy, the modules that it imports, the library where it imports from it, and the model file that it names;
 * looks whether the probes are there, which may be large. What is not there is left out: `compile` says so with the line
 * that asks for it.
 *
 * @param workingDirectory What `path` is relative to.
 * @param files Where all of it is read from, but for the library.
 */
export function loadPolicy(
  path: string,
  workingDirectory: string,
  files: FileTree = DISK,
): LoadedPolicy | LoadProblem {
  const full = resolve(workingDirectory, path);
  return loadRead(full, files.readText(full), files);
}

/** What an editor holds: newer texts than the disk, which it has parsed already. */
export interface EditedFiles extends FileTree {
  readonly parse: (source: SourceText) => ParsedFile;
  /** Where the library is read from. */
  readonly library: FileTree;
}

/** The same for a text that an editor holds, as if it lay at `path`. */
export function loadDraft(text: string, path: string, files: EditedFiles): LoadedPolicy | LoadProblem {
  return loadRead(path, { kind: "text", text }, files);
}

/** What a text is called that came without a name. */
export const UNNAMED = "stdin.gov";

/** The same for a policy whose text is at hand as bytes, as if it lay at `path`; without one it lies nowhere. */
export function loadPolicyText(
  bytes: Uint8Array,
  path: string | undefined,
  workingDirectory: string,
): LoadedPolicy | LoadProblem {
  const files = path === undefined ? TEXTS_ON_DISK : DISK;
  return loadRead(resolve(workingDirectory, path ?? UNNAMED), decodeText(bytes), files);
}

function loadRead(path: string, read: ReadText, tree: FileTree | EditedFiles): LoadedPolicy | LoadProblem {
  if (read.kind !== "text") return { ...read, kind: "problem", path };
  const files: EditedFiles = { parse, library: DISK, ...tree };
  const { root, key: entry } = findKey(path);
  const sources = new Map<string, string>([[entry, read.text]]);
  const parsed = new Map<string, ParsedFile>();
  const problem = addReferences(entry, { root, files, sources, parsed });
  return (
    problem ?? { kind: "loaded", root, entry, sources, parsed, present: findProbes(parsed, root, files) }
  );
}

/** The project that a file belongs to, and its key there; the library's own files keep the names that they have. */
export function findKey(path: string): { readonly root: string; readonly key: string } {
  const library = packageFile("stdlib");
  if (dirname(path) === library) return { root: dirname(library), key: libraryKey(path) };
  const root = findRoot(dirname(path));
  return { root, key: keyOf(root, path) };
}

/** Where a file of a project lies, or one of the library. */
export function pathOfKey(root: string, key: string): string {
  return isLibrary(key) ? packageFile(`stdlib/${key.slice("std/".length)}.gov`) : join(root, key);
}

interface Loading {
  readonly root: string;
  readonly files: EditedFiles;
  /** What has been read so far. */
  readonly sources: Map<string, string>;
  readonly parsed: Map<string, ParsedFile>;
}

/** Adds what a file refers to, and what that refers to in turn. */
function addReferences(key: string, loading: Loading): LoadProblem | undefined {
  const { root, files, sources, parsed } = loading;
  const read = files.parse(createSourceText(key, sources.get(key) ?? ""));
  parsed.set(key, read);
  const { file } = read;
  for (const { path } of file.imports) {
    if (isLibrary(path.value)) {
      addLibrary(loading);
      continue;
    }
    const target = resolvePath(key, path.value);
    if (target === undefined || target === "") continue;
    const problem = addModule([target, `${target}.gov`], loading);
    if (problem !== undefined) return problem;
  }
  for (const path of modelsOf(file)) {
    const target = resolvePath(key, path);
    if (target === undefined || sources.has(target)) continue;
    const model = files.readText(join(root, target));
    if (model.kind === "unreadable") return { ...model, kind: "problem", path: join(root, target) };
    if (model.kind === "text") sources.set(target, model.text);
  }
  return undefined;
}

/** The first of the candidates that is there; a folder of that name does not count. */
function addModule(candidates: readonly string[], loading: Loading): LoadProblem | undefined {
  const { root, files, sources } = loading;
  if (candidates.some((candidate) => sources.has(candidate))) return undefined;
  const reads = candidates.map((candidate) => ({ candidate, read: files.readText(join(root, candidate)) }));
  const found = reads.find(({ read }) => read.kind === "text");
  if (found?.read.kind === "text") {
    sources.set(found.candidate, found.read.text);
    return addReferences(found.candidate, loading);
  }
  const broken = reads.find(({ read }) => read.kind === "unreadable");
  if (broken?.read.kind === "unreadable")
    return { ...broken.read, kind: "problem", path: join(root, broken.candidate) };
  addNeighbours(candidates[0] ?? "", loading);
  return undefined;
}

/** What lies where a module was looked for, so that the message can name the nearest. */
function addNeighbours(missing: string, { root, files, sources }: Loading): void {
  const folder = dirname(join(root, missing));
  for (const path of listModules(files, folder)) {
    const key = keyOf(root, path);
    const read = sources.has(key) ? undefined : files.readText(path);
    if (read?.kind === "text") sources.set(key, read.text);
  }
}

/** All of the library, for it imports itself and a misspelt name is compared with the others. */
function addLibrary({ files, sources }: Loading): void {
  for (const [key, text] of readLibrary(files.library)) if (!sources.has(key)) sources.set(key, text);
}

/** The library's modules, by the names that policies import them by. */
export function readLibrary(files: FileTree): SourceMap {
  const modules = listModules(files, packageFile("stdlib")).map(
    (path) => [libraryKey(path), files.readText(path)] as const,
  );
  return new Map(modules.flatMap(([key, read]) => (read.kind === "text" ? [[key, read.text] as const] : [])));
}

function libraryKey(path: string): string {
  return `std/${basename(path, ".gov")}`;
}

/** The probes that are there, and where one is not, what lies where it was looked for. */
function findProbes(
  parsed: ReadonlyMap<string, ParsedFile>,
  root: string,
  { hasFile, list }: FileTree,
): ReadonlySet<string> | undefined {
  if (hasFile === undefined) return undefined;
  const probes = [...parsed].flatMap(([key, { file }]) =>
    probesOf(file).map((path) => resolvePath(key, path)),
  );
  return new Set(
    probes.flatMap((target) => {
      if (target === undefined) return [];
      if (hasFile(join(root, target))) return [target];
      const folder = dirname(join(root, target));
      const names = list(folder).slice(0, MOST_NEIGHBOURS);
      return names
        .map((name) => join(folder, name))
        .filter(hasFile)
        .map((path) => keyOf(root, path));
    }),
  );
}

/** A folder of more files is one of data, in which every name is near to many; and an editor asks at each key. */
const MOST_NEIGHBOURS = 1_000;

function probesOf(file: PolicyFile): readonly string[] {
  return file.declarations.flatMap((declaration) =>
    declaration.kind === "BehaviorDeclaration" ? [declaration.probe.value] : [],
  );
}

function modelsOf(file: PolicyFile): readonly string[] {
  return file.declarations.flatMap((declaration) =>
    declaration.kind === "ModelDeclaration" && declaration.path !== undefined ? [declaration.path.value] : [],
  );
}
