import type { FlowCell } from "../evidence/provenance/trace.ts";
import type { RunOutline, RunRecord } from "../evidence/record.ts";
import { renderBounds } from "./bounds.ts";
import { renderDecisions } from "./decisions.ts";
import { renderEvaluation } from "./evaluation.ts";
import type { StepRange } from "./curve.ts";
import { historyOf, type History } from "./history.ts";
import { renderInfluence } from "./influence.ts";
import { renderInterventions } from "./interventions.ts";
import { html, shorten, type Markup } from "./markup.ts";
import { renderPage, type Page } from "./page.ts";
import { locate } from "./places.ts";
import { renderPolicyText } from "./policy-text.ts";
import { renderRecordState } from "./record-state.ts";
import { renderRouting } from "./routing.ts";
import { tellStory } from "./story.ts";
import { renderSummary } from "./summary.ts";

/** A run as one self-contained HTML page, without a script and without a request to anywhere. */
export function renderReport(run: RunRecord, flow?: readonly FlowCell[]): string {
  return renderPage(reportOf(run, historyOf(run.measurements), { flow }));
}

export interface ReportOptions {
  /** From the run's provenance; what of it is left out is not drawn. */
  readonly flow?: readonly FlowCell[] | undefined;
  /** The steps whose curves are drawn; all when left out. */
  readonly shown?: StepRange | undefined;
  /** By what other steps are chosen, where somebody answers to that. */
  readonly chooser?: Markup;
}

/** The page of a run, for whoever puts it on a server. */
export function reportOf(
  run: RunOutline,
  history: History,
  { flow = [], shown, chooser }: ReportOptions = {},
): Pick<Page, "title" | "body"> {
  const story = tellStory(run, history, shown);
  const places = locate(run);
  const evaluation = renderEvaluation(history.evaluated());
  const influence = renderInfluence(history.influence(), places, flow);
  const absent = [
    ...(evaluation === undefined ? ["evaluation"] : []),
    ...(influence === undefined ? ["influence"] : []),
  ];
  return {
    title: `${shorten(run.ir?.policy.name ?? run.plan?.policyName ?? "Run")} · ${shorten(run.id)}`,
    body: html`${renderSummary(run, story, places)}
      <nav aria-label="Parts of the report">
        ${sectionLinks(SECTIONS.filter(([id]) => !absent.includes(id)))}
      </nav>
      ${evaluation} ${renderRouting(run, history.routing())} ${renderBounds(story, places, chooser)}
      ${renderInterventions(story.interventions, places)} ${renderDecisions(run, story, places)} ${influence}
      ${renderPolicyText(run, places)} ${renderRecordState(run)}`,
  };
}

const SECTIONS = [
  ["evaluation", "Evaluation"],
  ["routing", "Routing"],
  ["bounds", "Bounds"],
  ["interventions", "Interventions"],
  ["decisions", "Decisions"],
  ["influence", "Influence"],
  ["policy", "Policy"],
  ["record", "Record"],
] as const;

function sectionLinks(sections: readonly (readonly [string, string])[]): Markup {
  return html`${sections.map(([id, title]) => html`<a href="#${id}">${title}</a> `)}`;
}
