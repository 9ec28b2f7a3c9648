import type { TextEdit } from "../../source/diagnostic.ts";
import type { ParsedFile } from "../../syntax/parse.ts";

export type CompletionKind =
  | "keyword" | "sign" | "type" | "band" | "cohort" | "profile" | "behavior" | "param" | "ruleset" | "field"
  | "value" | "layer" | "module" | "file"; // prettier-ignore

/** One thing that may be written at a place. */
export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /** Said beside the label. */
  readonly detail?: string;
  /** What is written; the label when left out. */
  readonly insert?: string;
  /** The same with stops for the cursor, `${1:name}`, for editors that know them. */
  readonly snippet?: string;
  /** The text that it takes the place of, as offsets. */
  readonly replaces: { readonly start: number; readonly end: number };
  /** Changes elsewhere in the file: the import of a name. */
  readonly edits?: readonly TextEdit[];
  /** Lower comes first. */
  readonly rank: number;
  /** As Markdown; made when it is asked for. */
  readonly documentation?: () => string;
}

/** A completion before it is known what it takes the place of. */
export type Candidate = Omit<Completion, "replaces">;

/** What lies around a policy that it does not read yet. */
export interface Surroundings {
  /** The library and the project's modules, parsed, by their keys in the map of sources. */
  readonly modules: ReadonlyMap<string, ParsedFile>;
  /** Files of the project that a policy may name, by their keys: models, probes. */
  readonly files: readonly string[];
}

export const RANKS = { expected: 1, common: 2, word: 3, sign: 4, importable: 5 } as const;
