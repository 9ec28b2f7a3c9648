import type { StepRange } from "./curve.ts";
import { html, type Markup } from "./markup.ts";
import { sayCount } from "../lower/words.ts";

export interface StepChooser {
  /** Of the page. */
  readonly address: string;
  readonly shown: StepRange | undefined;
  /** Of the run so far. */
  readonly last: number;
}

/** By which a part of the steps is chosen, on a page that a server of our own gives out. */
export function renderChooser({ address, shown, last }: StepChooser): Markup {
  const field = (name: string, words: string, value: number): Markup =>
    html`<label
      >${words} <input type="number" name="${name}" min="0" step="1" value="${value}" required
    /></label>`;
  return html`<form class="steps" method="get" action="${address}#bounds">
    ${field("from", "Steps", shown?.first ?? 0)} ${field("to", "to", shown?.last ?? last)}
    <button>Show</button>
    ${shown === undefined ? html`<span class="quiet">of ${sayCount(last + 1)}; or drag across a curve</span>` : html`<a href="${address}#bounds">All ${sayCount(last + 1)} steps</a>`}
  </form>`;
}
