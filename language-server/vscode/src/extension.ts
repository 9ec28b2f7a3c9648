/** The extension: a client of the bundled language server, with Gov's tests and the routing matrix beside it. */
import { commands, window, type ExtensionContext } from "vscode";
import { createClient } from "./client.ts";
import { showCompiled } from "./compiled.ts";
import { createMatrixView } from "./matrix.ts";
import { exploreTests } from "./tests.ts";

/** Called by VS Code when the first policy is opened, or a folder that has one. */
export async function activate(context: ExtensionContext): Promise<void> {
  const client = createClient(context);
  const matrix = createMatrixView(client);
  context.subscriptions.push(
    client,
    matrix,
    exploreTests(client),
    commands.registerCommand("gov.showMatrix", () => matrix.show()),
    commands.registerCommand("gov.showMatrixAt", () => matrix.showAtMoment()),
    commands.registerCommand("gov.showCompiled", () => showCompiled(client)),
    commands.registerCommand("gov.restartServer", () => client.restart()),
  );
  try {
    await client.start();
  } catch (error) {
    // Colours, snippets and brackets go on without the server.
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(
      `The Gov language server did not start: ${reason}. See the setting gov.server.command.`,
    );
  }
}
