/** The projects that a client works on: open texts over the files on disk, each policy compiled when it is asked for. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openDraft, type Draft } from "../../src/ide/draft.ts";
import type { Surroundings } from "../../src/ide/complete.ts";
import { DEFAULT_CONFIG, type ProjectConfig } from "../../src/project/config/config.ts";
import { findConfig } from "../../src/project/config/load.ts";
import { readConfig } from "../../src/project/config/read.ts";
import {
  findKey,
  loadDraft,
  pathOfKey,
  readLibrary,
  type EditedFiles,
  type LoadProblem,
} from "../../src/project/load.ts";
import { DISK, type FileTree } from "../../src/project/file-tree.ts";
import { readText, type ReadText } from "../../src/project/read.ts";
import type { RuleSeverities } from "../../src/source/severities.ts";
import { createSourceText } from "../../src/source/text.ts";
import { parse, type ParsedFile } from "../../src/syntax/parse.ts";
import { changeDocument, type OpenDocument } from "./documents.ts";
import { listFiles } from "./files.ts";
import type { TextChange } from "./params.ts";

/** A policy with the project that it lies in. */
export interface Located {
  readonly uri: string;
  readonly root: string;
  readonly draft: Draft;
  /** What the project makes of findings, or why its `gov.config.json` cannot be read. */
  readonly config: ProjectConfig | LoadProblem;
}

export interface Workspace {
  readonly open: (uri: string, text: string, version: number) => void;
  readonly change: (uri: string, changes: readonly TextChange[], version: number) => void;
  readonly close: (uri: string) => void;
  /** Something on disk may have changed. */
  readonly touch: () => void;
  /** Calls back whenever a text, a file or a root has changed. */
  readonly onMoved: (listener: () => void) => void;
  readonly setRoots: (paths: readonly string[]) => void;
  readonly roots: () => readonly string[];
  readonly documents: () => readonly OpenDocument[];
  /** The policy at a URI, open or on disk; undefined where there is none. */
  readonly find: (uri: string) => Located | undefined;
  /** Every policy of the project that this one lies in, but for itself. */
  readonly others: (located: Located) => readonly Located[];
  /** Every policy of every root. */
  readonly all: () => readonly Located[];
  readonly surroundings: (located: Located) => Surroundings;
}

