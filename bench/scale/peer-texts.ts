/** Files of the peers, of about so many lines: nine to a declaration, as in `policy.ts`. */

/** Models of TypeSpec that refer to each other. */
export function typeSpecText(lines: number): string {
  const models = Array.from({ length: Math.round(lines / 9) }, (_, index) =>
    [
      `/** The model number ${index}. */`,
      `model Model${index} {`,
      "  id: string;",
      "  @minValue(0) label: int32;",
      `  licence: "cc0" | "cc-by";`,
      `  previous: Model${Math.max(0, index - 1)};`,
      "  tags: string[];",
      "}",
      "",
    ].join("\n"),
  );
  return `${models.join("\n")}\n`;
}

/** Models of Prisma. */
export function prismaText(lines: number): string {
  const head = 'datasource db {\n  provider = "sqlite"\n}\n';
  const models = Array.from({ length: Math.round(lines / 9) }, (_, index) =>
    [
      `/// The model number ${index}.`,
      `model Model${index} {`,
      "  id Int @id",
      "  label Int",
      "  licence String",
      `  previousId Int`,
      "  tags String",
      "}",
      "",
    ].join("\n"),
  );
  return `${head}\n${models.join("\n")}\n`;
}

/** Policies of Cedar, each with conditions on the resource. */
export function cedarText(lines: number): string {
  const policies = Array.from({ length: Math.round(lines / 9) }, (_, index) =>
    [
      `// The policy number ${index}.`,
      `permit (`,
      `  principal == User::"user${index}",`,
      `  action == Action::"view",`,
      `  resource`,
      `)`,
      `when { resource.label < ${index} && resource.licence == "cc0" }`,
      `unless { resource.tags.contains("embargo${index}") };`,
      "",
    ].join("\n"),
  );
  return `${policies.join("\n")}\n`;
}

export const CEDAR_SCHEMA = `entity User;
entity Item = { label: Long, licence: String, tags: Set<String> };
action "view" appliesTo { principal: [User], resource: [Item] };
`;
