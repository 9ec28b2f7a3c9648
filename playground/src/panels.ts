/** The right side: what the compiler makes of the policy, one panel at a time; what is not in sight is not asked for. */
import type { Clock } from "../../src/reason/clock.ts";
import type { Ask } from "./ask.ts";
import { showInline } from "./markdown.ts";
import type { Edit, Problem } from "./protocol.ts";

export interface PanelSetting {
  readonly ask: Ask;
  readonly textOf: () => string;
  readonly goTo: (start: number, end?: number) => void;
  readonly goToPlace: (line: number, column: number) => void;
  readonly applyEdits: (edits: readonly Edit[]) => void;
}

export interface Panels {
  /** The text has changed, and this is what is wrong with it. */
  readonly update: (problems: readonly Problem[]) => void;
  readonly showModule: (file: string, text: string, start: number) => void;
}

interface State {
  tab: string;
  problems: readonly Problem[];
  moment: Clock | undefined;
  /** What stands in the panel of `why`; the matrix offers one to begin with. */
  example: string | undefined;
}

export function createPanels(setting: PanelSetting): Panels {
  const state: State = { tab: "routing", problems: [], moment: undefined, example: undefined };
  const tabs = [...document.querySelectorAll<HTMLButtonElement>('[role="tab"]')];
  const panelOf = (name: string): HTMLElement => elementById(`panel-${name}`);
  const draw = async (): Promise<void> => {
    const { tab } = state;
    const fresh = await DRAWERS[tab]?.(state, setting, redraw);
    if (fresh !== undefined && state.tab === tab) panelOf(tab).replaceChildren(...fresh);
  };
  const redraw = (): void => {
    void draw();
  };
  const choose = (name: string): void => {
    state.tab = name;
    for (const tab of tabs) {
      const isChosen = tab.dataset["tab"] === name;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      panelOf(tab.dataset["tab"] ?? "").hidden = !isChosen;
    }
    redraw();
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => {
      choose(tab.dataset["tab"] ?? "");
    });
    tab.addEventListener("keydown", ({ key }) => {
      const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
      const next = tabs.filter(({ hidden }) => !hidden)[index + step];
      if (step === 0 || next === undefined) return;
      choose(next.dataset["tab"] ?? "");
      next.focus();
    });
  }
  panelOf("routing").addEventListener("click", ({ target }) => {
    const weight = target instanceof Element ? target.closest<HTMLElement>("[data-example]") : null;
    if (weight === null) return;
    state.example = weight.dataset["example"];
    choose("why");
  });
  choose(state.tab);
  return {
    update: (problems) => {
      state.problems = problems;
      const count = elementById("problem-count");
      count.textContent = problems.length === 0 ? "" : String(problems.length);
      redraw();
    },
    showModule: (file, text, start) => {
      const tab = elementById("tab-library");
      tab.hidden = false;
      tab.textContent = file;
      panelOf("library").replaceChildren(...drawModule(text, start));
      choose("library");
      panelOf("library").querySelector(".here")?.scrollIntoView({ block: "center" });
    },
  };
}

type Drawer = (
  state: State,
  setting: PanelSetting,
  redraw: () => void,
) => Promise<readonly Node[] | undefined> | readonly Node[] | undefined;

const DRAWERS: Readonly<Record<string, Drawer>> = {
  problems: drawProblems,
  routing: drawRouting,
  why: drawWhy,
  tests: drawTests,
  compiled: drawCompiled,
};

function drawProblems({ problems }: State, { goTo, applyEdits }: PanelSetting): readonly Node[] {
  if (problems.length === 0)
    return [make("p", { className: "good", textContent: "No problems: what can be proved is proved." })];
  return problems.map(({ severity, code, message, place, notes, start, end, fix }) => {
    const jump = make("button", { className: "problem", type: "button" });
    jump.append(
      make("span", { className: `severity ${severity}`, textContent: severity }),
      make("span", { className: "place", textContent: `${code} at ${place}` }),
      paragraphOf(message, "message"),
      ...notes.map((note) => paragraphOf(note, "note")),
    );
    jump.addEventListener("click", () => {
      goTo(start, end);
    });
    const entry = make("div", { className: "entry" });
    entry.append(jump);
    if (fix !== undefined) {
      const mend = make("button", { className: "fix", type: "button", textContent: `Fix: ${fix.title}` });
      mend.addEventListener("click", () => {
        applyEdits(fix.edits);
      });
      entry.append(mend);
    }
    return entry;
  });
}

async function drawRouting(
  state: State,
  { ask, textOf }: PanelSetting,
  redraw: () => void,
): Promise<readonly Node[]> {
  const matrix = await ask("matrix", { text: textOf(), ...(state.moment && { moment: state.moment }) });
  if (matrix === undefined) return [inTheWay("routing matrix")];
  state.example ??= matrix.example;
  const frame = make("div", { className: "scroll", tabIndex: 0 });
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", "Routing matrix");
  // Made by `renderMatrix`, which escapes whatever the policy says.
  frame.innerHTML = matrix.html;
  const hint = make("p", {
    className: "quiet",
    textContent: "A click on a weight explains it by an example that has it.",
  });
  return [chooseMoment(matrix.moments, state, redraw), frame, hint];
}

