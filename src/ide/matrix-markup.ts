/** The routing matrix as a fragment of HTML, for editors and the playground; no script, and names are only shown. */
import { sayMany, sayWeight } from "../lower/words.ts";
import type { MatrixCell, MatrixRow, PossibleWeight } from "../reason/matrix.ts";
import { formatPlace } from "../source/span.ts";
import { html, shorten, type Markup } from "../report/markup.ts";
import { showExample } from "./tell/witness.ts";
import type { MatrixView } from "./views.ts";

export function renderMatrix({ bands, rows, omitted, network }: MatrixView): Markup {
  if (bands.length === 0) return html`<p class="quiet">The policy declares no band.</p>`;
  return html`<table class="matrix">
      <thead>
        <tr>
          <td></td>
          ${bands.map((band) => html`<th scope="col">${shorten(band, 60)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(renderRow)}
      </tbody>
    </table>
    <p class="quiet">
      The weights that examples of a cohort have on a band, ${network}.
      ${omitted === 0 ? undefined : `${sayMany(omitted, "more cohort")} not shown.`}
    </p>`;
}

function renderRow({ cohort, isDynamic, cells }: MatrixRow): Markup {
  return html`<tr>
    <th scope="row">
      ${cohort === "all" ? "every example" : shorten(cohort, 60)}${isDynamic ? html`<small>dynamic</small>` : undefined}
    </th>
    ${cells.map((cell) => renderCell(cohort, cell))}
  </tr>`;
}

function renderCell(cohort: string, { band, weights, isOpen }: MatrixCell): Markup {
  if (weights.length === 0 && !isOpen)
    return html`<td class="empty" title="no example can be in ${cohort}">–</td>`;
  const [first] = weights;
  const kind =
    weights.length !== 1 || isOpen || first === undefined
      ? "mixed"
      : first.weight === 0
        ? "blocked"
        : first.weight === 1
          ? "full"
          : "part";
  return html`<td class="${kind}" data-cohort="${cohort}" data-band="${band}">
    ${weights.map((weight) => renderWeight(weight))}${isOpen ? html`<span>and perhaps others</span>` : undefined}
  </td>`;
}

function renderWeight({ weight, example, rules }: PossibleWeight): Markup {
  const from =
    rules.length === 0
      ? "no rule speaks: the default"
      : rules.map(({ cohort, band, span }) => `${cohort} -> ${band} (${formatPlace(span)})`).join("\n");
  const shown = showExample(example);
  return html`<b
    title="${from}${shown === undefined ? "" : `\nsuch as ${shown}`}"
    data-example="${JSON.stringify(example)}"
    >${sayWeight(weight)}</b
  > `;
}
