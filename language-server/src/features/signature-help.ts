import { MarkupKind } from "vscode-languageserver/node";
import { signatureAt } from "../../../src/ide/signature.ts";
import { answer, askedPlace, type Feature } from "../session.ts";

/** What arguments are for. */
export const signatureHelp: Feature = {
  capabilities: { signatureHelpProvider: { triggerCharacters: ["("], retriggerCharacters: [",", ":"] } },
  register: (session) => {
    answer(session, "textDocument/signatureHelp", (params) => {
      const asked = askedPlace(params, session);
      const found = asked && signatureAt(asked.draft, asked.offset);
      if (found === undefined) return null;
      const { label, documentation, parameters, active } = found;
      const signature = {
        label,
        documentation: { kind: MarkupKind.Markdown, value: documentation },
        parameters: parameters.map((parameter) => ({ label: parameter })),
        activeParameter: active,
      };
      return { signatures: [signature], activeSignature: 0, activeParameter: active };
    });
  },
};
