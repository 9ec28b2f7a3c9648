/** Statements of in-toto (Statement v1): something is said about files that are named by their digests. */

export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

export interface Statement<Predicate> {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: Predicate;
}

export function state<Predicate>(
  subject: readonly Subject[],
  predicateType: string,
  predicate: Predicate,
): Statement<Predicate> {
  return { _type: "https://in-toto.io/Statement/v1", subject, predicateType, predicate };
}

export function subjectsOf(files: Readonly<Record<string, string>>): readonly Subject[] {
  return Object.entries(files)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, sha256]) => ({ name, digest: { sha256 } }));
}
