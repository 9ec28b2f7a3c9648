/** The flow of influence: from sets of cohorts through bands to behaviours, as bands of their width, and as a table. */
import type { FlowCell } from "../evidence/provenance/trace.ts";
import { sayNumber, sayShare } from "../lower/words.ts";
import { frameOf, html, shorten, type Markup } from "./markup.ts";

/** Undefined where nothing flows. */
export function renderFlow(cells: readonly FlowCell[]): Markup | undefined {
  const flowing = cells.filter(({ magnitude }) => magnitude > 0);
  const total = sum(flowing);
  if (total === 0) return undefined;
  return html`<figure class="flow">
    <figcaption>
      <h3>From cohorts through bands to behaviours</h3>
      <span class="note">Width: Σ |influence|</span>
    </figcaption>
    ${draw(flowing, total)}
    <details>
      <summary>As a table</summary>
      ${tabulate(flowing, total)}
    </details>
  </figure>`;
}

/** What no column has room for is told together. */
const MOST_NODES = 10;
const OTHERS = "others";

// The gap keeps the labels of two nodes apart that are thin.
const [WIDTH, HEIGHT, TOP, GAP, BAR] = [1000, 360, 28, 14, 12];
/** In characters: with its share behind it, it ends before the picture does. */
const LONGEST_LABEL = 22;
const COLUMNS = [
  { title: "Cohorts", x: 220, nameOf: (cell: FlowCell) => cell.cohorts.join(" + ") || "no cohort" },
  { title: "Bands", x: 494, nameOf: (cell: FlowCell) => cell.band },
  { title: "Behaviours", x: 768, nameOf: (cell: FlowCell) => cell.behavior || "the batch's loss" },
] as const;

interface Node {
  readonly name: string;
  readonly magnitude: number;
  readonly top: number;
  readonly height: number;
}

function draw(cells: readonly FlowCell[], total: number): Markup {
  const columns = COLUMNS.map(({ nameOf }) => layOut(cells, nameOf, total));
  const links = COLUMNS.slice(1).map((_, place) => drawLinks(cells, columns, place, total));
  return html`<div class="scroll" role="region" aria-label="Flow of influence" tabindex="0">
    <svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      class="sankey"
      role="img"
      aria-label="Flow of influence, told by the table below"
    >
      ${links}
      ${columns.map((nodes, place) => {
        const { title, x } = COLUMNS[place] ?? COLUMNS[0];
        return html`<text x="${x + BAR / 2}" y="14" text-anchor="middle" class="head">${title}</text>
          ${nodes.map((node) => drawNode(node, place, x, total))}`;
      })}
    </svg>
  </div>`;
}

/** The largest first, from the top down; what is left over lies last. */
function layOut(
  cells: readonly FlowCell[],
  nameOf: (cell: FlowCell) => string,
  total: number,
): readonly Node[] {
  const sums = new Map<string, number>();
  for (const cell of cells) sums.set(nameOf(cell), (sums.get(nameOf(cell)) ?? 0) + cell.magnitude);
  const ranked = [...sums].toSorted(([, one], [, other]) => other - one);
  const rest = ranked.slice(MOST_NODES - 1);
  const shown: readonly (readonly [string, number])[] =
    ranked.length <= MOST_NODES
      ? ranked
      : [
          ...ranked.slice(0, MOST_NODES - 1),
          [OTHERS, rest.reduce((all, [, magnitude]) => all + magnitude, 0)] as const,
        ];
  const room = HEIGHT - TOP - GAP * shown.length;
  let top = TOP;
  return shown.map(([name, magnitude]) => {
    const height = (magnitude / total) * room;
    const node = { name, magnitude, top, height };
    top += height + GAP;
    return node;
  });
}

function drawNode(node: Node, place: number, x: number, total: number): Markup {
  const { name, magnitude, top, height } = node;
  const label = `${cut(name)} · ${sayShare(magnitude / total)}`;
  const [at, anchor] = place === 0 ? [x - 8, "end"] : [x + BAR + 8, "start"];
  return html`<g>
    <title>${shorten(name)}: ${sayShare(magnitude / total)} of Σ |influence|</title>
    <rect
      class="node"
      x="${x}"
      y="${round(top)}"
      width="${BAR}"
      height="${round(Math.max(1, height))}"
      rx="2"
    />
    <text x="${at}" y="${round(top + height / 2 + 4)}" text-anchor="${anchor}" class="name">${label}</text>
  </g>`;
}

