/** As much of XML 1.0 as our reports use, read strictly: what this reads, every reader does. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside, with its references resolved. */
  readonly text: string;
}

const ELEMENT = /<([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>/y;

/** Throws where the text is not well-formed. */
export function readXml(text: string): XmlElement {
  const prologue = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(text)?.[0];
  if (prologue === undefined) throw new Error("there is no XML declaration");
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
    throw new Error("it holds a character that XML does not have");
  const { element, end } = readElement(text, prologue.length);
  if (text.slice(end).trim() !== "") throw new Error(`more follows: ${text.slice(end, end + 40)}`);
  return element;
}

function readElement(text: string, start: number): { readonly element: XmlElement; readonly end: number } {
  ELEMENT.lastIndex = start;
  const match = ELEMENT.exec(text);
  if (match === null) throw new Error(`no element: ${text.slice(start, start + 40)}`);
  const [whole, name = "", said = "", isEmpty] = match;
  const pairs = [...said.matchAll(/([\w.-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
    key,
    resolve(value),
  ]);
  if (new Set(pairs.map(([key]) => key)).size < pairs.length)
    throw new Error(`${whole} says one thing twice`);
  const attributes = Object.fromEntries(pairs) as Readonly<Record<string, string>>;
  const children: XmlElement[] = [];
  let own = "";
  let at = start + whole.length;
  if (isEmpty === "/") return { element: { name, attributes, children, text: "" }, end: at };
  for (;;) {
    const next = text.indexOf("<", at);
    if (next < 0) throw new Error(`${name} is not closed`);
    own += resolve(text.slice(at, next));
    if (text.startsWith("</", next)) {
      if (!text.startsWith(`</${name}>`, next)) throw new Error(`${name} is closed by another`);
      return { element: { name, attributes, children, text: own }, end: next + name.length + 3 };
    }
    const { element, end } = readElement(text, next);
    children.push(element);
    at = end;
  }
}

function resolve(text: string): string {
  if (/&(?!#\d+;)/.test(text) || text.includes("]]>")) throw new Error(`not escaped: ${text}`);
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
