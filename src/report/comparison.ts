/** Runs side by side: what each intended, what it achieved, by bound, by band and by version of the policy. */
import type { RunOutline } from "../evidence/record.ts";
import { sayBound, sayCount, sayMany, sayNumber, sayShare, sayWeight } from "../lower/words.ts";
import { achievementOf, meanHeld, type Achievement } from "./achievement.ts";
import { html, shorten, type Markup } from "./markup.ts";
import type { Page } from "./page.ts";
import type { History } from "./history.ts";
import { drawSpark } from "./spark.ts";

export interface ComparedRun {
  readonly run: RunOutline;
  readonly history: History;
  /** Where its own page is. */
  readonly address: string;
}

export interface Comparison {
  /** The folder, as the user named it. */
  readonly folder: string;
  /** Every run that can be chosen, the newest first. */
  readonly available: readonly string[];
  readonly chosen: readonly ComparedRun[];
}

export function comparisonOf({ folder, available, chosen }: Comparison): Pick<Page, "title" | "body"> {
  const columns = chosen.map(columnOf);
  return {
    title: `Runs in ${shorten(folder)}`,
    body: html`<header>
        <p class="kicker">Training under policies</p>
        <h1>Runs in <code>${shorten(folder)}</code></h1>
        <p class="title">${sayMany(available.length, "run")}; ${sayCount(chosen.length)} side by side.</p>
      </header>
      ${columns.length === 0 ? html`<p class="said">No run yet: <code>gov run EXPERIMENT</code> makes one, and this page shows it at once.</p>` : renderTables(columns)}
      ${renderChoice(available, chosen)}`,
  };
}

interface Column {
  readonly compared: ComparedRun;
  readonly achievement: Achievement;
}

function columnOf(compared: ComparedRun): Column {
  return { compared, achievement: achievementOf(compared.run, compared.history) };
}

function renderTables(columns: readonly Column[]): Markup {
  return html`<section id="runs">
      <h2>Achieved</h2>
      ${renderTable(
        columns,
        "What each run came to",
        SUMMARY.map(([name, say]) => ({ name: html`${name}`, cells: columns.map(say) })),
      )}
    </section>
    <section id="bounds">
      <h2>Bounds</h2>
      <p class="quiet">
        The share of steps in which each bound held, its last average, and the average over the run inside its
        range. Runs of other versions of the policy have bounds of their own.
      </p>
      ${renderTable(columns, "Bounds of each run", boundRows(columns))}
    </section>
    <section id="bands">
      <h2>Bands</h2>
      <p class="quiet">
        What each cohort was meant to give to each band, and the share of what the band learned that came from
        it.
      </p>
      ${renderTable(columns, "Routing of each run", routingRows(columns))}
    </section>
    ${renderFigures(columns)}`;
}

interface Row {
  readonly name: Markup;
  readonly cells: readonly Markup[];
}

