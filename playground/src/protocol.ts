/** What the page asks of its worker. Each request carries the text that it is about: the worker holds no other state. */
import type { Severity } from "../../src/source/codes.ts";
import type { CompletionKind } from "../../src/ide/complete.ts";
import type { TokenKind } from "../../src/ide/semantic-tokens.ts";
import type { Clock } from "../../src/reason/clock.ts";

export interface Requests {
  readonly analyse: { readonly params: AboutText; readonly answer: Analysis };
  readonly complete: { readonly params: AboutPlace; readonly answer: readonly Offer[] };
  /** What a completion of the last list means, as Markdown. */
  readonly document: { readonly params: { readonly index: number }; readonly answer: string };
  readonly hover: { readonly params: AboutPlace; readonly answer: Hovered | undefined };
  readonly define: { readonly params: AboutPlace; readonly answer: Place | undefined };
  readonly nameAt: { readonly params: AboutPlace; readonly answer: Named };
  readonly rename: {
    readonly params: AboutPlace & { readonly newName: string };
    readonly answer: Change;
  };
  readonly format: { readonly params: AboutText; readonly answer: readonly Edit[] };
  readonly matrix: { readonly params: AboutMoment; readonly answer: Matrix | undefined };
  readonly why: {
    readonly params: AboutMoment & { readonly example: string };
    readonly answer: { readonly lines: readonly string[]; readonly problem?: string };
  };
  readonly compiled: { readonly params: AboutText; readonly answer: string | undefined };
  readonly tests: { readonly params: AboutText; readonly answer: readonly Tested[] | undefined };
}

export interface AboutText {
  readonly text: string;
}

export interface AboutPlace extends AboutText {
  readonly offset: number;
}

export interface AboutMoment extends AboutText {
  /** The start of training where it is left out. */
  readonly moment?: Clock;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Edit extends Range {
  readonly text: string;
}

export interface Problem extends Range {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** `12:3`, or the file and its place where it is not the policy's own. */
  readonly place: string;
  readonly notes: readonly string[];
  readonly fix?: { readonly title: string; readonly edits: readonly Edit[] };
}

export interface Analysis {
  readonly problems: readonly Problem[];
  readonly tokens: readonly (Range & { readonly kind: TokenKind })[];
}

export interface Offer extends Range {
  readonly index: number;
  readonly label: string;
  readonly kind: CompletionKind;
  readonly detail?: string;
  /** What is written; with stops, `${1:name}`, where it is a snippet. */
  readonly insert: string;
  readonly isSnippet: boolean;
  /** Changes elsewhere: the import of a name. */
  readonly edits: readonly Edit[];
  readonly rank: number;
}

export interface Hovered extends Range {
  readonly markdown: string;
}

/** A place in the policy, or in a module of the library, whose text comes with it. */
export interface Place extends Range {
  readonly file: string;
  readonly text?: string;
}

export type Named =
  | (Range & { readonly kind: "name"; readonly text: string })
  | { readonly kind: "refused"; readonly reason: string };

export type Change =
  | { readonly kind: "edits"; readonly edits: readonly Edit[] }
  | { readonly kind: "refused"; readonly reason: string };

export interface Matrix {
  /** A fragment without script, in which every name is escaped. */
  readonly html: string;
  readonly moments: readonly { readonly clock: Clock; readonly said: string }[];
  /** An example to begin with. */
  readonly example: string;
}

export interface Tested extends Range {
  readonly title: string;
  readonly failures: readonly string[];
}

export type Method = keyof Requests;

export type Message = {
  readonly [Name in Method]: {
    readonly id: number;
    readonly method: Name;
    readonly params: Requests[Name]["params"];
  };
}[Method];

/** `problem` is a defect of ours. */
export type Reply = { readonly id: number } & ({ readonly answer: unknown } | { readonly problem: string });
