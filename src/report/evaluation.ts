/** What the training came to by the experiment's own measure, beside what its ungoverned twin came to. */
import type { MeasuredFigure, RunEvaluated } from "../runtime/events.ts";
import { html, sayWithCode, shorten, type Markup } from "./markup.ts";
import { sayNumber } from "../lower/words.ts";

// An experiment that measures more than this has a page of its own for it.
const ROWS = 200;

/** Undefined where the run was not evaluated. */
export function renderEvaluation(evaluated: RunEvaluated | undefined): Markup | undefined {
  if (evaluated === undefined) return undefined;
  const { governed, ungoverned, comparison, problem } = evaluated;
  return html`<section id="evaluation">
    <h2>Evaluation</h2>
    ${renderSentence(comparison)} ${renderFigures(evaluated)} ${renderSentence(governed?.summary, "quiet")}
    ${problem === undefined ? undefined : html`<p class="fair">${sayWithCode(problem, LONGEST)}</p>`}
    ${
      governed === null && ungoverned === null && problem === undefined
        ? html`<p class="quiet">The experiment gave no figures.</p>`
        : undefined
    }
  </section>`;
}

// Two or three sentences.
const LONGEST = 480;

function renderSentence(text: string | null | undefined, style = "said"): Markup | undefined {
  return text === null || text === undefined
    ? undefined
    : html`<p class="${style}">${shorten(text, LONGEST)}</p>`;
}

function renderFigures({ governed, ungoverned }: RunEvaluated): Markup | undefined {
  const names = [...new Set([governed, ungoverned].flatMap((side) => side?.figures.map(nameOf) ?? []))];
  if (names.length === 0) return undefined;
  const find = (side: RunEvaluated["governed"], name: string): MeasuredFigure | undefined =>
    side?.figures.find((figure) => figure.name === name);
  const sides = ungoverned === null ? [governed] : [governed, ungoverned];
  const head = ["governed", "ungoverned"].slice(0, sides.length);
  return html`<div class="scroll" role="region" aria-label="Figures of the evaluation" tabindex="0">
    <table class="figures">
      <thead>
        <tr>
          <td></td>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.slice(0, ROWS).map(
          (name) =>
            html`<tr>
              <th scope="row">${shorten(name)}</th>
              ${sides.map((side) => html`<td>${sayFigure(find(side, name))}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function nameOf({ name }: MeasuredFigure): string {
  return name;
}

function sayFigure(figure: MeasuredFigure | undefined): string {
  if (figure === undefined) return "–";
  return `${sayNumber(figure.value)}${figure.unit === undefined ? "" : ` ${shorten(figure.unit, 40)}`}`;
}
