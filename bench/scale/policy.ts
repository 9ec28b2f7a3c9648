/** Policies of any size, such as a large project would have: nine lines to a declaration, no problem in any of them. */

/** Declarations of one part of the network and the rules about it. */
const IN_A_PART = 25;
const LINES_EACH = 9;

/** A formatted policy of about so many declarations (a multiple of 25) and nine times as many lines. */
export function generatePolicy(declarations: number): string {
  const parts = Array.from({ length: Math.max(1, Math.round(declarations / IN_A_PART)) }, (_, part) => part);
  const lines = [
    ...`policy large "A network of ${parts.length} blocks" version "1.0.0"\n`.split("\n"),
    ...modelOf(parts),
    "",
    ...EXAMPLE.split("\n"),
  ];
  for (const part of parts) {
    const own = declarationsOf(part).map((declaration) => ["", ...declaration.split("\n")]);
    // Prose makes up the rest, as in policies that people have to approve.
    const missing = (part + 1) * IN_A_PART * LINES_EACH - lines.length - own.flat().length;
    own.forEach(([blank = "", ...text], index) => {
      const prose = PROSE.slice(0, countIn(missing, index, own.length));
      lines.push(blank, ...prose, ...text);
    });
  }
  return `${lines.join("\n")}\n`;
}

/** A policy whose one claim can only be proved from all of its cohorts together, over twelve fields. */
export function generateClaim(cohorts: number): string {
  const numbers = Array.from({ length: cohorts }, (_, number) => number);
  return [
    "policy wide",
    "",
    EXAMPLE,
    "",
    'band encoder = layers "encoder/**"',
    "",
    ...numbers.map((number) => `cohort c${number} = ${predicateOf(number)}`),
    `cohort sensitive =\n  ${numbers.map((number) => `(c${number} and ${guardOf(number)})`).join("\n  or ")}`,
    "",
    ...numbers.map((number) => `route c${number} -> encoder: block`),
    "",
    "never sensitive -> encoder",
    "",
  ].join("\n");
}

const PROSE = [
  "// Agreed with those who own the data, and written down in the minutes of that meeting.",
  "// Whoever changes this asks them first: they have been told what it says today.",
  "// The reasons are the same as for the other blocks, and hold until the next review.",
  "// Measured on the last three releases; the figures are in the report that belongs to them.",
  "// It was stricter once, and the block learnt too little from what it is meant for.",
  "// There is a test for it below.",
];

/** How many of so many lines stand above the declaration at an index. */
function countIn(lines: number, index: number, declarations: number): number {
  return Math.floor(((index + 1) * lines) / declarations) - Math.floor((index * lines) / declarations);
}

const EXAMPLE = `example {
  id: string
  label: int in 0..99
  source: string
  licence: enum("cc0", "cc-by", "cc-by-sa", "proprietary", "unknown")
  language: enum("de", "en", "es", "fr", "ja", "pt", "zh")
  tags: set<string>
  consented: bool
  collected: date
  quality: fraction
  score: float?
  annotator: string?
  hash: digest
}`;

const LICENCES = ["cc0", "cc-by", "cc-by-sa", "proprietary", "unknown"];
const LANGUAGES = ["de", "en", "es", "fr", "ja", "pt", "zh"];
const TAGS = ["embargo", "medical", "minor", "press", "speech"];

function predicateOf(number: number): string {
  const low = (number * 7) % 90;
  const day = `2024-${two((number % 12) + 1)}-${two((number % 28) + 1)}`;
  const conditions = [
    `label in ${low}..${low + 9}`,
    `licence == "${pick(LICENCES, number)}"`,
    `language in {"${pick(LANGUAGES, number)}", "${pick(LANGUAGES, number + 3)}"}`,
    `"${pick(TAGS, number)}" in tags`,
    number % 2 === 0 ? "consented == true" : "consented == false",
    `collected < "${day}"`,
    `quality >= ${((number % 9) + 1) * 10}%`,
    `(has score and score > ${number % 13}.5)`,
    `source matches "crawl/${number % 17}/**"`,
    `(has annotator and annotator == "team_${number % 11}")`,
  ];
  return [0, 3, 5].map((step) => pick(conditions, number + step)).join(" and ");
}

function guardOf(number: number): string {
  return `(label < ${50 + (number % 50)} or licence != "${pick(LICENCES, number + 1)}" or quality < 90%)`;
}

function modelOf(parts: readonly number[]): readonly string[] {
  const layers = parts.flatMap((part) => [
    `  layer "block_${part}/dense" kind dense units 64`,
    `  layer "block_${part}/out" kind dense units 32`,
  ]);
  return ["model {", ...layers, "}"];
}

