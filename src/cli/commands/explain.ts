import { packageFile } from "../../project/package.ts";
import { readText } from "../../project/read.ts";
import { CODES, isDiagnosticCode } from "../../source/codes.ts";
import { nearestName } from "../../source/nearest.ts";
import { jsonText } from "../diagnostics/json.ts";
import { EXIT } from "../exit-codes.ts";
import { showMarkdown } from "../markdown.ts";
import { fail } from "../problem.ts";
import type { ExplainRequest } from "../requests.ts";
import type { Terminal } from "../terminal.ts";

/** `gov explain`: the page of a diagnostic code, which comes with the package. */
export async function explain({ code: asked, format }: ExplainRequest, terminal: Terminal): Promise<number> {
  const code = normalize(asked);
  if (!isDiagnosticCode(code)) {
    const nearest = nearestName(code, Object.keys(CODES));
    const help = nearest === undefined ? "codes look like GOV2001" : `did you mean ${nearest}?`;
    return fail(terminal, `there is no code \`${asked}\``, help);
  }
  const { severity, title } = CODES[code];
  const read = readText(packageFile(`docs/codes/${code}.md`));
  // A code without a page still has its title; the tests see to it that there are pages.
  const page = read.kind === "text" ? read.text : `# ${code}: ${title}\n`;
  if (format === "json") terminal.out(jsonText({ code, severity, title, page }));
  else terminal.out(showMarkdown(page, terminal));
  return EXIT.clean;
}

/** `gov2001`, `2001` and `error[GOV2001]` are all taken for GOV2001. */
function normalize(asked: string): string {
  const inner = /^\w+\[(.*)\]$/.exec(asked.trim())?.[1] ?? asked.trim();
  return /^\d+$/.test(inner) ? `GOV${inner}` : inner.toUpperCase();
}
