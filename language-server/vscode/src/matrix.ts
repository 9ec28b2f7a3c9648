/** The routing matrix of the policy at hand, in a tab of its own that follows what is written. */
import { ViewColumn, window, workspace, type Disposable, type Uri, type WebviewPanel } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { requestAbout } from "./request.ts";

export interface MatrixView extends Disposable {
  readonly show: () => Promise<void>;
  /** The same at a moment that is chosen among those at which rules begin or end. */
  readonly showAtMoment: () => Promise<void>;
}

interface Moment {
  readonly step: number;
  readonly epoch: number;
  readonly examples: number;
}

/** What the server answers to `gov/matrix`: HTML without script, in which all names are escaped. */
interface Matrix {
  readonly title: string;
  readonly html: string;
  readonly moments: readonly { readonly clock: Moment; readonly said: string }[];
}

interface Shown {
  readonly panel: WebviewPanel;
  uri: Uri;
  moment: { readonly clock: Moment; readonly said: string } | undefined;
}

const REST_MILLISECONDS = 150;

export function createMatrixView(client: LanguageClient): MatrixView {
  const state: { shown: Shown | undefined; timer: NodeJS.Timeout | undefined } = {
    shown: undefined,
    timer: undefined,
  };

  const refresh = async (): Promise<void> => {
    const { shown } = state;
    if (shown === undefined) return;
    const { uri, moment } = shown;
    const matrix = await requestAbout<Matrix>(client, "gov/matrix", uri, moment && { moment: moment.clock });
    if (state.shown !== shown || shown.uri !== uri) return;
    if (matrix === null) {
      // What was right a moment ago says more than nothing, while a line is being written.
      if (shown.panel.webview.html === "")
        shown.panel.webview.html = pageOf("The policy has errors.", "", "");
      return;
    }
    shown.panel.title = `Routing: ${matrix.title}`;
    shown.panel.webview.html = pageOf(matrix.title, moment?.said ?? "the start of training", matrix.html);
  };

  const show = async (moment?: Shown["moment"]): Promise<void> => {
    const document = window.activeTextEditor?.document;
    if (document?.languageId !== "gov") return;
    if (state.shown === undefined) {
      const panel = window.createWebviewPanel(
        "gov.matrix",
        "Routing",
        { viewColumn: ViewColumn.Beside, preserveFocus: true },
        { enableScripts: false, localResourceRoots: [] },
      );
      panel.onDidDispose(() => {
        state.shown = undefined;
      });
      state.shown = { panel, uri: document.uri, moment };
    } else {
      state.shown.uri = document.uri;
      state.shown.moment = moment;
      state.shown.panel.reveal(undefined, true);
    }
    await refresh();
  };

  const showAtMoment = async (): Promise<void> => {
    const document = window.activeTextEditor?.document;
    if (document?.languageId !== "gov") return;
    const matrix = await requestAbout<Matrix>(client, "gov/matrix", document.uri);
    const items = (matrix?.moments ?? []).map((moment) => ({ label: moment.said, moment }));
    const chosen = await window.showQuickPick(items, { placeHolder: "When is the example met?" });
    if (chosen !== undefined) await show(chosen.moment);
  };

  const changes = workspace.onDidChangeTextDocument(({ document }) => {
    if (document.languageId !== "gov") return;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => void refresh(), REST_MILLISECONDS);
  });
  const turns = window.onDidChangeActiveTextEditor((editor) => {
    const { shown } = state;
    if (shown === undefined || editor?.document.languageId !== "gov") return;
    shown.uri = editor.document.uri;
    shown.moment = undefined;
    void refresh();
  });

  return {
    show: () => show(),
    showAtMoment,
    dispose: () => {
      clearTimeout(state.timer);
      changes.dispose();
      turns.dispose();
      state.shown?.panel.dispose();
    },
  };
}

/** Nothing is loaded and nothing runs: only this style sheet, by its nonce. */
function pageOf(title: string, moment: string, matrix: string): string {
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<h1>${escapeText(title)}</h1>
${moment === "" ? "" : `<p class="quiet">At ${escapeText(moment)}.</p>`}
${matrix}
</body>
</html>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
body { padding: 8px 20px 32px; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); }
h1 { font-size: 1.3em; font-weight: 600; margin: 8px 0 0; overflow-wrap: anywhere; }
.quiet { color: var(--vscode-descriptionForeground); margin: 4px 0 16px; max-width: 70ch; }
.matrix { border-collapse: separate; border-spacing: 3px; }
.matrix th { text-align: left; font-weight: 600; padding: 6px 12px 6px 0; overflow-wrap: anywhere; max-width: 16em; }
.matrix thead th { padding: 6px 10px; vertical-align: bottom; }
.matrix td { padding: 6px 10px; min-width: 5em; border-radius: 4px; }
.matrix tbody td { background: var(--vscode-editorWidget-background); }
.matrix tbody td.blocked { background: color-mix(in srgb, var(--vscode-editorError-foreground, #b3261e) 18%, var(--vscode-editor-background)); }
.matrix tbody td.full { background: color-mix(in srgb, var(--vscode-charts-green, #17764a) 22%, var(--vscode-editor-background)); }
.matrix tbody td.part, .matrix tbody td.mixed { background: color-mix(in srgb, var(--vscode-charts-yellow, #8a5a00) 20%, var(--vscode-editor-background)); }
.matrix b { font-weight: 500; margin-right: 6px; }
.matrix small { display: block; font-weight: normal; color: var(--vscode-descriptionForeground); }
`;
