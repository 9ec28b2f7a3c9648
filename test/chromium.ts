import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a browser is; where there is none, a line says what is left out for it. */
export function findChromium(consequence: string): string | undefined {
  const path = PLACES.find((place) => existsSync(place));
  if (path === undefined)
    console.warn(`SKIPPED: there is no Chromium, ${consequence} (apt-get install chromium)`);
  return path;
}
