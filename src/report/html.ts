import { sha256 } from "@noble/hashes/sha2.js";
import type { RunRecord } from "../evidence/record.ts";
import { renderBounds } from "./bounds.ts";
import { renderDecisions } from "./decisions.ts";
import { renderEvaluation } from "./evaluation.ts";
import { renderInfluence } from "./influence.ts";
import { renderInterventions } from "./interventions.ts";
import { html, shorten, type Markup } from "./markup.ts";
import { locate } from "./places.ts";
import { renderPolicyText } from "./policy-text.ts";
import { renderRecordState } from "./record-state.ts";
import { renderRouting } from "./routing.ts";
import { tellStory } from "./story.ts";
import { STYLE } from "./style.ts";
import { renderSummary } from "./summary.ts";

/**
 * A run as one self-contained HTML page. It has no script and asks for nothing from anywhere; its policy lets only
 * its own style through, known by digest, so that nothing in the run's data can become more than text.
 */
export function renderReport(run: RunRecord): string {
  const story = tellStory(run);
  const places = locate(run);
  const evaluation = renderEvaluation(story.evaluated);
  const influence = renderInfluence(story.influence, places);
  const absent = [
    ...(evaluation === undefined ? ["evaluation"] : []),
    ...(influence === undefined ? ["influence"] : []),
  ];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'sha256-${digestBase64(STYLE)}'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${shorten(run.ir?.policy.name ?? run.plan?.policyName ?? "Run")} · ${shorten(run.id)}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          ${renderSummary(run, story, places)}
          <nav aria-label="Parts of the report">
            ${sectionLinks(SECTIONS.filter(([id]) => !absent.includes(id)))}
          </nav>
          ${evaluation} ${renderRouting(run, story.routing)} ${renderBounds(story, places)}
          ${renderInterventions(story.interventions, places)} ${renderDecisions(run, story, places)}
          ${influence} ${renderPolicyText(run, places)} ${renderRecordState(run)}
        </main>
      </body>
    </html> `;
  return page.markup;
}

// Whole, because the digest in the security policy is that of every byte between the tags.
const STYLE_ELEMENT: Markup = { markup: `<style>${STYLE}</style>` };

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

function digestBase64(text: string): string {
  return btoa(String.fromCharCode(...sha256(new TextEncoder().encode(text))));
}
