/** XML 1.0 as our reports use it: elements, attributes and text, whatever stands in them. */

/** An element in lines; `children` are lines already written. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[],
): readonly string[] {
  const said = Object.entries(attributes).map(([key, value]) => {
    // A line break in an attribute is read as a space unless it is written by its number.
    const text = escapeXml(String(value)).replace(/[\t\n]/g, (character) => `&#${character.charCodeAt(0)};`);
    return ` ${key}="${text}"`;
  });
  const start = `<${name}${said.join("")}`;
  return children.length === 0 ? [`${start}/>`] : [`${start}>`, ...children, `</${name}>`];
}

/** The text of a whole file. */
export function xmlFile(root: readonly string[]): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...root, ""].join("\n");
}

/** Characters that XML 1.0 does not have at all, lone surrogates among them, are shown by their number. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
      return `<U+${code.padStart(4, "0")}>`;
    })
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\r/g, "&#13;");
}
