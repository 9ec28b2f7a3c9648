/**
 * A glob as a test of a whole text: `*` is any run of characters without `/`, `**` any run at all (`**` and a slash
 * also nothing), `?` one character that is not `/`. Everything else stands for itself.
 */
export function compileGlob(glob: string): (text: string) => boolean {
  const pattern = glob.replace(/\*\*\/|\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (part) => MEANING[part] ?? `\\${part}`);
  const expression = new RegExp(`^${pattern}$`, "su");
  return (text) => expression.test(text);
}

const MEANING: Readonly<Record<string, string>> = {
  "**/": "(?:.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};
