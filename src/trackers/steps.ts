/** What several events say about one step, put together: tools that show curves know one row for each step. */
export interface StepRow<Part> {
  readonly step: number;
  /** Of the first of its events. */
  readonly moment: number;
  readonly parts: readonly Part[];
}

export interface StepRows<Part> {
  readonly add: (step: number, moment: number, parts: readonly Part[]) => void;
  /** Gives out the step that was still open. */
  readonly flush: () => void;
}

/** Gives out each step once another begins. Steps never go backwards: what comes late counts to the step under way. */
export function byStep<Part>(emit: (row: StepRow<Part>) => void): StepRows<Part> {
  let open: { step: number; moment: number; parts: Part[] } | undefined;
  let reached = 0;
  const flush = (): void => {
    if (open !== undefined) emit(open);
    open = undefined;
  };
  return {
    add: (step, moment, parts) => {
      if (parts.length === 0) return;
      if (open !== undefined && step > open.step) flush();
      reached = Math.max(reached, step);
      open ??= { step: reached, moment, parts: [] };
      open.parts.push(...parts);
    },
    flush,
  };
}
