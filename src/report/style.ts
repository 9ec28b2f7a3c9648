/** The report's style sheet; the page's security policy admits it by its digest. */
export const STYLE = `
:root {
  --ground: #ffffff; --surface: #f6f7f9; --ink: #15191e; --quiet: #5a6472; --rule: #dfe3e9;
  --accent: #2457c5; --good: #17764a; --fair: #8a5a00; --bad: #b3261e;
  --good-ground: #e6f4ec; --fair-ground: #fbf1dc; --bad-ground: #fbe9e7;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1216; --surface: #171b21; --ink: #e7eaee; --quiet: #9aa5b3; --rule: #2b323b;
    --accent: #86acff; --good: #63cf9b; --fair: #e3b458; --bad: #ff9389;
    --good-ground: #12291e; --fair-ground: #2c2412; --bad-ground: #331a18;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 40px 24px 96px; }
a { color: var(--accent); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
h1, h2, h3, p, figure, dl, dd { margin: 0; }
h1 { font-size: 32px; line-height: 1.2; letter-spacing: -0.015em; font-weight: 650; overflow-wrap: anywhere; }
h2 { font-size: 21px; line-height: 1.3; letter-spacing: -0.01em; font-weight: 650; margin-bottom: 6px; }
h3 { font-size: 15px; font-weight: 600; overflow-wrap: anywhere; }
section { margin-top: 56px; }
small { display: block; font-size: 12px; font-weight: 400; color: var(--quiet); }
.matrix th small { white-space: nowrap; }
code, .place, .run-id { font-family: var(--mono); font-size: 0.875em; unicode-bidi: isolate; overflow-wrap: anywhere; }
.quiet, .note { color: var(--quiet); font-size: 14px; max-width: 70ch; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

.kicker { color: var(--quiet); font-size: 14px; margin-bottom: 6px; }
.run-id { margin-left: 8px; }
.version { font-weight: 400; color: var(--quiet); font-size: 0.7em; }
.title { color: var(--quiet); font-size: 17px; margin-top: 6px; overflow-wrap: anywhere; }
.outcome { margin: 28px 0 24px; padding: 18px 20px; border-radius: 10px; border-left: 4px solid currentColor; }
.outcome > * { color: var(--ink); }
.outcome .headline { font-size: 19px; font-weight: 600; }
.outcome .because { margin: 4px 0; overflow-wrap: anywhere; }
.outcome .because code { margin-left: 6px; }
.outcome .broken { margin: 4px 0 8px; padding-left: 20px; overflow-wrap: anywhere; }
.outcome .verdict { margin-top: 10px; }
.good { color: var(--good); } .fair { color: var(--fair); } .bad { color: var(--bad); }
.outcome.good { background: var(--good-ground); } .outcome.fair { background: var(--fair-ground); } .outcome.bad { background: var(--bad-ground); }
.badge { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 13px; font-weight: 550; border: 1px solid currentColor; white-space: nowrap; }
.badge.good, .outcome .badge.good { color: var(--good); } .badge.fair, .outcome .badge.fair { color: var(--fair); } .badge.bad, .outcome .badge.bad { color: var(--bad); }
a.badge { text-decoration: none; } a.badge:hover { text-decoration: underline; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 16px 24px; }
.facts dt { font-size: 13px; color: var(--quiet); }
.facts dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; font-weight: 550; }
nav { margin-top: 28px; padding: 10px 0; border-block: 1px solid var(--rule); display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 14px; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }

.scroll { overflow-x: auto; margin-top: 16px; }
.scroll.tall { max-height: 80vh; overflow-y: auto; border-block: 1px solid var(--rule); }
.scroll.tall thead th { position: sticky; top: 0; background: var(--ground); }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px 7px 0; unicode-bidi: isolate; }
thead th { font-weight: 550; color: var(--quiet); font-size: 13px; white-space: nowrap; }
tbody tr { border-top: 1px solid var(--rule); }
.stacked, .log, .numbers, .pairs { width: 100%; }
tbody th { font-weight: 550; overflow-wrap: anywhere; }
.log td:first-child, .log td:nth-child(2) { white-space: nowrap; }
.log td { overflow-wrap: anywhere; }
.log td:last-child, .stacked td:last-child { white-space: nowrap; }
tr:target { background: var(--fair-ground); }
.figures { width: 100%; } .figures th[scope="row"] { width: 50%; } .figures td { white-space: nowrap; }
.said { max-width: 70ch; overflow-wrap: anywhere; } .said + .scroll { margin-top: 12px; } #evaluation .scroll + p { margin-top: 12px; } #evaluation p { overflow-wrap: anywhere; }
.pairs { margin: 8px 0 24px; table-layout: fixed; } .pairs th { width: 32%; font-weight: 400; color: var(--quiet); } .pairs td { overflow-wrap: anywhere; }

.matrix { border-collapse: separate; border-spacing: 3px; }
.matrix tr { border: 0; }
.matrix th { padding: 8px 12px 8px 0; color: var(--ink); font-size: 14px; font-weight: 600; overflow-wrap: break-word; min-width: 92px; max-width: 180px; }
.matrix thead th { padding: 8px 10px; vertical-align: bottom; white-space: normal; }
.matrix tbody th { position: sticky; left: 0; background: var(--ground); }
.matrix tbody td { min-width: 100px; padding: 10px; border-radius: 6px; background: var(--surface); }
.matrix b { display: block; font-weight: 600; } .matrix td span { font-size: 13px; }
.matrix .level-1 { background: color-mix(in srgb, var(--accent) 8%, var(--surface)); }
.matrix .level-2 { background: color-mix(in srgb, var(--accent) 13%, var(--surface)); }
.matrix .level-3 { background: color-mix(in srgb, var(--accent) 18%, var(--surface)); }
.matrix .level-4 { background: color-mix(in srgb, var(--accent) 23%, var(--surface)); }
.matrix .level-5 { background: color-mix(in srgb, var(--accent) 28%, var(--surface)); }
.matrix .level-6 { background: color-mix(in srgb, var(--accent) 32%, var(--surface)); }
.matrix .level-7 { background: color-mix(in srgb, var(--accent) 36%, var(--surface)); }
.matrix .level-8 { background: color-mix(in srgb, var(--accent) 40%, var(--surface)); }
.matrix .level-9 { background: color-mix(in srgb, var(--accent) 44%, var(--surface)); }
.matrix .level-10 { background: color-mix(in srgb, var(--accent) 48%, var(--surface)); }
.matrix tbody td.blocked { color: var(--quiet); background: repeating-linear-gradient(-45deg, var(--surface) 0 7px, var(--rule) 7px 8px); }
.matrix tbody td.blocked b, .matrix tbody td.blocked span { background: var(--surface); box-decoration-break: clone; width: fit-content; padding: 0 4px; margin-left: -4px; }
.matrix tbody td.leak { background: var(--bad-ground); color: var(--bad); outline: 2px solid var(--bad); outline-offset: -2px; }

figure { margin-top: 32px; }
figcaption { display: flex; flex-wrap: wrap; gap: 0 16px; align-items: baseline; justify-content: space-between; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.chart { margin-top: 8px; } .timeline { margin: 8px 0 16px; }
svg.narrow { display: none; max-width: 520px; }
svg text { fill: var(--quiet); font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
svg path { fill: none; stroke-linejoin: round; stroke-linecap: round; }
svg .grid { stroke: var(--rule); } svg .axis { stroke: var(--quiet); }
.chart .range { fill: var(--good); opacity: 0.08; } .chart .limit { stroke: var(--good); stroke-dasharray: 4 4; }
.chart .envelope { fill: var(--quiet); opacity: 0.22; }
.chart .curve { stroke: var(--accent); stroke-width: 2; } .chart .curve.outside { stroke: var(--bad); }
.chart .mark rect { fill: var(--fair); opacity: 0.09; } .chart .mark path { stroke: var(--fair); }
.chart .mark .label { fill: var(--fair); opacity: 1; } .chart .mark text { fill: var(--ground); font-size: 11px; font-weight: 600; }
.timeline .lane { fill: var(--ink); font-family: var(--mono); }
.timeline .span { fill: var(--fair); opacity: 0.75; } .timeline .achieved { fill: var(--good); } .timeline .not_achieved { fill: var(--bad); }
.timeline .epoch { stroke: var(--quiet); stroke-width: 2; } .timeline .end { stroke: var(--ink); stroke-width: 3; }
.timeline .breach { fill: var(--bad); stroke: var(--ground); } .timeline .clear { fill: var(--good); stroke: var(--ground); } .timeline .trouble { stroke: var(--bad); stroke-width: 2; }
details { margin-top: 8px; font-size: 14px; } summary { cursor: pointer; color: var(--quiet); width: fit-content; }
.numbers { max-width: 560px; }
.whole { white-space: nowrap; }
.legend { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; color: var(--quiet); }
.legend li { display: flex; align-items: center; gap: 6px; } .legend svg { width: 14px; height: 14px; margin: 0; }

.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 32px 40px; margin-top: 16px; }
.influence { width: 100%; margin-top: 8px; } .influence td:last-child { width: 38%; padding-right: 0; vertical-align: middle; }
.influence th small { display: inline; margin-left: 8px; }
.bar { height: 10px; }
.bar .toward { fill: var(--accent); } .bar .against { fill: var(--fair); }
.bar .fair { fill: var(--fair); }
.shares td:last-child { width: 40%; } .shares td { white-space: nowrap; } .shares th { min-width: 96px; overflow-wrap: break-word; }
.taught { list-style: none; padding: 0; margin: 16px 0 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px; }
.taught li { display: flex; gap: 14px; align-items: flex-start; padding: 12px 14px; border-radius: 8px; background: var(--surface); min-width: 0; }
.taught li > div { flex: 1; min-width: 0; } .taught img { flex: none; width: 84px; height: 84px; object-fit: contain; image-rendering: pixelated; border-radius: 4px; background: #000; }
.taught .share { float: right; font-size: 14px; font-variant-numeric: tabular-nums; margin-left: 8px; } .taught .bar { margin: 6px 0; height: 6px; }
.taught .text { font-size: 14px; margin: 6px 0; overflow-wrap: anywhere; white-space: pre-wrap; } .taught small { overflow-wrap: anywhere; }
.taught dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 10px; margin-top: 6px; font-size: 13px; } .taught dt { color: var(--quiet); } .taught dd { overflow-wrap: anywhere; min-width: 0; }
.flow { margin-top: 16px; } .sankey { min-width: 640px; } .sankey .head { font-size: 13px; } .sankey .name { fill: var(--ink); }
.sankey .node { fill: var(--ink); } .sankey .ribbon { opacity: 0.35; } .sankey .ribbon:hover { opacity: 0.6; }
svg path.ribbon.toward { fill: var(--accent); } svg path.ribbon.against { fill: var(--fair); }

.source { background: var(--surface); border-radius: 8px; padding: 12px 0; margin-bottom: 24px; }
.line { display: flex; align-items: baseline; gap: 16px; padding: 0 16px; min-width: max-content; font-size: 14px; line-height: 1.6; }
.line a { flex: none; width: 3ch; text-align: right; color: var(--quiet); text-decoration: none; font-family: var(--mono); font-size: 12px; user-select: none; }
.line code { white-space: pre; tab-size: 2; }
.line.cited { box-shadow: inset 3px 0 0 var(--fair); }
.line:target { background: var(--fair-ground); }
.problems { padding-left: 20px; margin: 8px 0 0; font-size: 14px; } .problems li { overflow-wrap: anywhere; }
.problems .altered, .problems .malformed, .problems .missing { color: var(--bad); }
#record h3 { margin-top: 24px; }

.compared { min-width: 100%; } .compared th[scope="row"] { min-width: 150px; max-width: 260px; position: sticky; left: 0; background: var(--ground); }
.compared td { min-width: 170px; } .compared thead th small { font-weight: 400; }
.spark { width: 160px; margin-top: 6px; } .compared small { margin-top: 2px; } small.bad { color: var(--bad); }
.choices { list-style: none; padding: 0; margin: 12px 0; columns: 300px; font: 13px var(--mono); } .choices li { break-inside: avoid; padding: 3px 0; } .choices input { margin-right: 8px; }
.steps { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin-top: 12px; font-size: 14px; } .steps label { color: var(--quiet); }
.steps input { font: inherit; width: 12ch; margin-left: 4px; padding: 4px 8px; border-radius: 6px; border: 1px solid var(--rule); background: var(--surface); color: var(--ink); font-variant-numeric: tabular-nums; }
.is-live svg[data-steps] { cursor: crosshair; touch-action: pan-y; } svg .chosen { fill: var(--accent); opacity: 0.2; }
button { font: inherit; font-size: 14px; padding: 6px 16px; border-radius: 6px; border: 1px solid var(--accent); background: var(--accent); color: var(--ground); cursor: pointer; }
.live { position: fixed; right: 16px; bottom: 12px; margin: 0; padding: 3px 12px; border-radius: 99px; font-size: 13px; background: var(--surface); border: 1px solid var(--rule); color: var(--quiet); } .live:empty { display: none; }

@media (max-width: 640px) {
  main { padding: 24px 16px 64px; }
  h1 { font-size: 26px; }
  section { margin-top: 44px; }
  .run-id { display: block; margin: 0; }
  svg.wide { display: none; } svg.narrow { display: block; }
  .matrix tbody td { min-width: 92px; }
  .compared th[scope="row"] { min-width: 96px; max-width: 112px; } .compared td { min-width: 108px; } .spark { width: 96px; }
  .influence th small { display: block; margin: 0; }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacked, .stacked tbody { display: block; }
  .stacked tr { display: block; padding: 10px 0; }
  .stacked td { display: grid; grid-template-columns: 104px 1fr; padding: 3px 0; white-space: normal; }
  .stacked td::before { content: attr(data-name); color: var(--quiet); }
}
@media print { nav, summary { display: none; } .scroll, .scroll.tall { overflow: visible; max-height: none; } }
`;
