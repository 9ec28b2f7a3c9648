import type { Uri } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

/** Asks the server about a document with one of its own requests; null where it has nothing to say. */
export async function requestAbout<Answer>(
  client: LanguageClient,
  method: string,
  uri: Uri,
  more: object = {},
): Promise<Answer | null> {
  if (!client.isRunning()) return null;
  const textDocument = { uri: client.code2ProtocolConverter.asUri(uri) };
  return await client.sendRequest<Answer | null>(method, { textDocument, ...more });
}
