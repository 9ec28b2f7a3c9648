import { loadPolicy, type LoadedPolicy, type LoadProblem } from "../../project/load.ts";
import { openRevision } from "../../project/revision.ts";
import { isLibrary } from "../../project/root.ts";
import { compileLoaded, type OpenedPolicy, type PolicyOptions } from "../open.ts";
import type { DiffRequest, ParamTexts } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

type Opened = OpenedPolicy | LoadProblem;

/** The two policies of a comparison, on disk or in git revisions. A param is set in those of them that have it. */
export function openPair(request: DiffRequest, terminal: Terminal): readonly [Opened, Opened] {
  const [before, after] = [read(request.before, terminal), read(request.after, terminal)];
  const open = (side: Side, params: ParamTexts): Opened =>
    openSide(side, { model: request.model, params }, terminal);
  const [old, fresh] = [open(before, new Map()), open(after, new Map())];
  if (request.params.size === 0) return [old, fresh];
  const settings = (own: Opened, other: Opened): ParamTexts =>
    // One that neither has is a mistake in both.
    new Map(
      [...request.params].filter(([name]) => paramsOf(own).includes(name) || !paramsOf(other).includes(name)),
    );
  return [open(before, settings(old, fresh)), open(after, settings(fresh, old))];
}

interface Side {
  readonly loaded: LoadedPolicy | LoadProblem;
  /** Stands before the paths of its files: `main:`. */
  readonly prefix: string;
}

function read(text: string, { workingDirectory }: Terminal): Side {
  const found = openRevision(text, workingDirectory);
  if (found?.kind === "problem") return { loaded: found, prefix: "" };
  if (found === undefined) return { loaded: loadPolicy(text, workingDirectory), prefix: "" };
  return { loaded: loadPolicy(found.path, workingDirectory, found.files), prefix: `${found.revision}:` };
}

function openSide({ loaded, prefix }: Side, options: PolicyOptions, terminal: Terminal): Opened {
  const opened = compileLoaded(loaded, options, terminal);
  if (opened.kind === "problem") return opened;
  const { showing, shown } = opened;
  const showFile = (file: string): string => (isLibrary(file) ? file : `${prefix}${showing.showFile(file)}`);
  return { ...opened, shown: `${prefix}${shown}`, showing: { ...showing, showFile } };
}

function paramsOf(opened: Opened): readonly string[] {
  return opened.kind === "problem" ? [] : (opened.compilation.policy?.params ?? []).map(({ name }) => name);
}
