import { sha256 } from "@noble/hashes/sha2.js";
import { html, type Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

export interface Page {
  readonly title: string;
  readonly body: Markup;
  /** Only on pages that a server of our own gives out; a page in a file has none. */
  readonly script?: string;
  /** `inline`: the page holds pictures of its own, made from numbers; none is ever fetched. */
  readonly pictures?: "inline" | "none";
}

/**
 * A self-contained HTML page. Its security policy lets through only its own style and script, known by digest, so
 * that nothing in the data it shows can become more than text.
 */
export function renderPage({ title, body, script, pictures = "none" }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${securityPolicy(script, pictures)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>${body}</main>
        ${script === undefined ? undefined : scriptElement(script)}
      </body>
    </html> `;
  return page.markup;
}

// Whole, because the digest in the security policy is that of every byte between the tags.
const STYLE_ELEMENT: Markup = { markup: `<style>${STYLE}</style>` };

function scriptElement(script: string): Markup {
  return { markup: `<script>${script}</script>` };
}

/** Made of digests and of words of our own alone. */
function securityPolicy(script: string | undefined, pictures: "inline" | "none"): Markup {
  const images = pictures === "inline" ? "img-src data:; " : "";
  const style = `${images}style-src 'sha256-${digestBase64(STYLE)}'; base-uri 'none'`;
  if (script === undefined) return { markup: `default-src 'none'; ${style}; form-action 'none'` };
  const live = `script-src 'sha256-${digestBase64(script)}'; connect-src 'self'; form-action 'self'`;
  return { markup: `default-src 'none'; ${style}; ${live}` };
}

function digestBase64(text: string): string {
  return btoa(String.fromCharCode(...sha256(new TextEncoder().encode(text))));
}
