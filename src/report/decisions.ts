/** The decisions of a run in time: a picture with one lane per bound, and the log as a table. */
import type { Bound } from "../check/policy.ts";
import type { LogEntry, LoggedDecision, RunOutline } from "../evidence/record.ts";
import type { ExamplesRefused } from "../runtime/events.ts";
import type { Span } from "../source/span.ts";
import { frameOf, html, sayWithCode, shorten, type Markup } from "./markup.ts";
import type { Places } from "./places.ts";
import type { Story } from "./story.ts";
import { drawTimeline } from "./timeline.ts";
import { sayAction, sayCount, sayMany, sayMetric, sayNumber, sayOutcome } from "../lower/words.ts";

// The front and the end of a long log; the file holds all of it.
const FIRST_ROWS = 350;
const LAST_ROWS = 150;

export function renderDecisions(run: RunOutline, story: Story, places: Places): Markup {
  const { decisions } = run;
  const shown = chooseRows(decisions);
  const hidden = decisions.length - shown.length;
  return html`<section id="decisions">
    <h2>Decisions</h2>
    ${drawTimeline(run, story)}
    <details open>
      <summary>Log, ${sayMany(decisions.length, "entry", "entries")}</summary>
      ${hidden === 0 ? undefined : html`<p class="quiet">${sayMany(hidden, "entry", "entries")} in the middle left out here; the ledger holds all.</p>`}
      <div class="${frameOf(shown.length)}" role="region" aria-label="Decision log" tabindex="0">
        <table class="log">
          <thead>
            <tr>
              <th scope="col">Entry</th>
              <th scope="col">Step</th>
              <th scope="col">Decision</th>
              <th scope="col">Policy line</th>
            </tr>
          </thead>
          <tbody>
            ${shown.map(({ sequence, event }) => {
              const span = spanOf(event);
              return html`<tr id="entry-${sequence}">
                <td>${sequence}</td>
                <td>${sayCount(event.clock.step)}</td>
                <td>${sayDecision(event, story)}</td>
                <td>${span === undefined ? "" : places.line(span)}</td>
              </tr> `;
            })}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
}

function chooseRows(decisions: readonly LogEntry[]): readonly LogEntry[] {
  if (decisions.length <= FIRST_ROWS + LAST_ROWS) return decisions;
  return [...decisions.slice(0, FIRST_ROWS), ...decisions.slice(-LAST_ROWS)];
}

function spanOf(event: LoggedDecision): Span | undefined {
  return "span" in event ? event.span : undefined;
}

function sayDecision(event: LoggedDecision, { bounds }: Story): Markup {
  switch (event.kind) {
    case "run_started":
      return html`run started, bound to ${sayMany(Object.keys(event.files).length, "file")}`;
    case "run_resumed":
      return html`run resumed at step ${sayCount(event.clock.step)}, after it had been stopped`;
    case "file_bound":
      return html`${event.role} <code>${shorten(event.path)}</code> bound, SHA-256
        <code title="${shorten(event.sha256)}">${shorten(event.sha256.slice(0, 12))}</code>`;
    case "run_ended":
      return html`run
      ${event.outcome}${event.reason === undefined ? "" : html`: ${sayWithCode(event.reason, 400)}`}`;
    case "epoch_ended":
      return html`epoch ${event.clock.epoch + 1} ended, loss ${sayNumber(event.loss)}, weights
        <code title="${shorten(event.weightsDigest)}">${shorten(event.weightsDigest.slice(0, 12))}</code>`;
    case "bound_breached":
      return html`<code>${shorten(sayMetric(event.metric))}</code> ${event.side} its range:
        ${sayNumber(event.measured)}`;
    case "bound_cleared":
      return html`<code>${nameBound(bounds[event.bound])}</code> clear again: ${sayNumber(event.measured)}`;
    case "intervention_opened":
      return html`intervention ${event.id} opened: <code>${shorten(sayAction(event.action))}</code>`;
    case "intervention_closed":
      return html`intervention ${event.id} closed: ${sayOutcome(event.outcome)}, ${sayNumber(event.measured)}`;
    case "examples_refused":
      return sayRefusal(event);
    case "weights_restored":
      return html`weights restored for <code>${nameBound(bounds[event.bound])}</code>: those of step
        ${sayCount(event.from.step)}`;
    case "checkpoint_saved":
      return html`checkpoint <code>${shorten(event.file)}</code> saved`;
    case "step_skipped":
      return html`step skipped for <code>${nameBound(bounds[event.bound])}</code>`;
    case "tracker_failed":
      return html`the copy for ${shorten(event.tracker)} ends: ${shorten(event.reason, 240)}`;
    case "violation_found":
      return html`violation ${event.code}: ${shorten(event.message, 240)}`;
  }
}

function nameBound(bound: Bound | undefined): string {
  return bound === undefined ? "a bound" : shorten(sayMetric(bound.metric));
}

const REFUSED_SHOWN = 3;

function sayRefusal({ count, disposition, examples }: ExamplesRefused): Markup {
  const named = examples
    .slice(0, REFUSED_SHOWN)
    .map(({ id, missing, altered }) =>
      altered.length > 0
        ? `${shorten(id, 60)} is not what its ${shorten(altered.join(", "), 60)} says`
        : `${shorten(id, 60)} lacks ${shorten(missing.join(", "), 60)}`,
    );
  return html`${sayMany(count, "example")} refused
  (${disposition})${named.length === 0 ? "" : `: ${named.join("; ")}`}`;
}