export function createWorkspace(): Workspace {
  const open = new Map<string, OpenDocument>();
  const drafts = new Map<string, Located>();
  const reads = new Map<string, CachedRead>();
  const parsed = new Map<string, ParsedFile>();
  const listings = new Map<string, readonly string[]>();
  const state: { roots: readonly string[]; generation: number } = { roots: [], generation: 0 };
  const checked = new Map<string, number>();
  const configs = new Map<
    string,
    { readonly read: ReadText; readonly config: ProjectConfig | LoadProblem }
  >();

  const edited: FileTree = {
    list: DISK.list,
    readText: (path) => {
      const document = open.get(uriOfPath(path));
      return document === undefined ? readCached(path, reads) : { kind: "text", text: document.source.text };
    },
  };
  const host = (root: string): EditedFiles => ({
    ...edited,
    library: edited,
    parse: (source) => {
      const key = join(root, source.file);
      const known = parsed.get(key);
      if (known?.source.text === source.text && known.source.file === source.file) return known;
      const fresh = parse(source, known);
      parsed.set(key, fresh);
      return fresh;
    },
  });

  const find = (uri: string): Located | undefined => {
    const known = drafts.get(uri);
    if (known !== undefined && checked.get(uri) === state.generation) return known;
    checked.set(uri, state.generation);
    const path = pathOfUri(uri);
    const text = open.get(uri)?.source.text ?? textOf(readCached(path, reads));
    const located = text === undefined ? undefined : compileAt(uri, path, text);
    if (located === undefined) drafts.delete(uri);
    else drafts.set(uri, located);
    return located;
  };

  const configOf = (policy: string): ProjectConfig | LoadProblem => {
    const path = findConfig(policy);
    if (path === undefined) return DEFAULT_CONFIG;
    const read = readCached(path, reads);
    const known = configs.get(path);
    if (known?.read === read) return known.config;
    const config =
      read.kind === "text" ? readConfig(read.text, path) : { ...read, kind: "problem" as const, path };
    configs.set(path, { read, config });
    return config;
  };

  const compileAt = (uri: string, path: string, text: string): Located | undefined => {
    const { root } = findKey(path);
    // A text that lies nowhere has no data beside it.
    const files = uri.startsWith("file:") ? { ...DISK, ...host(root) } : host(root);
    const loaded = loadDraft(text, path, files);
    const config = configOf(path);
    const severities = config.kind === "config" ? config.severities : undefined;
    if (loaded.kind === "problem") return { ...alone(uri, path, text, severities), config };
    const { entry, sources, present } = loaded;
    const known = drafts.get(uri);
    const before = known?.draft.input;
    if (
      known?.config === config &&
      before?.entry === entry &&
      isSame(before.sources, sources) &&
      areSame(before.present, present)
    )
      return known;
    const trees = [...sources].flatMap(([key, own]): readonly (readonly [string, ParsedFile])[] => {
      const tree = parsed.get(join(root, key));
      return tree?.source.text === own ? [[key, tree]] : [];
    });
    const findings = known?.draft.compilation.findings;
    const input = { entry, sources, present, severities, parsed: new Map(trees), findings };
    return { uri, root, config, draft: openDraft(input) };
  };

  const list = (root: string): readonly string[] => {
    const known = listings.get(root);
    const files = known ?? listFiles(root);
    listings.set(root, files);
    return files;
  };

  const policiesIn = (root: string): readonly Located[] => {
    const onDisk = list(root).filter((path) => path.endsWith(".gov"));
    const uris = new Set([
      ...onDisk.map(uriOfPath),
      ...[...open.keys()].filter((uri) => isWithin(root, uri)),
    ]);
    return [...uris].flatMap((uri) => find(uri) ?? []);
  };

  const listeners: (() => void)[] = [];
  const moved = (): void => {
    state.generation += 1;
    for (const listener of listeners) listener();
  };

  return {
    open: (uri, text, version) => {
      open.set(uri, { uri, version, source: createSourceText(uri, text) });
      moved();
    },
    change: (uri, changes, version) => {
      const document = open.get(uri);
      if (document === undefined) return;
      open.set(uri, changeDocument(document, changes, version));
      moved();
    },
    close: (uri) => {
      open.delete(uri);
      moved();
    },
    touch: () => {
      listings.clear();
      moved();
    },
    onMoved: (listener) => void listeners.push(listener),
    setRoots: (paths) => {
      state.roots = paths;
      listings.clear();
      moved();
    },
    roots: () => state.roots,
    documents: () => [...open.values()],
    find,
    others: ({ uri, root }) => policiesIn(root).filter((other) => other.uri !== uri),
    all: () => {
      const roots = new Set([...state.roots, ...[...open.keys()].map((uri) => findKey(pathOfUri(uri)).root)]);
      return [...new Map([...roots].flatMap(policiesIn).map((located) => [located.uri, located])).values()];
    },
    surroundings: ({ root, draft }) => {
      const files = host(root);
      const own = draft.parsed.source.file;
      const modules = new Map<string, ParsedFile>();
      for (const [key, text] of readLibrary(files))
        modules.set(key, files.parse(createSourceText(key, text)));
      const listed = list(root).map((path) => findKey(path));
      for (const { key } of listed.filter(
        ({ key: candidate }) => candidate.endsWith(".gov") && candidate !== own,
      )) {
        const read = files.readText(pathOfKey(root, key));
        if (read.kind === "text") modules.set(key, files.parse(createSourceText(key, read.text)));
      }
      return { modules, files: listed.map(({ key }) => key) };
    },
  };
}

/** A file cannot be had that the policy needs: then it is looked at by itself. */
function alone(
  uri: string,
  path: string,
  text: string,
  severities: RuleSeverities | undefined,
): Omit<Located, "config"> {
  const { root, key } = findKey(path);
  return { uri, root, draft: openDraft({ entry: key, sources: new Map([[key, text]]), severities }) };
}

interface CachedRead {
  readonly stamp: string;
  readonly read: ReadText;
}

/** A file's text, read again when its time or size has changed. */
function readCached(path: string, reads: Map<string, CachedRead>): ReadText {
  const stats = statSync(path, { throwIfNoEntry: false });
  const stamp = stats === undefined ? "none" : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
  const known = reads.get(path);
  if (known?.stamp === stamp) return known.read;
  const read = readText(path);
  reads.set(path, { stamp, read });
  return read;
}

function textOf(read: ReadText): string | undefined {
  return read.kind === "text" ? read.text : undefined;
}

function isSame(left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): boolean {
  return left.size === right.size && [...left].every(([key, text]) => right.get(key) === text);
}

function areSame(left: ReadonlySet<string> = new Set(), right: ReadonlySet<string> = new Set()): boolean {
  return left.size === right.size && [...left].every((path) => right.has(path));
}

function isWithin(root: string, uri: string): boolean {
  return pathOfUri(uri).startsWith(`${root}/`);
}

/** A text that lies nowhere is taken to lie in a folder of its own. */
export function pathOfUri(uri: string): string {
  try {
    if (uri.startsWith("file:")) return fileURLToPath(uri);
  } catch {
    // A malformed URI names no file.
  }
  return resolve("/", "untitled", `${encodeURIComponent(uri)}.gov`);
}

export function uriOfPath(path: string): string {
  return pathToFileURL(path).href;
}

/** The URI of a file of a project, by its key in the map of sources. */
export function uriOfKey(root: string, key: string): string {
  return uriOfPath(pathOfKey(root, key));
}