/** Twenty-five declarations about one block, as they stand in the file. */
function declarationsOf(part: number): readonly string[] {
  const [low, middle, high] = [(part * 5) % 80, ((part * 5) % 80) + 9, ((part * 5) % 80) + 19];
  const year = 2020 + (part % 6);
  const month = two((part % 12) + 1);
  const licence = pick(LICENCES, part);
  const language = pick(LANGUAGES, part);
  return [
    `/// All of block ${part}.
/// What it has learnt is reviewed every quarter by those who own the data.
band block_${part} = layers "block_${part}/**"`,
    `/// The half of the output that other teams build on.
band head_${part} = layers "block_${part}/out" units 0..15`,
    `/// What the block keeps to itself.
band inner_${part} = block_${part} - head_${part}`,
    `/// The labels that this block specialises in.
cohort own_${part} = label in ${low}..${middle}`,
    `/// Those beside them, which it should be able to tell from its own.
cohort near_${part} = label in ${middle + 1}..${high} and not own_${part}`,
    `/// Collected before the terms of ${year} came into force, or never agreed to.
/// The vendor's annotators work under terms of their own.
cohort closed_${part} =
  licence == "${licence}" and collected < "${year}-${month}-01"
  or "embargo" in tags and consented == false
  or has annotator and annotator matches "vendor_${part}/**"`,
    `/// Good enough to be learnt from at full weight.
cohort clean_${part} =
  quality >= ${50 + (part % 40)}%
  and language in { "${language}", "${pick(LANGUAGES, part + 2)}" }
  and (not has score or score > ${part % 17}.5)
  and not closed_${part}
  and not source matches "crawl/${part}/**"`,
    `/// Pictures and voices of children, whatever their licence says.
cohort minors_${part} =
  "minor" in tags
  and ("medical" in tags or "press" in tags)
  and collected < "${year + 1}-${month}-15"`,
    `/// What may be taught by data that must leave no trace in the head.
profile careful_${part} { head_${part}: block, inner_${part}: 25% }`,
    `route closed_${part} -> block_${part}: block`,
    `// A block that has seen its own labels for a while is shown their neighbours.
route near_${part} -> inner_${part}: 75% from ${100 + part} steps until ${10_000 + part} steps`,
    `route minors_${part} through careful_${part}`,
    `// Later in the training the head should change little.
route own_${part} -> head_${part}: 90% from 2 epochs`,
    `detach closed_${part} at head_${part}`,
    `/// A collapsing block is slowed before it is stopped.
bound entropy(block_${part}) in 0.20..0.95 over 50 steps {
  below => attenuate block_${part} to 50% for 100 steps then halt after 500 steps
  above => warn
}`,
    `/// Sudden steps of the head would be felt by everybody who builds on it.
bound gradient_norm(head_${part}) <= ${10 + part} over 10 steps {
  above => clip head_${part} at ${5 + part} for 50 steps then freeze head_${part} for 100 steps after 200 steps
}`,
    `bound loss_gap(clean_${part}, near_${part}) in -2..2 over 1 epoch {
  outside => log
}`,
    `/// Promised to those who own the data.
never closed_${part} -> head_${part}, inner_${part}`,
    `never minors_${part} -> head_${part}`,
    testOf(
      `what is closed never trains block ${part}`,
      { label: low, licence, collected: `${year - 1}-${month}-01` },
      [`block_${part}: block`, `head_${part}: block`, `closed_${part}`, `not minors_${part}`],
    ),
    testOf(
      `what came after the terms trains block ${part}`,
      { label: low, licence, collected: "2027-01-01" },
      [`block_${part}: full`, `own_${part}`, `not closed_${part}`, `not near_${part}`],
    ),
    testOf(
      `children's pictures leave no trace in head ${part}`,
      { label: high, licence, collected: `${year}-${month}-10`, tags: '"minor", "medical"' },
      [`head_${part}: block`, `minors_${part}`, `not closed_${part}`],
    ),
    testOf(`neighbours teach block ${part} as well`, { label: high, licence, collected: "2027-01-01" }, [
      `inner_${part}: full`,
      `near_${part}`,
      `not own_${part}`,
    ]),
    `test "a collapse of block ${part} is slowed, then stopped" {
  given entropy(block_${part}) = 0.1 for 700 steps
  expect attenuate block_${part} to 50%
  expect halt
}`,
    `test "block ${part} is left alone while it is well" {
  given entropy(block_${part}) = 0.5 for 700 steps
  given gradient_norm(head_${part}) = 1 for 700 steps
  expect no halt
}`,
  ];
}

interface Given {
  readonly label: number;
  readonly licence: string;
  readonly collected: string;
  readonly tags?: string;
}

function testOf(
  title: string,
  { label, licence, collected, tags }: Given,
  expected: readonly string[],
): string {
  return `test "${title}" {
  given {
    id: "archive/${label}/0001"
    label: ${label}
    source: "archive/${label}"
    licence: "${licence}"
    language: "en"
    collected: "${collected}"
    consented: true
    quality: 90%
    score: 1.5
    annotator: "team_${label}"
    tags: ${tags === undefined ? "{}" : `{ ${tags} }`}
  }
${expected.map((line) => `  expect ${line}`).join("\n")}
}`;
}

function pick(words: readonly string[], index: number): string {
  return words[index % words.length] ?? "";
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
