/** Every request that the server says it answers. */
export const METHODS = [
  "textDocument/diagnostic", "workspace/diagnostic", "textDocument/completion", "completionItem/resolve",
  "textDocument/signatureHelp", "textDocument/hover", "textDocument/definition", "textDocument/typeDefinition",
  "textDocument/references", "textDocument/documentHighlight", "textDocument/prepareRename", "textDocument/rename",
  "textDocument/documentSymbol", "workspace/symbol", "textDocument/formatting", "textDocument/rangeFormatting",
  "textDocument/onTypeFormatting", "textDocument/semanticTokens/full", "textDocument/semanticTokens/full/delta",
  "textDocument/semanticTokens/range", "textDocument/codeAction", "textDocument/codeLens", "codeLens/resolve",
  "workspace/executeCommand", "textDocument/inlayHint", "textDocument/foldingRange", "textDocument/selectionRange",
  "textDocument/documentLink", "textDocument/prepareCallHierarchy", "callHierarchy/incomingCalls",
  "callHierarchy/outgoingCalls", "workspace/willRenameFiles", "gov/tests", "gov/runTests", "gov/matrix", "gov/compiled",
] as const; // prettier-ignore
