/** What the exit codes of `gov` mean. They are part of its interface: scripts and pipelines read them. */
export const EXIT = {
  clean: 0,
  /** The tool could not do its work: wrong usage, a missing file, a crash. */
  failed: 1,
  /** More warnings than `--max-warnings` allows. */
  warnings: 2,
  /** A policy's tests failed, or cover less than `--threshold`. */
  testsFailed: 2,
  /** A fault that `gov audit` planted got through, or a run without one raised an alarm. */
  auditFailed: 2,
  /** A change that `diff --fail-on` names. */
  refused: 2,
  /** More examples are refused than `data --max-refused` allows. */
  tooManyRefused: 2,
  /** Errors in the policy; records that do not fit its schema. */
  errors: 3,
  /** Not formatted (`fmt --check`). */
  unformatted: 4,
  /** The run was halted by its policy. */
  halted: 5,
  /** The evidence does not verify. */
  unverified: 6,
  /** Ended by Ctrl-C, as shells number it. */
  interrupted: 130,
} as const;
