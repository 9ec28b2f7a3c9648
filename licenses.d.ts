/** The licences of all packages that have a part in a bundle, given the files that were bundled. */
export function collectLicenses(inputs: readonly string[]): string;
