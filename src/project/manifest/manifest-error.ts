/** A manifest cannot be read: the message begins with the file, and the line where there is one. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly help: string | undefined;

  constructor(place: string, problem: string, help?: string) {
    super(`${place}: ${problem}`);
    this.help = help;
  }
}
