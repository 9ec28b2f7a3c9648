/** The editor: CodeMirror, with everything that it knows about Gov asked of the worker. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  snippet,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField, type ChangeSpec } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  type DecorationSet,
} from "@codemirror/view";
import type { Ask } from "./ask.ts";
import { showMarkdown } from "./markdown.ts";
import type { Analysis, Edit, Offer } from "./protocol.ts";

export interface EditorSetting {
  readonly ask: Ask;
  readonly parent: HTMLElement;
  /** By which the page's policy admits the editor's style sheets. */
  readonly nonce: string;
  readonly onChange: () => void;
  readonly onDefine: () => void;
  readonly onRename: () => void;
  readonly onFormat: () => void;
}

export function createEditor({ ask, parent, nonce, onChange, ...acts }: EditorSetting): EditorView {
  const run = (act: () => void) => (): boolean => {
    act();
    return true;
  };
  return new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({ "aria-label": "The policy" }),
        lineNumbers(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightSelectionMatches(),
        indentUnit.of("  "),
        lintGutter(),
        colours,
        EditorState.languageData.of(() => [
          {
            commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
            closeBrackets: { brackets: ["(", "{", '"'] },
          },
        ]),
        autocompletion({ override: [(context) => completeAt(context, ask)] }),
        hoverTooltip(async (view, pos) => {
          const found = await ask("hover", { text: view.state.doc.toString(), offset: pos });
          if (found === undefined) return null;
          return {
            pos: found.start,
            end: found.end,
            create: () => ({ dom: showMarkdown(found.markdown) }),
          };
        }),
        EditorView.domEventHandlers({
          click: ({ ctrlKey, metaKey }) => {
            if (!ctrlKey && !metaKey) return false;
            acts.onDefine();
            return true;
          },
        }),
        keymap.of([
          { key: "F12", run: run(acts.onDefine) },
          { key: "F2", run: run(acts.onRename) },
          { key: "Shift-Alt-f", run: run(acts.onFormat) },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
          // Esc and then Tab leaves the editor, for those who have no mouse.
          indentWithTab,
        ]),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged) onChange();
        }),
      ],
    }),
  });
}

/** Shows what was found in a text; nothing where the text is another by now. */
export function showAnalysis(view: EditorView, text: string, { problems, tokens }: Analysis): void {
  if (view.state.doc.toString() !== text) return;
  const diagnostics = problems.map(({ start, end, severity, code, message, notes, fix }): Diagnostic => ({
    from: start,
    to: Math.min(Math.max(end, start), text.length),
    severity,
    source: code,
    message: [message, ...notes].join("\n"),
    ...(fix && {
      actions: [
        {
          name: fix.title,
          apply: (own: EditorView) => {
            applyEdits(own, fix.edits);
          },
        },
      ],
    }),
  }));
  view.dispatch(setDiagnostics(view.state, diagnostics), {
    effects: setColours.of(
      Decoration.set(
        tokens
          .filter(({ start, end }) => end > start)
          .map(({ start, end, kind }) => Decoration.mark({ class: `tok-${kind}` }).range(start, end)),
      ),
    ),
  });
}

export function applyEdits(view: EditorView, edits: readonly Edit[]): void {
  view.dispatch({ changes: changesOf(edits), scrollIntoView: true });
  view.focus();
}

/** Puts the cursor at a place and shows it. */
export function goTo(view: EditorView, start: number, end = start): void {
  const { length } = view.state.doc;
  const [anchor, head] = [Math.min(start, length), Math.min(end, length)];
  view.dispatch({
    selection: { anchor, head },
    effects: EditorView.scrollIntoView(anchor, { y: "center" }),
  });
  view.focus();
}

function changesOf(edits: readonly Edit[]): readonly ChangeSpec[] {
  return edits.map(({ start, end, text }) => ({ from: start, to: end, insert: text }));
}

// ── colours ────────────────────────────────────────────────────────────────────────────────────────────────────

const setColours = StateEffect.define<DecorationSet>();

const colours = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (known, transaction) =>
    transaction.effects.reduce(
      (now, effect) => (effect.is(setColours) ? effect.value : now),
      // Until the worker has answered, colours move with their words.
      known.map(transaction.changes),
    ),
  provide: (field) => EditorView.decorations.from(field),
});

// ── completion ─────────────────────────────────────────────────────────────────────────────────────────────────

async function completeAt(context: CompletionContext, ask: Ask): Promise<CompletionResult | null> {
  if (!context.explicit && context.matchBefore(/[\p{L}_][\w/.-]*|[":>(,|&] ?/u) === null) return null;
  const offers = await ask("complete", { text: context.state.doc.toString(), offset: context.pos });
  const [first] = offers;
  if (first === undefined || context.aborted) return null;
  return {
    from: first.start,
    to: first.end,
    options: offers.map((offer) => optionOf(offer, ask)),
    validFor: /^[\p{L}\w]*$/u,
  };
}

function optionOf(offer: Offer, ask: Ask): Completion {
  const { index, label, kind, detail, rank } = offer;
  return {
    label,
    type: ICONS[kind] ?? "text",
    boost: 50 - 10 * rank,
    ...(detail !== undefined && { detail }),
    info: async () => {
      const markdown = await ask("document", { index });
      return markdown === "" ? null : showMarkdown(markdown);
    },
    apply: (view, completion, from, to) => {
      insertOffer(offer, view, completion, { from, to });
    },
  };
}

function insertOffer(
  { insert, isSnippet, edits }: Offer,
  view: EditorView,
  completion: Completion,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const changes = view.state.changes([...changesOf(edits)]);
  if (edits.length > 0) view.dispatch({ changes });
  const [start, end] = [changes.mapPos(from, 1), changes.mapPos(to, 1)];
  if (isSnippet) snippet(insert)(view, completion, start, end);
  else
    view.dispatch({
      changes: { from: start, to: end, insert },
      selection: { anchor: start + insert.length },
      userEvent: "input.complete",
    });
}

const ICONS: Readonly<Record<string, string>> = {
  keyword: "keyword",
  sign: "keyword",
  type: "type",
  band: "class",
  cohort: "enum",
  profile: "class",
  behavior: "function",
  param: "variable",
  ruleset: "function",
  field: "property",
  value: "constant",
  layer: "namespace",
  module: "namespace",
  file: "text",
};
