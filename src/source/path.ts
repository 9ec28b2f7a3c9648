/**
 * A path written in `file`, as a key of the map of sources: joined to the file's folder, `.` and `..` resolved;
 * undefined when it leaves the project's root.
 */
export function resolvePath(file: string, path: string): string | undefined {
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of [...file.split("/").slice(0, -1), ...path.split(/[\\/]/)]) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** A key as a path that a file writes, so that `resolvePath` finds it again. */
export function relativePath(file: string, key: string): string {
  const from = file.split("/").slice(0, -1);
  const to = key.split("/");
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
}
