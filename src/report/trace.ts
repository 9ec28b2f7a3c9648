/** "This was taught by these examples, through these bands, under these rules": an answer of `gov trace` as a page. */
import { sha256 } from "@noble/hashes/sha2.js";
import type { TraceAnswer } from "../evidence/provenance/trace.ts";
import { sayCount, sayMany, sayNumber, sayShare } from "../lower/words.ts";
import { html, shorten, type Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

export interface TracePage {
  readonly run: string;
  /** What was asked, in words. */
  readonly question: string;
  readonly answer: TraceAnswer;
  /** Lines of the policy that governed it. */
  readonly rules: readonly TraceRule[];
}

export interface TraceRule {
  /** `closed -> encoder: block`. */
  readonly words: string;
  /** `policy.gov:31`. */
  readonly place: string;
}

/** One self-contained page without scripts; names of examples are shown, never interpreted. */
export function renderTrace({ run, question, answer, rules }: TracePage): string {
  const { examples, others, bands, removal } = answer;
  const style: Markup = { markup: `<style>${STYLE}</style>` };
  const digest = btoa(String.fromCharCode(...sha256(new TextEncoder().encode(STYLE))));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Trace · ${shorten(run)}</title>
        ${style}
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">Trace of a run <span class="run-id">${shorten(run)}</span></p>
            <h1>${shorten(question, 200)}</h1>
            <p>
              ${sayMany(answer.rows, "traced row")} by ${sayMany(examples.length + others, "example")};
              influence in sum ${sayNumber(answer.influence)}. Above zero it lowered the loss it points
              toward.
            </p>
            ${removal === undefined ? undefined : html`<p>${sayRemoval(removal)}</p>`}
          </header>
          <section>
            <h2>Taught by these examples</h2>
            ${table(
              ["Example", "Cohorts", "Influence", "Share", "Rows", "Steps"],
              examples.map(({ name, cohorts, influence, magnitude, rows, firstStep, lastStep }) => [
                shorten(name, 80),
                shorten(cohorts.join(", "), 80),
                sayNumber(influence),
                shareOf(magnitude, answer.magnitude),
                sayCount(rows),
                `${sayCount(firstStep)}–${sayCount(lastStep)}`,
              ]),
            )}
            ${others === 0 ? undefined : html`<p class="quiet">${sayMany(others, "more example")}.</p>`}
          </section>
          <section>
            <h2>Through these bands</h2>
            ${table(
              ["Cohort", ...bands.map(({ name }) => shorten(name, 40))],
              answer.cohorts.map(({ name }, row) => [
                shorten(name, 40),
                ...(answer.matrix[row] ?? []).map(({ magnitude }) => shareOf(magnitude, answer.magnitude)),
              ]),
            )}
          </section>
          <section>
            <h2>Under these rules</h2>
            ${table(
              ["Rule", "Line"],
              rules.map(({ words, place }) => [shorten(words, 200), shorten(place, 80)]),
            )}
          </section>
        </main>
      </body>
    </html> `.markup;
}

/** `without them 37% of the influence would not have been there`. */
export function sayRemoval({ examples, share, influence }: NonNullable<TraceAnswer["removal"]>): string {
  const part = share === null ? "no influence was traced" : `${sayShare(share)} of all influence by size`;
  return `${sayMany(examples, "given example")} brought ${part}, ${sayNumber(influence)} in sum`;
}

export function shareOf(part: number, whole: number): string {
  return whole === 0 ? "–" : sayShare(part / whole);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): Markup {
  if (rows.length === 0) return html`<p class="quiet">None.</p>`;
  return html`<div class="scroll">
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
