/** A policy as an editor holds it: compiled as far as it goes, with what is known about it whatever is wrong. */
import { compile, type Compilation, type CompileInput } from "../compile.ts";
import type { BandExtents, NetworkShape } from "../model/network.ts";
import { findNetwork } from "../model/find.ts";
import { resolveBands } from "../model/resolve.ts";
import { cellsOf, type Cell } from "../reason/cells.ts";
import { once } from "../syntax/once.ts";
import type { ParsedFile } from "../syntax/parse.ts";
import { indexNames, type NameIndex } from "./names.ts";

export interface Draft {
  readonly input: CompileInput;
  readonly compilation: Compilation;
  /** The policy's own file: the one that a cursor is in. */
  readonly parsed: ParsedFile;
  /** The network that the policy meets, where it can be read: errors elsewhere do not hide it. */
  readonly bands: () => DraftBands | undefined;
  /** The parts of the network that rules tell apart. */
  readonly cells: () => readonly Cell[];
  /** Every name in every file, by file. */
  readonly names: () => NameIndex;
}

export interface DraftBands {
  readonly network: NetworkShape;
  readonly extents: BandExtents;
}

/** Compiles a policy for an editor; what is not asked for is not computed. */
export function openDraft(input: CompileInput): Draft {
  const compilation = compile(input);
  const { bound, draft } = compilation;
  const bands = once(() => findBands(input, compilation));
  return {
    input,
    compilation,
    parsed: bound.entry,
    bands,
    cells: once(() => cellsOf(draft, bands())),
    names: once(() => indexNames(bound)),
  };
}

function findBands(input: CompileInput, { draft, network, extents }: Compilation): DraftBands | undefined {
  if (network !== undefined && extents !== undefined) return { network, extents };
  const { network: found } = findNetwork(draft, input.sources, input.network);
  return found && { network: found, extents: resolveBands(draft, found).extents };
}