function renderTable(columns: readonly Column[], label: string, rows: readonly Row[]): Markup {
  if (rows.length === 0) return html`<p class="quiet">Nothing of this was recorded.</p>`;
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">
    <table class="compared">
      <thead>
        <tr>
          <td></td>
          ${columns.map(
            ({ compared: { run, address } }) =>
              html`<th scope="col"><a href="${address}">${nameRun(run.id)}</a>${renderVersion(run)}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, cells }) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** `7k2m9qxd` with the moment beneath, of a name that says both. */
function nameRun(id: string): Markup {
  const [, day, hour, minute, tail] = /^(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)\d\d\.\d{3}Z-(\w+)$/.exec(id) ?? [];
  if (tail === undefined) return html`${shorten(id, 40)}`;
  return html`${tail}<small>${day} ${hour}:${minute} UTC</small>`;
}

function renderVersion({ ir, plan }: RunOutline): Markup {
  const name = ir?.policy.name ?? plan?.policyName ?? "unknown policy";
  const digest = (ir?.digest ?? plan?.policyDigest ?? "").slice(0, 8);
  return html`<small>${shorten(`${name} ${ir?.policy.version ?? ""}`.trim(), 60)}</small
    ><small><code>${shorten(digest, 8)}</code></small>`;
}

const OUTCOMES = {
  finished: { tone: "good", words: "finished" },
  halted: { tone: "bad", words: "halted" },
  interrupted: { tone: "fair", words: "interrupted" },
  failed: { tone: "bad", words: "failed" },
} as const;

const SUMMARY: readonly (readonly [name: string, say: (column: Column) => Markup])[] = [
  [
    "Outcome",
    ({ achievement: { outcome } }) => {
      const { tone, words } =
        outcome === undefined ? { tone: "fair", words: "not ended" } : OUTCOMES[outcome];
      return html`<span class="badge ${tone}">${words}</span>`;
    },
  ],
  ["Bounds held", ({ achievement }) => sayHeld(meanHeld(achievement))],
  [
    "Interventions",
    ({ achievement: { interventions } }) => {
      const { opened, achieved, notAchieved } = interventions;
      if (opened === 0) return html`none`;
      return html`${sayCount(opened)}<small
          >${sayCount(achieved)} achieved, ${sayCount(notAchieved)} not</small
        >`;
    },
  ],
  [
    "Violations",
    ({ achievement: { violations } }) =>
      violations === 0 ? html`none` : html`<span class="badge bad">${sayCount(violations)}</span>`,
  ],
  ["Steps", ({ achievement: { steps } }) => html`${sayCount(steps)}`],
  ["Last loss", ({ achievement: { loss } }) => html`${sayNumber(loss)}`],
  ["Loss", ({ compared: { history } }) => html`${drawSpark(history.loss(), {})}`],
];

function sayHeld(held: number | undefined): Markup {
  if (held === undefined) return html`<span class="quiet">not judged</span>`;
  const tone = held === 1 ? "good" : held >= 0.9 ? "fair" : "bad";
  return html`<span class="badge ${tone}"
    >${held === 1 ? "throughout" : sayShare(Math.min(held, 0.999))}</span
  >`;
}

function boundRows(columns: readonly Column[]): readonly Row[] {
  const names = [
    ...new Set(columns.flatMap(({ achievement }) => achievement.bounds.map(({ bound }) => sayBound(bound)))),
  ];
  return names.map((name) => ({
    name: html`<code>${shorten(name)}</code>`,
    cells: columns.map(({ compared: { history }, achievement: { bounds } }) => {
      const index = bounds.findIndex(({ bound }) => sayBound(bound) === name);
      const found = bounds[index];
      if (found === undefined) return html`<span class="quiet">not in this policy</span>`;
      return html`${sayHeld(found.held)}<small>last ${sayNumber(found.last)}</small
        >${drawSpark(history.bound(index), found.bound.range)}`;
    }),
  }));
}

function routingRows(columns: readonly Column[]): readonly Row[] {
  const routings = columns.map(({ compared: { history } }) => history.routing());
  const keys = new Map(
    routings.flat().map(({ cohort, band }) => [JSON.stringify([cohort, band]), { cohort, band }] as const),
  );
  return [...keys.values()].map(({ cohort, band }) => ({
    name: html`<code>${shorten(cohort, 40)} → ${shorten(band, 40)}</code>`,
    cells: routings.map((cells) => {
      const cell = cells.find((one) => one.cohort === cohort && one.band === band);
      if (cell?.intended === undefined) return html`<span class="quiet">–</span>`;
      const { intended, share } = cell;
      const leaks = intended === 0 && share !== undefined && share > 0;
      return html`${sayWeight(Number(intended.toPrecision(3)))}<small class="${leaks ? "bad" : ""}"
          >${share === undefined ? "not measured" : `share ${sayShare(share)}`}</small
        >`;
    }),
  }));
}

function renderFigures(columns: readonly Column[]): Markup | undefined {
  const figuresOf = ({ achievement }: Column) => achievement.evaluated?.governed?.figures ?? [];
  const names = [...new Set(columns.flatMap(figuresOf).map(({ name }) => name))];
  if (names.length === 0) return undefined;
  const rows = names.slice(0, 100).map((name) => ({
    name: html`${shorten(name)}`,
    cells: columns.map((column) => {
      const figure = figuresOf(column).find((one) => one.name === name);
      return html`${figure === undefined ? "–" : `${sayNumber(figure.value)} ${shorten(figure.unit ?? "", 40)}`}`;
    }),
  }));
  return html`<section id="evaluation">
    <h2>Evaluation</h2>
    ${renderTable(columns, "Evaluation of each run", rows)}
  </section>`;
}

// A folder of more runs than these is looked through by name.
const LISTED = 200;

function renderChoice(available: readonly string[], chosen: readonly ComparedRun[]): Markup | undefined {
  if (available.length === 0) return undefined;
  const isChosen = new Set(chosen.map(({ run }) => run.id));
  return html`<section id="choose">
    <h2>Choose</h2>
    <form method="get" action="/">
      <ul class="choices">
        ${available.slice(0, LISTED).map(
          (id) =>
            html`<li>
              <label
                ><input
                  type="checkbox"
                  name="run"
                  value="${id}"
                  ${isChosen.has(id) ? html`checked` : undefined}
                />
                ${shorten(id, 60)}</label
              >
            </li>`,
        )}
      </ul>
      <button>Compare</button>
    </form>
  </section>`;
}
