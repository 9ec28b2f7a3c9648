import { window, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { requestAbout } from "./request.ts";

/** Opens what a policy compiles to, laid out to be read, in a tab beside it. */
export async function showCompiled(client: LanguageClient): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== "gov") return;
  const compiled = await requestAbout<{ text: string }>(client, "gov/compiled", document.uri);
  if (compiled === null) {
    void window.showWarningMessage("The policy has errors, and so no compiled form.");
    return;
  }
  const content = JSON.stringify(JSON.parse(compiled.text), null, 2);
  const shown = await workspace.openTextDocument({ language: "json", content });
  await window.showTextDocument(shown, { preview: true, viewColumn: 2 });
}
