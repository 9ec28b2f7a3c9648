/** What a training came to, as the experiment itself measures it. */
export interface Evaluation {
  /** In the order in which they are to be shown. */
  readonly figures: readonly Figure[];
  /** What the figures mean, in a sentence. */
  readonly summary?: string;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit?: string;
}

/** What is wrong with what an experiment's `evaluate` gave back, or nothing. */
export function evaluationProblem(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value) || !Array.isArray(value["figures"]))
    return "its `evaluate` must give back `{ figures: [{ name, value }, …] }`";
  const wrong = value["figures"].findIndex((figure) => !isFigure(figure));
  if (wrong !== -1)
    return `figure ${wrong + 1} that its \`evaluate\` gave back is not a \`{ name, value }\` of a text and a number`;
  if (!isTextIfThere(value["summary"])) return "the `summary` that its `evaluate` gave back is not a text";
  return undefined;
}

function isFigure(figure: unknown): boolean {
  return (
    isObject(figure) &&
    typeof figure["name"] === "string" &&
    typeof figure["value"] === "number" &&
    isTextIfThere(figure["unit"])
  );
}

function isTextIfThere(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
