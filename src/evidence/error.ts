/** The record could not be written or read: a fault of the disk or of the command, never of the policy. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it exists already",
  EISDIR: "it is a folder",
  ENOENT: "no such file or folder",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a part of the path is not a folder",
  EROFS: "the file system is read-only",
};

/** `cannot write runs/a/ir.json: no space left on the disk`. */
export function evidenceError(task: string, path: string, cause: unknown): EvidenceError {
  return new EvidenceError(`cannot ${task} ${path}: ${reasonOf(cause)}`, { cause });
}

export function isMissing(cause: unknown): boolean {
  const code = codeOf(cause);
  return code === "ENOENT" || code === "ENOTDIR";
}

function reasonOf(cause: unknown): string {
  const reason = REASONS[codeOf(cause) ?? ""];
  if (reason !== undefined) return reason;
  return cause instanceof Error ? cause.message : String(cause);
}

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  return typeof cause.code === "string" ? cause.code : undefined;
}