function chooseMoment(
  moments: readonly { readonly clock: Clock; readonly said: string }[],
  state: State,
  redraw: () => void,
): HTMLElement {
  const label = make("label", { className: "moment", textContent: "At " });
  const choice = make("select", {});
  const same = ({ clock }: { readonly clock: Clock }): boolean =>
    JSON.stringify(clock) === JSON.stringify(state.moment);
  choice.append(
    ...moments.map((moment, index) => new Option(moment.said, String(index), false, same(moment))),
  );
  choice.disabled = moments.length < 2;
  choice.addEventListener("change", () => {
    state.moment = moments[choice.selectedIndex]?.clock;
    redraw();
  });
  label.append(choice);
  return label;
}

async function drawWhy(
  state: State,
  { ask, textOf, goToPlace }: PanelSetting,
): Promise<readonly Node[] | undefined> {
  const text = textOf();
  const about = { text, ...(state.moment && { moment: state.moment }) };
  const matrix = await ask("matrix", about);
  if (matrix === undefined) return [inTheWay("explanation")];
  state.example ??= matrix.example;
  const answer = make("div", { className: "explanation" });
  const explain = async (): Promise<void> => {
    const { lines, problem } = await ask("why", { ...about, example: state.example ?? "{}" });
    answer.replaceChildren(
      ...(problem === undefined
        ? lines.map((line) => explanationLine(line, goToPlace))
        : [paragraphOf(problem, "bad")]),
    );
  };
  const label = make("label", { textContent: "What may this example teach, and which lines decide it?" });
  const example = make("textarea", { value: state.example, rows: 3, spellcheck: false });
  example.addEventListener("input", () => {
    state.example = example.value;
    void explain();
  });
  label.append(example);
  await explain();
  // Whoever is writing the example goes on writing it.
  if (document.activeElement?.matches("#panel-why textarea") === true) {
    document.querySelector("#panel-why .explanation")?.replaceWith(answer);
    return undefined;
  }
  return [label, answer];
}

/** A line of `gov why`; its places lead to the policy. */
function explanationLine(line: string, goToPlace: PanelSetting["goToPlace"]): HTMLElement {
  const shown = make("div", { className: /^\S/.test(line) ? "heading" : "line" });
  for (const part of line.split(/(\b\d+:\d+\b)/)) {
    const [row, column] = part.split(":").map(Number);
    if (!/^\d+:\d+$/.test(part) || row === undefined || column === undefined) shown.append(part);
    else {
      const link = make("button", { className: "link", type: "button", textContent: part });
      link.addEventListener("click", () => {
        goToPlace(row, column);
      });
      shown.append(link);
    }
  }
  return shown;
}

async function drawTests(_: State, { ask, textOf, goTo }: PanelSetting): Promise<readonly Node[]> {
  const ran = await ask("tests", { text: textOf() });
  if (ran === undefined) return [inTheWay("tests")];
  if (ran.length === 0) return [make("p", { className: "quiet", textContent: "The policy has no tests." })];
  const failed = ran.filter(({ failures }) => failures.length > 0).length;
  const summary = failed === 0 ? `All ${ran.length} tests pass.` : `${failed} of ${ran.length} tests fail.`;
  return [
    make("p", { className: failed === 0 ? "good" : "bad", textContent: summary }),
    ...ran.map(({ title, failures, start, end }) => {
      const jump = make("button", { className: "problem", type: "button" });
      const state = failures.length === 0 ? "passes" : "fails";
      jump.append(
        make("span", { className: `severity ${state}`, textContent: state }),
        make("span", { className: "place", textContent: title }),
        ...failures.map((failure) => make("pre", { className: "note", textContent: failure })),
      );
      jump.addEventListener("click", () => {
        goTo(start, end);
      });
      const entry = make("div", { className: "entry" });
      entry.append(jump);
      return entry;
    }),
  ];
}

async function drawCompiled(_: State, { ask, textOf }: PanelSetting): Promise<readonly Node[]> {
  const compiled = await ask("compiled", { text: textOf() });
  if (compiled === undefined) return [inTheWay("compiled form")];
  const { digest } = JSON.parse(compiled) as { readonly digest: string };
  const said = make("p", { className: "quiet" });
  said.append(
    "The digest of what the policy means, whatever its layout, comments and order: ",
    make("code", { textContent: digest }),
  );
  return [said, make("pre", { className: "compiled", textContent: compiled, tabIndex: 0 })];
}

function drawModule(text: string, start: number): readonly Node[] {
  const before = text.slice(0, start).split("\n").length - 1;
  return text.split("\n").map((line, index) =>
    make("div", {
      className: index === before ? "line here" : "line",
      textContent: line === "" ? " " : line,
    }),
  );
}

function inTheWay(what: string): HTMLElement {
  return make("p", { className: "quiet", textContent: `There is no ${what} while the policy has errors.` });
}

function paragraphOf(text: string, className: string): HTMLElement {
  const paragraph = make("span", { className });
  paragraph.append(...showInline(text));
  return paragraph;
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]>,
): HTMLElementTagNameMap[Tag] {
  return Object.assign(document.createElement(tag), properties);
}

export function elementById(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return element;
}
