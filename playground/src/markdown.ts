/** The little Markdown that hover and documentation are written in, as elements: text is only ever shown. */
export function showMarkdown(markdown: string): HTMLElement {
  const root = document.createElement("div");
  root.className = "markdown";
  for (const [index, part] of markdown.split(/^```\w*\n?/m).entries()) {
    if (index % 2 === 1) {
      const code = document.createElement("pre");
      code.textContent = part.trimEnd();
      root.append(code);
      continue;
    }
    for (const paragraph of part.split(/\n{2,}/).filter((text) => text.trim() !== ""))
      root.append(showParagraph(paragraph.trim()));
  }
  return root;
}

function showParagraph(text: string): HTMLElement {
  const [first = "", ...items] = text.split(/\n- /);
  const paragraph = document.createElement("p");
  paragraph.append(...showInline(first.replace(/^- /, "• ")));
  if (items.length === 0) return paragraph;
  const list = document.createElement("ul");
  for (const item of items) {
    const entry = document.createElement("li");
    entry.append(...showInline(item));
    list.append(entry);
  }
  const both = document.createElement("div");
  both.append(paragraph, list);
  return both;
}

/** `` `code` `` and `**bold**`. */
export function showInline(text: string): readonly Node[] {
  return text.split(/(`[^`]*`|\*\*[^*]*\*\*)/).map((part) => {
    const kind = part.startsWith("`") ? "code" : part.startsWith("**") ? "strong" : undefined;
    if (kind === undefined) return document.createTextNode(part);
    const element = document.createElement(kind);
    element.textContent = part.slice(kind === "code" ? 1 : 2, kind === "code" ? -1 : -2);
    return element;
  });
}