/** What there is room for; the whole name is the node's title. */
function cut(name: string): string {
  const characters = Array.from(name);
  return characters.length <= LONGEST_LABEL ? name : `${characters.slice(0, LONGEST_LABEL - 1).join("")}…`;
}

/** Ribbons from one column to the next, stacked along both in the order of the nodes. */
function drawLinks(
  cells: readonly FlowCell[],
  columns: readonly (readonly Node[])[],
  place: number,
  total: number,
): Markup {
  const [left, right] = [columns[place] ?? [], columns[place + 1] ?? []];
  const [from, to] = [COLUMNS[place] ?? COLUMNS[0], COLUMNS[place + 1] ?? COLUMNS[0]];
  const offsets = new Map([...left, ...right].map((node) => [node, 0]));
  const ribbons = left.flatMap((source) =>
    right.flatMap((target): readonly Markup[] => {
      const own = cells.filter(
        (cell) => isOf(from.nameOf(cell), source, left) && isOf(to.nameOf(cell), target, right),
      );
      const magnitude = sum(own);
      if (magnitude === 0) return [];
      const influence = own.reduce((all, cell) => all + cell.influence, 0);
      const ends = [source, target].map((node) => {
        const height = (magnitude / node.magnitude) * node.height;
        const top = node.top + (offsets.get(node) ?? 0);
        offsets.set(node, (offsets.get(node) ?? 0) + height);
        return { top, height };
      });
      return [drawRibbon(ends, { x: [from.x + BAR, to.x], influence, magnitude, source, target, total })];
    }),
  );
  return html`${ribbons}`;
}

interface Ribbon {
  readonly x: readonly [number, number];
  readonly influence: number;
  readonly magnitude: number;
  readonly source: Node;
  readonly target: Node;
  readonly total: number;
}

function drawRibbon(
  [start, end]: readonly { readonly top: number; readonly height: number }[],
  { x: [left, right], influence, magnitude, source, target, total }: Ribbon,
): Markup {
  const [a, b] = [start ?? { top: 0, height: 0 }, end ?? { top: 0, height: 0 }];
  const middle = (left + right) / 2;
  const path = [
    `M${left} ${round(a.top)}`,
    `C${middle} ${round(a.top)} ${middle} ${round(b.top)} ${right} ${round(b.top)}`,
    `V${round(b.top + b.height)}`,
    `C${middle} ${round(b.top + b.height)} ${middle} ${round(a.top + a.height)} ${left} ${round(a.top + a.height)}Z`,
  ].join("");
  return html`<path class="ribbon ${influence < 0 ? "against" : "toward"}" d="${path}">
    <title>
      ${shorten(source.name)} to ${shorten(target.name)}: ${sayShare(magnitude / total)},
      ${sayNumber(influence)} in sum
    </title>
  </path>`;
}

/** Whether a name is that of a node, the node of all others for those that have none of their own. */
function isOf(name: string, node: Node, column: readonly Node[]): boolean {
  if (name === node.name) return true;
  return node === column.at(-1) && node.name === OTHERS && !column.some((other) => other.name === name);
}

function tabulate(cells: readonly FlowCell[], total: number): Markup {
  const rows = cells.toSorted((one, other) => other.magnitude - one.magnitude);
  return html`<div
    class="${frameOf(rows.length)}"
    role="region"
    aria-label="Flow of influence as a table"
    tabindex="0"
  >
    <table class="numbers">
      <thead>
        <tr>
          ${[...COLUMNS.map(({ title }) => title), "Share", "In sum"].map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cell) =>
            html`<tr>
              ${COLUMNS.map(({ nameOf }) => html`<td>${shorten(nameOf(cell), 60)}</td>`)}
              <td>${sayShare(cell.magnitude / total)}</td>
              <td>${sayNumber(cell.influence)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function sum(cells: readonly FlowCell[]): number {
  return cells.reduce((all, { magnitude }) => all + magnitude, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
