/** The playground: a policy on the left, what the compiler knows of it on the right, and no server behind it. */
import { startWorker } from "./ask.ts";
import { applyEdits, createEditor, goTo, showAnalysis } from "./editor.ts";
import { createPanels, elementById } from "./panels.ts";
import { readFragment, writeFragment } from "./share.ts";

/** Put in by the build. */
declare const WORKER: string;
declare const EXAMPLES: Readonly<Record<string, string>>;
declare const STYLE_NONCE: string;

const REST_MILLISECONDS = 60;

const ask = startWorker(WORKER);
const state: { timer: ReturnType<typeof setTimeout> | undefined } = { timer: undefined };
const status = elementById("status");
const examples = elementById("examples") as HTMLSelectElement;
const renaming = elementById("rename") as HTMLDialogElement;
const newName = elementById("new-name") as HTMLInputElement;

const view = createEditor({
  ask,
  parent: elementById("editor"),
  nonce: STYLE_NONCE,
  onChange: () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => void analyse(), REST_MILLISECONDS);
  },
  onDefine: guarded(define),
  onRename: guarded(askForName),
  onFormat: guarded(format),
});
const textOf = (): string => view.state.doc.toString();
const panels = createPanels({
  ask,
  textOf,
  goTo: (start, end) => {
    goTo(view, start, end);
  },
  goToPlace: (line, column) => {
    const { doc } = view.state;
    if (line <= doc.lines) goTo(view, doc.line(line).from + column - 1);
  },
  applyEdits: (edits) => {
    applyEdits(view, edits);
  },
});

for (const name of Object.keys(EXAMPLES)) examples.append(new Option(name, name));
examples.addEventListener("change", () => {
  history.replaceState(null, "", location.pathname + location.search);
  setText(EXAMPLES[examples.value] ?? "");
});
elementById("format").addEventListener("click", guarded(format));
elementById("share").addEventListener("click", guarded(share));
elementById("rename-form").addEventListener("submit", (event) => {
  // The dialog stays until the name is taken.
  event.preventDefault();
  guarded(carryOutRename)();
});
elementById("rename-cancel").addEventListener("click", () => {
  renaming.close();
});
addEventListener("hashchange", guarded(openFragment));
guarded(openFragment)();

/** What fails here is our own mistake: it is said, and the page goes on. */
function guarded(act: () => Promise<void>): () => void {
  return () => {
    act().catch((error: unknown) => {
      say(
        `Something went wrong in the playground: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  };
}

async function openFragment(): Promise<void> {
  const shared = await readFragment(location.hash);
  const [first] = Object.values(EXAMPLES);
  if (shared === undefined && location.hash !== "")
    say("The link holds no policy: it may have been cut off.");
  examples.value = shared === undefined ? (Object.keys(EXAMPLES)[0] ?? "") : "";
  setText(shared ?? first ?? "");
}

function setText(text: string): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: 0 },
    scrollIntoView: true,
  });
}

async function analyse(): Promise<void> {
  const text = textOf();
  const analysis = await ask("analyse", { text });
  if (text !== textOf()) return;
  showAnalysis(view, text, analysis);
  panels.update(analysis.problems);
  const count = (severity: string): number =>
    analysis.problems.filter((problem) => problem.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  const many = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
  status.className = errors > 0 ? "bad" : warnings > 0 ? "fair" : "good";
  status.textContent =
    errors > 0 ? many(errors, "error") : warnings > 0 ? many(warnings, "warning") : "Checked";
}

async function format(): Promise<void> {
  const text = textOf();
  const edits = await ask("format", { text });
  if (text === textOf()) applyEdits(view, edits);
}

async function define(): Promise<void> {
  const place = await ask("define", { text: textOf(), offset: view.state.selection.main.head });
  if (place === undefined) say("There is no name here.");
  else if (place.text === undefined) goTo(view, place.start, place.end);
  else panels.showModule(place.file, place.text, place.start);
}

async function askForName(): Promise<void> {
  const named = await ask("nameAt", { text: textOf(), offset: view.state.selection.main.head });
  if (named.kind === "refused") {
    say(named.reason);
    return;
  }
  elementById("rename-problem").textContent = "";
  newName.value = named.text;
  renaming.showModal();
  newName.select();
}

async function carryOutRename(): Promise<void> {
  const { head } = view.state.selection.main;
  const change = await ask("rename", { text: textOf(), offset: head, newName: newName.value });
  if (change.kind === "refused") {
    elementById("rename-problem").textContent = change.reason;
    return;
  }
  renaming.close();
  applyEdits(view, change.edits);
}

async function share(): Promise<void> {
  history.replaceState(null, "", await writeFragment(textOf()));
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is in the clipboard. The policy is in the link itself: no server keeps it.");
  } catch {
    say("The link is in the address bar. The policy is in the link itself: no server keeps it.");
  }
}

function say(text: string): void {
  const notice = elementById("notice");
  notice.textContent = text;
  notice.hidden = text === "";
  setTimeout(() => {
    if (notice.textContent === text) notice.hidden = true;
  }, 6_000);
}
