import { LLkLookaheadStrategy, type ILookaheadStrategy } from "chevrotain";

/**
 * Chevrotain's own lookahead, computed at each decision when it is first met: a process that reads one policy meets
 * a part of the grammar, and should not wait for the rest.
 */
export class LazyLookahead extends LLkLookaheadStrategy implements ILookaheadStrategy {
  override buildLookaheadForAlternation(
    ...options: Parameters<ILookaheadStrategy["buildLookaheadForAlternation"]>
  ): ReturnType<ILookaheadStrategy["buildLookaheadForAlternation"]> {
    return whenMet(() => super.buildLookaheadForAlternation(...options));
  }

  override buildLookaheadForOptional(
    ...options: Parameters<ILookaheadStrategy["buildLookaheadForOptional"]>
  ): ReturnType<ILookaheadStrategy["buildLookaheadForOptional"]> {
    return whenMet(() => super.buildLookaheadForOptional(...options));
  }
}

// The parser calls a decision as its own method.
function whenMet<Given extends unknown[], Decided>(
  build: () => (...given: Given) => Decided,
): (...given: Given) => Decided {
  let decide: ((...given: Given) => Decided) | undefined;
  return function (this: unknown, ...given: Given): Decided {
    decide ??= build();
    return decide.apply(this, given);
  };
}
