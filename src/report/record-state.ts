/** The end of the page: whether the record is what the run wrote, and what the run ran on and with. */
import { boundFiles } from "../evidence/bindings.ts";
import {
  placeOf,
  verifies,
  type Enforcement,
  type RecordProblem,
  type RunOutline,
  type SignedHead,
} from "../evidence/record.ts";
import { html, shorten, type Markup } from "./markup.ts";
import { sayMany } from "../lower/words.ts";

export function renderRecordState(run: RunOutline): Markup {
  return html`<section id="record">
    <h2>Record</h2>
    ${sayVerification(run)}
    ${
      run.problems.length === 0
        ? undefined
        : html`<ul class="problems">
            ${run.problems.map(renderProblem)}
          </ul>`
    }
    <h3>Environment</h3>
    ${renderPairs(environmentPairs(run))} ${renderSaved(run)}
    <h3>Files that the run began with</h3>
    ${renderPairs(Object.entries(boundFiles(run.decisions)))}
  </section>`;
}

function sayVerification(run: RunOutline): Markup {
  const entries = sayMany(run.decisions.length, "decision");
  if (!verifies(run))
    return html`<p>
      <span class="badge bad">Does not verify</span> The record is not what the run wrote, or not all of it.
      The first places where that shows:
    </p>`;
  return html`<p>
      <span class="badge good">Verifies</span> ${entries} under one signed root, the first with the SHA-256 of
      every file below; all were recomputed for this page.
    </p>
    ${run.head === undefined ? undefined : sayHead(run.head)}`;
}

function sayHead({ signer, trust, origin, size, root, signatures }: SignedHead): Markup {
  const others = signatures.filter(({ id }) => id !== signer.id).map(({ name, id }) => `${name} (${id})`);
  const by = `${signer.name} (key ${signer.id})`;
  return renderPairs([
    ["ledger", origin],
    ["signed entries", String(size)],
    ["root", root],
    ["signed by", trust === "given" ? by : `${by}, by the key that lies in the folder`],
    ...(others.length === 0 ? [] : [["also signed by, not checked here", others.join(", ")] as const]),
  ]);
}

function renderProblem(problem: RecordProblem): Markup {
  return html`<li class="${problem.kind}">
    <code>${shorten(placeOf(problem))}</code> ${shorten(problem.message, 240)}
  </li>`;
}

function environmentPairs(run: RunOutline): readonly (readonly [string, string])[] {
  const { environment, ir } = run;
  const named = (
    title: string,
    values: Readonly<Record<string, string>> = {},
  ): (readonly [string, string])[] =>
    Object.entries(values).map(([name, value]) => [`${title} ${name}`, value]);
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ["command", environment?.command?.join(" ")],
    ["started", environment?.started],
    ["seed", environment?.seed === undefined ? undefined : String(environment.seed)],
    ["backend", environment?.backend],
    ["enforcement", environment?.enforcement && sayEnforcement(environment.enforcement)],
    ["git commit", environment?.git && `${environment.git.commit} (${environment.git.state})`],
    ...named("version of", environment?.versions),
    ...named("SHA-256 of", environment?.data),
    ["SHA-256 of the policy's meaning", ir?.digest],
  ];
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

function renderSaved(run: RunOutline): Markup | undefined {
  const end = run.decisions.map(({ event }) => event).find((event) => event.kind === "run_ended");
  if (end?.saved === undefined) return undefined;
  return html`<h3>Files of the trained model, by SHA-256</h3>
    ${renderPairs(Object.entries(end.saved))}`;
}

function renderPairs(pairs: readonly (readonly [string, string])[]): Markup {
  if (pairs.length === 0) return html`<p class="quiet">Not recorded.</p>`;
  return html`<table class="pairs">
    <tbody>
      ${pairs.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${shorten(name)}</th>
            <td>${shorten(value, 300)}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function sayEnforcement({ level, override, found }: Enforcement): string {
  const findings = `${found.errors} errors and ${found.warnings} warnings by the check`;
  return override === undefined ? `${level}; ${findings}` : `${level}, overridden: ${override}; ${findings}`;
}
