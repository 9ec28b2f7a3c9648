/** The top of the page: whose run this is and how it ended, in plain words. */
import { judgeProperties, type Property } from "../evidence/attest/properties.ts";
import { verifies, type LoggedRunEnded, type RunOutline } from "../evidence/record.ts";
import { html, sayWithCode, shorten, type Markup } from "./markup.ts";
import type { Places } from "./places.ts";
import type { Story } from "./story.ts";
import { sayCount, sayMany, sayNumber, sayTime } from "../lower/words.ts";

type Tone = "good" | "fair" | "bad";

export function renderSummary(run: RunOutline, story: Story, places: Places): Markup {
  const policy = run.ir?.policy;
  const name = policy?.name ?? run.plan?.policyName ?? "unknown policy";
  return html`<header>
    <p class="kicker">
      Training under a policy${sayStart(run.environment?.started)}
      <span class="run-id">${shorten(run.id)}</span>
    </p>
    <h1>
      ${shorten(name)}
      ${policy?.version === undefined ? undefined : html`<span class="version">${shorten(policy.version, 40)}</span>`}
    </h1>
    ${policy?.title === undefined ? undefined : html`<p class="title">${shorten(policy.title, 400)}</p>`}
    ${renderOutcome(run, story, places)}
    <dl class="facts">
      ${facts(run, story).map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

interface Outcome {
  readonly tone: Tone;
  readonly headline: string;
}

const OUTCOMES: Readonly<Record<LoggedRunEnded["outcome"], Outcome>> = {
  finished: { tone: "good", headline: "Finished" },
  halted: { tone: "bad", headline: "Halted by its policy" },
  interrupted: { tone: "fair", headline: "Interrupted by the user" },
  failed: { tone: "bad", headline: "Failed" },
};
const CUT_OFF: Outcome = { tone: "fair", headline: "Cut off" };

function renderOutcome(run: RunOutline, story: Story, places: Places): Markup {
  const { end } = story;
  const { tone, headline } = end === undefined ? CUT_OFF : OUTCOMES[end.outcome];
  const record = sayRecord(run, story);
  const kept = judgePolicy(run, story);
  return html`<div class="outcome ${tone === "good" ? kept.tone : tone}">
    <p class="headline">${headline} ${sayMoment(story)}${kept.headline}</p>
    ${renderPolicyVerdict(kept, places)}
    ${end === undefined ? html`<p>The record stops before the end of the run.</p>` : undefined}
    ${end?.span === undefined ? undefined : html`<p class="because">${places.line(end.span)} <code>${shorten(places.quote(end.span) ?? "")}</code></p>`}
    ${end?.reason === undefined ? undefined : html`<p>${sayWithCode(end.reason, 400)}</p>`}
    ${sayUpdates(story)}
    <p>${sayInterventions(story)}</p>
    <p class="verdict"><a class="badge ${record.tone}" href="#record">${record.headline}</a></p>
  </div>`;
}

/** What became of what the policy asks for: a run that got to its end has not kept its policy for that. */
interface Kept extends Outcome {
  readonly said: string | undefined;
  readonly broken: readonly Property[];
}

function judgePolicy(run: RunOutline, { end }: Story): Kept {
  const policy = run.ir?.policy;
  const silent: Kept = { tone: "good", headline: "", said: undefined, broken: [] };
  if (policy === undefined || end === undefined) return silent;
  const properties = judgeProperties(
    policy,
    run.decisions.map(({ event }) => event),
  );
  const missing = properties.filter(({ holds }) => !holds);
  const of = sayMany(properties.length, "property", "properties");
  if (policy.provenance.attest.some(({ moment }) => moment === "release")) {
    if (missing.length === 0) return { ...silent, headline: ", and released", said: `All of ${of} hold.` };
    const said = `The policy does not release this run: ${sayCount(missing.length)} of ${of} ${missing.length === 1 ? "does" : "do"} not hold.`;
    return { tone: "bad", headline: ", and not released", said, broken: missing };
  }
  const broken = missing.filter(({ achieved }) => (achieved?.breaches ?? 0) > 0);
  if (broken.length === 0) return silent;
  const said = `${sayMany(broken.length, "bound")} of ${sayCount(policy.bounds.length)} ${broken.length === 1 ? "is" : "are"} breached at the end.`;
  return { tone: "fair", headline: "", said, broken };
}

function renderPolicyVerdict({ said, broken }: Kept, places: Places): Markup | undefined {
  if (said === undefined) return undefined;
  return html`<p>${said}</p>
    ${
      broken.length === 0
        ? undefined
        : html`<ul class="broken">
            ${broken.map(
              ({ name, found, span }) =>
                html`<li>
                  <code>${shorten(name.replace(/^STRATA_(BOUND )?/, ""))}</code> ${shorten(found)}
                  ${span === undefined ? undefined : places.line(span)}
                </li>`,
            )}
          </ul>`
    }`;
}

/** `after 1,407 steps, 3 epochs`; steps are named as policies name them, from 0, epochs as people count. */
function sayMoment({ end, history, last }: Story): string {
  const { count } = history.steps();
  const epoch = sayCount(last.epoch + 1);
  const done = sayMany(count, "step");
  if (end?.outcome === "finished") return `after ${done}, ${sayMany(last.epoch + 1, "epoch")}`;
  if (end?.outcome === "halted" || end?.outcome === "failed")
    return count === 0
      ? "before the first step was over"
      : `in step ${sayCount(last.step)} of epoch ${epoch}`;
  return `after ${done}, in epoch ${epoch}`;
}

/** Where not every step changed the weights. */
function sayUpdates({ end, history }: Story): Markup | undefined {
  if (end?.updates === undefined || end.updates === history.steps().count) return undefined;
  return html`<p>${sayMany(end.updates, "update")} ${end.updates === 1 ? "was" : "were"} applied.</p>`;
}

function sayRecord(run: RunOutline, story: Story): Outcome {
  if (!verifies(run)) return { tone: "bad", headline: "The record does not verify" };
  if (story.end === undefined) return { tone: "fair", headline: "The record verifies as far as it goes" };
  return { tone: "good", headline: "The record verifies" };
}

/** `3 interventions: 1 achieved what it was meant to, 2 did not.` */
function sayInterventions({ interventions, bounds }: Story): string {
  if (bounds.length === 0 && interventions.length === 0) return "The policy sets no bounds.";
  if (interventions.length === 0) return "No bound asked for an intervention.";
  const closedAs = (outcome: string): number =>
    interventions.filter(({ closed }) => closed?.outcome === outcome).length;
  const parts = [
    [closedAs("achieved"), "achieved"],
    [closedAs("not_achieved"), "not achieved"],
    [closedAs("superseded"), "superseded"],
    [interventions.filter(({ closed }) => closed === undefined).length, "open at the end"],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, words]) => `${sayCount(count)} ${words}`);
  return `${sayMany(interventions.length, "intervention")}: ${counts.join(", ")}.`;
}

function facts(run: RunOutline, { history }: Story): readonly (readonly [string, string])[] {
  const { environment } = run;
  const { count, examples, milliseconds, lastLoss } = history.steps();
  return [
    ["Steps", sayCount(count)],
    ["Examples", sayCount(examples)],
    ["Time in steps", sayTime(milliseconds)],
    ["Last loss", sayNumber(lastLoss)],
    ["Seed", environment?.seed === undefined ? "not recorded" : String(environment.seed)],
    ["Backend", shorten(nameBackend(environment?.backend))],
  ];
}

/** `wasm`, of `wasm (SIMD, 2 threads) · tfjs 4.22.0`; the record's own section has all of it. */
function nameBackend(description: string | undefined): string {
  return description === undefined ? "not recorded" : (/^[^\s(·]+/u.exec(description)?.[0] ?? description);
}

/** `, started 2026-11-23 08:34 UTC`. */
function sayStart(started: string | undefined): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$/.exec(started ?? "");
  return parts === null ? "" : `, started ${parts[1] ?? ""} ${parts[2] ?? ""} UTC`;
}
