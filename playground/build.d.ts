/** Writes the page to a folder, and gives its path. */
export function buildPlayground(folder: string): Promise<string>;
