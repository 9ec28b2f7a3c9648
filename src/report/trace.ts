/** "This was taught by these examples, through these bands, under these rules": an answer of `gov trace` as a page. */
import type { Removal, TraceAnswer, TracedExample } from "../evidence/provenance/trace.ts";
import { sayCount, sayMany, sayNumber, sayShare } from "../lower/words.ts";
import { renderFlow } from "./flow.ts";
import { frameOf, html, shorten, type Markup } from "./markup.ts";
import { renderPage } from "./page.ts";

export interface TracePage {
  readonly run: string;
  /** What was asked, in words. */
  readonly question: string;
  readonly answer: TraceAnswer;
  /** Lines of the policy that governed it. */
  readonly rules: readonly TraceRule[];
  /** What examples look like, by id, where that is known. */
  readonly looks?: ReadonlyMap<string, ExampleLook>;
}

export interface TraceRule {
  /** `closed -> encoder: block`. */
  readonly words: string;
  /** `policy.gov:31`. */
  readonly place: string;
}

/** An example as a person can recognise it; all of it is untrusted. */
export interface ExampleLook {
  /** Made by ourselves from numbers. */
  readonly picture?: Picture;
  readonly text?: string;
  /** Its metadata. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** One self-contained page without scripts; names and texts of examples are shown, never interpreted. */
export function renderTrace({ run, question, answer, rules, looks = new Map() }: TracePage): string {
  const { examples, others, removal } = answer;
  const body = html`<header>
      <p class="kicker">Trace of a run <span class="run-id">${shorten(run)}</span></p>
      <h1>${shorten(question, 200)}</h1>
      <p class="title">
        ${sayMany(examples.length + others, "example")} in ${sayMany(answer.rows, "traced row")}; influence in
        sum ${sayNumber(answer.influence)}. Above zero it lowered the loss it points toward.
      </p>
    </header>
    ${renderDamage(answer)} ${removal === undefined ? undefined : renderRemoval(removal)}
    <section id="examples">
      <h2>Taught by these examples</h2>
      ${renderExamples(answer, looks)}
    </section>
    <section id="bands">
      <h2>Through these bands</h2>
      ${renderFlow(answer.flow)} ${renderMatrix(answer)}
    </section>
    <section id="rules">
      <h2>Under these rules</h2>
      ${table(
        ["Rule", "Line"],
        rules.map(({ words, place }) => [
          html`<code>${shorten(words, 200)}</code>`,
          html`<span class="place">${shorten(place, 80)}</span>`,
        ]),
      )}
    </section>`;
  return renderPage({ title: `Trace · ${shorten(run)}`, body, pictures: looks.size > 0 ? "inline" : "none" });
}

function renderDamage({ damaged, notFinite }: TraceAnswer): Markup | undefined {
  const told = [
    ...damaged.map((name) => `${name} is damaged: rows of it are left out`),
    ...(notFinite === 0 ? [] : [`${sayMany(notFinite, "row")} without a finite influence`]),
  ];
  if (told.length === 0) return undefined;
  return html`<ul class="problems">
    ${told.map((line) => html`<li class="altered">${shorten(line)}</li>`)}
  </ul>`;
}

/** What the network would lack without them, to first order: of everything, of each band, of each behaviour. */
function renderRemoval(removal: Removal): Markup {
  const parts = [
    ["All that was asked for", removal] as const,
    ...removal.bands.map((part) => [`Band ${part.name}`, part] as const),
    ...removal.behaviors.map((part) => [`Toward ${sayBehavior(part.name)}`, part] as const),
  ];
  return html`<section id="removal">
    <h2>Without the given examples</h2>
    <p class="quiet">
      ${sayRemoval(removal)}. This is what their steps brought as they were taken; what a training without
      them would come to, only that training tells.
    </p>
    <table class="influence shares">
      <tbody>
        ${parts.map(
          ([name, { share, influence }]) =>
            html`<tr>
              <th scope="row">${shorten(name, 60)}</th>
              <td>${share === null ? "–" : sayShare(share)}</td>
              <td>${sayNumber(influence)}</td>
              <td>${drawBar(share ?? 0, "fair")}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </section>`;
}

function renderExamples(answer: TraceAnswer, looks: ReadonlyMap<string, ExampleLook>): Markup {
  const { examples, others, magnitude } = answer;
  if (examples.length === 0) return html`<p class="quiet">None.</p>`;
  const most = examples[0]?.magnitude ?? 0;
  return html`<ol class="taught">
      ${examples.map((example) => renderExample(example, looks.get(example.name), { most, magnitude }))}
    </ol>
    ${others === 0 ? undefined : html`<p class="quiet">${sayMany(others, "more example")}.</p>`}`;
}

function renderExample(
  example: TracedExample,
  look: ExampleLook | undefined,
  of: { readonly most: number; readonly magnitude: number },
): Markup {
  const { name, cohorts, influence, magnitude, rows, firstStep, lastStep } = example;
  const where =
    firstStep === lastStep
      ? `step ${sayCount(firstStep)}`
      : `steps ${sayCount(firstStep)}–${sayCount(lastStep)}`;
  const fields = look?.fields.map(
    ([field, value]) =>
      html`<dt>${shorten(field, 30)}</dt>
        <dd>${shorten(value, 80)}</dd>`,
  );
  return html`<li>
    ${look?.picture === undefined ? undefined : renderPicture(look.picture, name)}
    <div>
      <b class="place">${shorten(name, 80)}</b>
      <span class="share ${influence < 0 ? "fair" : ""}"
        >${shareOf(magnitude, of.magnitude)} · ${sayNumber(influence)}</span
      >
      ${drawBar(of.most === 0 ? 0 : magnitude / of.most, influence < 0 ? "against" : "toward")}
      ${look?.text === undefined ? undefined : html`<p class="text">${shorten(look.text, 400)}</p>`}
      <small>${shorten(cohorts.join(", ") || "no cohort", 80)} · ${sayMany(rows, "row")}, ${where}</small>
      ${fields === undefined || fields.length === 0 ? undefined : html`<dl>${fields}</dl>`}
    </div>
  </li>`;
}

/** Small pictures are enlarged without smoothing: their pixels are the example. */
function renderPicture({ png, width, height }: Picture, name: string): Markup {
  const data = btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""));
  return html`<img
    src="data:image/png;base64,${data}"
    width="${width}"
    height="${height}"
    alt="${shorten(name, 80)}"
  />`;
}

function renderMatrix({ bands, cohorts, matrix, magnitude }: TraceAnswer): Markup {
  return table(
    ["Cohort", ...bands.map(({ name }) => shorten(name, 40))],
    cohorts.map(({ name }, row) => [
      shorten(name, 40),
      ...(matrix[row] ?? []).map((cell) => shareOf(cell.magnitude, magnitude)),
    ]),
  );
}

/** `12 given examples brought 37% of all influence by size, 0.42 in sum`. */
export function sayRemoval({ examples, share, influence }: Removal): string {
  const part = share === null ? "no influence was traced" : `${sayShare(share)} of all influence by size`;
  return `${sayMany(examples, "given example")} brought ${part}, ${sayNumber(influence)} in sum`;
}

/** "" is how the store writes it. */
export function sayBehavior(name: string): string {
  return name === "" ? "the batch's loss" : name;
}

export function shareOf(part: number, whole: number): string {
  return whole === 0 ? "–" : sayShare(part / whole);
}

function drawBar(share: number, style: string): Markup {
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="${style}" width="${Math.round(share * 1000) / 10}" height="10" />
  </svg>`;
}

function table(heads: readonly string[], rows: readonly (readonly (string | Markup)[])[]): Markup {
  if (rows.length === 0) return html`<p class="quiet">None.</p>`;
  return html`<div class="${frameOf(rows.length)}">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}
