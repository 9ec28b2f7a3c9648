/** A policy in the fragment of a link, which no server ever sees: `#gov1.` and its text, deflated, in base64url. */

const MARK = "#gov1.";
/** A link may be made by anybody: what it unfolds to is cut off here. */
const MOST_CHARACTERS = 400_000;

export async function writeFragment(text: string): Promise<string> {
  const deflated = await collect(
    new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw")),
    Number.POSITIVE_INFINITY,
  );
  const binary = Array.from(deflated, (byte) => String.fromCharCode(byte)).join("");
  return MARK + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Undefined where the fragment holds no policy. */
export async function readFragment(fragment: string): Promise<string | undefined> {
  if (!fragment.startsWith(MARK)) return undefined;
  try {
    const binary = atob(fragment.slice(MARK.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new TextDecoder().decode(await collect(stream, MOST_CHARACTERS));
  } catch {
    // A link that was cut on its way.
    return undefined;
  }
}

async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError("the policy is too long");
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
