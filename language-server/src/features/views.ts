import { serializeIr } from "../../../src/ir/serialize.ts";
import { listTests, runListedTests, viewMatrix } from "../../../src/ide/views.ts";
import { renderMatrix } from "../../../src/ide/matrix-markup.ts";
import { locationOf, spanRange } from "../locations.ts";
import { readCount, readList, readObject } from "../params.ts";
import { answer, askedDocument, type Feature } from "../session.ts";

/**
 * Requests beyond the protocol, for what an editor shows beside a text. Each takes `{ textDocument }`:
 *
 * - `gov/tests`: the tests that a text carries, `{ title, range }[]`;
 * - `gov/runTests`, with `offsets` of tests or without: `{ title, range, failures }[]`;
 * - `gov/matrix`, with a `moment` or without: the routing matrix as a fragment of HTML without script,
 *   and the moments between which no rule begins or ends: `{ title, html, moments }`;
 * - `gov/compiled`: the compiled form as canonical JSON.
 *
 * All but the first answer null while the policy has errors.
 */
export const views: Feature = {
  capabilities: { experimental: { gov: ["gov/tests", "gov/runTests", "gov/matrix", "gov/compiled"] } },
  register: (session) => {
    answer(session, "gov/tests", (params) => {
      const asked = askedDocument(params, session);
      return (asked === undefined ? [] : listTests(asked.draft)).map(({ title, span }) => ({
        title,
        offset: span.start,
        range: asked && spanRange(span, asked.draft),
      }));
    });
    answer(session, "gov/runTests", (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return null;
      const { offsets } = asked.params;
      const starts =
        offsets === undefined
          ? undefined
          : readList(offsets, "offsets", (offset) => readCount(offset, "offsets"));
      const results = runListedTests(asked.draft, starts);
      if (results === undefined) return null;
      return results.map(({ title, span, failures }) => ({
        title,
        offset: span.start,
        range: spanRange(span, asked.draft),
        failures: failures.map(({ message, labels: [label], notes }) => ({
          message: [message, ...notes.map(({ kind, text }) => `${kind}: ${text}`)].join("\n"),
          location: locationOf(label.span, asked),
        })),
      }));
    });
    answer(session, "gov/matrix", (params) => {
      const asked = askedDocument(params, session);
      if (asked === undefined) return null;
      const { moment } = asked.params;
      const matrix = viewMatrix(asked.draft, moment === undefined ? undefined : readMoment(moment));
      if (matrix === undefined) return null;
      return { title: matrix.policy, html: renderMatrix(matrix).markup, moments: matrix.moments };
    });
    answer(session, "gov/compiled", (params) => {
      const asked = askedDocument(params, session);
      const ir = asked?.draft.compilation.ir;
      return ir === undefined ? null : { text: serializeIr(ir) };
    });
  },
};

function readMoment(value: unknown): {
  readonly step: number;
  readonly epoch: number;
  readonly examples: number;
} {
  const { step, epoch, examples } = readObject(value, "moment");
  return {
    step: readCount(step, "moment.step"),
    epoch: readCount(epoch, "moment.epoch"),
    examples: readCount(examples, "moment.examples"),
  };
}
