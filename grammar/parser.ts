/**
 * The grammar of Gov: rules only, no actions. One token of lookahead decides nearly everywhere, so that a mistake
 * is met at the very token that is wrong; where a keyword may be a name, a `GATE` looks further and says why.
 * The parser is strict. Recovery is in `src/syntax/recover.ts`: Chevrotain re-synchronises on token types, and in
 * a language where every keyword may be a name it would do so in the middle of things.
 */
import { CstParser, EOF, tokenMatcher, type IParserErrorMessageProvider, type TokenType } from "chevrotain";
import { LazyLookahead } from "./lookahead.ts";
import { startsDeclaration, type Lookahead } from "./shape.ts";
import {
  Arrow,
  Assign,
  AtLeast,
  AtMost,
  BandMetricName,
  BandOperator,
  BraceClose,
  BraceOpen,
  Colon,
  Comma,
  ComparisonOperator,
  EntityName,
  EntropySubjectName,
  EntropyUnitName,
  False,
  FatArrow,
  Greater,
  keywords as word,
  Less,
  Minus,
  Name,
  NumberLiteral,
  ParenthesisClose,
  ParenthesisOpen,
  PercentLiteral,
  Question,
  RangeOperator,
  ScaleActionName,
  SideName,
  SimpleActionName,
  StringLiteral,
  TimeUnitName,
  True,
  TypeName,
  vocabulary,
} from "./tokens.ts";

const called = (LABEL: string, ERR_MSG: string): { LABEL: string; ERR_MSG: string } => ({ LABEL, ERR_MSG });
const COHORT = called("cohort", "the name of a cohort");
const BAND = called("band", "the name of a band");
const PROFILE = called("profile", "the name of a profile");
const FIELD = called("field", "the name of a field");
const NEW_NAME = called("name", "a name");

export class GovParser extends CstParser {
  private readonly choices = new Map<string, unknown>();
  private readonly lookahead: Lookahead = (distance) => this.LA(distance);

  constructor(options: { readonly validate: boolean; readonly messages?: IParserErrorMessageProvider }) {
    super(vocabulary, {
      maxLookahead: 1,
      lookaheadStrategy: new LazyLookahead({ maxLookahead: 1 }),
      nodeLocationTracking: "onlyOffset",
      skipValidations: !options.validate,
      ...(options.messages && { errorMessageProvider: options.messages }),
    });
    this.performSelfAnalysis();
  }

  // ── the file ───────────────────────────────────────────────────────────────────────────────────────────────

  file = this.RULE("file", () => {
    this.OPTION(() => this.SUBRULE(this.header));
    this.MANY(() => this.SUBRULE(this.import));
    this.MANY1(() => this.SUBRULE(this.declaration));
  });

  header = this.RULE("header", () => {
    this.OR([
      { ALT: () => this.CONSUME(word.policy, { LABEL: "role" }) },
      { ALT: () => this.CONSUME(word.module, { LABEL: "role" }) },
    ]);
    this.CONSUME(Name, NEW_NAME);
    this.OPTION(() => this.CONSUME(StringLiteral, { LABEL: "title" }));
    this.OPTION1(() => {
      this.CONSUME(word.version);
      this.CONSUME1(StringLiteral, { LABEL: "version" });
    });
  });

  import = this.RULE("import", () => {
    this.CONSUME(word.import);
    this.CONSUME(BraceOpen);
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      DEF: () => this.SUBRULE(this.importedName),
      ERR_MSG: "a name to import",
    });
    this.CONSUME(BraceClose);
    this.CONSUME(word.from);
    this.CONSUME(StringLiteral, { LABEL: "path" });
  });

  importedName = this.RULE("importedName", () => {
    this.CONSUME(Name, called("name", "a name to import"));
    this.OPTION(() => {
      this.CONSUME(word.as);
      this.CONSUME1(Name, called("alias", "the name to call it by"));
    });
  });

  declaration = this.RULE("declaration", () => {
    this.OR(
      this.choice("declaration", () => ({
        ERR_MSG: "a declaration",
        DEF: [
          { ALT: () => this.SUBRULE(this.param) },
          { ALT: () => this.SUBRULE(this.model) },
          { ALT: () => this.SUBRULE(this.example) },
          { ALT: () => this.SUBRULE(this.band) },
          { ALT: () => this.SUBRULE(this.cohort) },
          { ALT: () => this.SUBRULE(this.profile) },
          { ALT: () => this.SUBRULE(this.behavior) },
          { ALT: () => this.SUBRULE(this.route) },
          { ALT: () => this.SUBRULE(this.detach) },
          { ALT: () => this.SUBRULE(this.bound) },
          { ALT: () => this.SUBRULE(this.provenance) },
          { ALT: () => this.SUBRULE(this.claim) },
          { ALT: () => this.SUBRULE(this.ruleset) },
          { ALT: () => this.SUBRULE(this.apply) },
          { ALT: () => this.SUBRULE(this.test) },
        ],
      })),
    );
  });

  // ── params, the model, the example ─────────────────────────────────────────────────────────────────────────

  param = this.RULE("param", () => {
    this.CONSUME(word.param);
    this.CONSUME(Name, called("name", "the param's name"));
    this.CONSUME(Colon);
    this.SUBRULE(this.type);
    this.CONSUME(Assign);
    this.SUBRULE(this.literal);
    this.OPTION(() => {
      this.CONSUME(word.in);
      this.SUBRULE(this.range);
    });
  });

  model = this.RULE("model", () => {
    this.CONSUME(word.model);
    this.OR({
      ERR_MSG: "the path of a model in double quotes, or `{`",
      DEF: [
        { ALT: () => this.CONSUME(StringLiteral, { LABEL: "path" }) },
        {
          ALT: () => {
            this.CONSUME(BraceOpen);
            this.MANY(() => this.SUBRULE(this.layerStub));
            this.CONSUME(BraceClose);
          },
        },
      ],
    });
  });

  layerStub = this.RULE("layerStub", () => {
    this.CONSUME(word.layer);
    this.CONSUME(StringLiteral, called("name", "the layer's name in double quotes"));
    this.OPTION(() => {
      this.CONSUME(word.kind);
      this.CONSUME(Name, called("layerKind", "a kind of layer"));
    });
    this.OPTION1(() => {
      this.CONSUME(word.units);
      this.CONSUME(NumberLiteral, called("units", "the number of units"));
    });
  });

  example = this.RULE("example", () => {
    this.CONSUME(word.example);
    this.CONSUME(BraceOpen);
    this.MANY(() => this.SUBRULE(this.field));
    this.CONSUME(BraceClose);
  });

  field = this.RULE("field", () => {
    this.CONSUME(Name, called("name", "the name of a field"));
    this.CONSUME(Colon, called("Colon", "`:` after the field name"));
    this.SUBRULE(this.type);
    this.OPTION({
      // The next field may be called `in`.
      GATE: () => !this.sees(2, Colon),
      DEF: () => {
        this.CONSUME(word.in);
        this.SUBRULE(this.range);
      },
    });
    this.OPTION1(() => this.CONSUME(Comma));
  });

  type = this.RULE("type", () => {
    this.OR(
      this.choice("type", () => ({
        ERR_MSG: "a type",
        DEF: [
          { ALT: () => this.CONSUME(TypeName) },
          { ALT: () => this.SUBRULE(this.enumType) },
          { ALT: () => this.SUBRULE(this.setType) },
        ],
      })),
    );
    this.OPTION(() => this.CONSUME(Question));
  });

  enumType = this.RULE("enumType", () => {
    this.CONSUME(word.enum);
    this.CONSUME(ParenthesisOpen);
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      DEF: () => this.CONSUME(StringLiteral, called("value", "a value in double quotes")),
      ERR_MSG: "a value in double quotes",
    });
    this.CONSUME(ParenthesisClose);
  });

  setType = this.RULE("setType", () => {
    this.CONSUME(word.set);
    this.CONSUME(Less);
    this.SUBRULE(this.type);
    this.CONSUME(Greater);
  });

  // ── values ─────────────────────────────────────────────────────────────────────────────────────────────────

  literal = this.RULE("literal", () => {
    this.OR(
      this.choice("literal", () => ({
        ERR_MSG: "a value",
        DEF: [
          { ALT: () => this.CONSUME(StringLiteral) },
          { ALT: () => this.SUBRULE(this.number) },
          { ALT: () => this.CONSUME(PercentLiteral) },
          { ALT: () => this.CONSUME(True) },
          { ALT: () => this.CONSUME(False) },
        ],
      })),
    );
  });

  number = this.RULE("number", () => {
    this.OPTION(() => this.CONSUME(Minus));
    this.CONSUME(NumberLiteral);
  });

  value = this.RULE("value", () => {
    this.OR(
      this.choice("value", () => ({
        ERR_MSG: "a value",
        DEF: [
          { ALT: () => this.SUBRULE(this.literal) },
          { ALT: () => this.CONSUME(Name, called("reference", "a value")) },
        ],
      })),
    );
  });

  quantity = this.RULE("quantity", () => {
    this.OR(
      this.choice("quantity", () => ({
        ERR_MSG: "a number or a percentage",
        DEF: [
          { ALT: () => this.SUBRULE(this.number) },
          { ALT: () => this.CONSUME(PercentLiteral) },
          { ALT: () => this.CONSUME(Name, called("reference", "a number or a percentage")) },
        ],
      })),
    );
  });

  scalar = this.RULE("scalar", () => {
    this.OR(
      this.choice("scalar", () => ({
        ERR_MSG: "a number",
        DEF: [
          { ALT: () => this.SUBRULE(this.number) },
          { ALT: () => this.CONSUME(Name, called("reference", "a number")) },
        ],
      })),
    );
  });

  count = this.RULE("count", () => {
    this.OR(
      this.choice("count", () => ({
        ERR_MSG: "a whole number",
        DEF: [
          { ALT: () => this.CONSUME(NumberLiteral) },
          { ALT: () => this.CONSUME(Name, called("reference", "a whole number")) },
        ],
      })),
    );
  });

  percentage = this.RULE("percentage", () => {
    this.OR({
      ERR_MSG: "a percentage",
      DEF: [
        { ALT: () => this.CONSUME(PercentLiteral) },
        { ALT: () => this.CONSUME(Name, called("reference", "a percentage")) },
      ],
    });
  });

  range = this.RULE("range", () => {
    this.SUBRULE(this.value, { LABEL: "low" });
    this.CONSUME(RangeOperator);
    this.SUBRULE1(this.value, { LABEL: "high" });
  });

  weight = this.RULE("weight", () => {
    this.OR(
      this.choice("weight", () => ({
        ERR_MSG: "a weight",
        // `block` and `full` are always the weights here, never params of that name.
        IGNORE_AMBIGUITIES: true,
        DEF: [
          { ALT: () => this.CONSUME(word.block, { LABEL: "keyword" }) },
          { ALT: () => this.CONSUME(word.full, { LABEL: "keyword" }) },
          { ALT: () => this.CONSUME(NumberLiteral) },
          { ALT: () => this.CONSUME(PercentLiteral) },
          { ALT: () => this.CONSUME(Name, called("reference", "a weight")) },
        ],
      })),
    );
  });

  duration = this.RULE("duration", () => {
    this.OR(
      this.choice("duration", () => ({
        ERR_MSG: "a duration such as `50 steps`",
        DEF: [
          {
            ALT: () => {
              this.CONSUME(NumberLiteral);
              this.CONSUME(TimeUnitName, called("unit", "`steps`, `epochs` or `examples`"));
            },
          },
          {
            ALT: () => {
              this.CONSUME(Name, called("reference", "a duration such as `50 steps`"));
              this.OPTION({
                // A param of type `steps` has its unit; then `example { id: …` is the next declaration.
                GATE: () => !startsDeclaration(this.lookahead, 1) || this.sees(4, FatArrow),
                DEF: () => this.CONSUME1(TimeUnitName, { LABEL: "unit" }),
              });
            },
          },
        ],
      })),
    );
  });

  window = this.RULE("window", () => {
    this.AT_LEAST_ONE(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(word.from);
            this.SUBRULE(this.duration, { LABEL: "from" });
          },
        },
        {
          ALT: () => {
            this.CONSUME(word.until);
            this.SUBRULE1(this.duration, { LABEL: "until" });
          },
        },
      ]),
    );
  });

  bands = this.RULE("bands", () => {
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      DEF: () => this.CONSUME(Name, BAND),
      ERR_MSG: "the name of a band",
    });
  });

  // ── bands ──────────────────────────────────────────────────────────────────────────────────────────────────

  band = this.RULE("band", () => {
    this.CONSUME(word.band);
    this.CONSUME(Name, called("name", "the band's name"));
    this.CONSUME(Assign);
    this.SUBRULE(this.bandExpression);
  });

  bandExpression = this.RULE("bandExpression", () => {
    this.SUBRULE(this.bandTerm);
    this.MANY(() => {
      this.CONSUME(BandOperator);
      this.SUBRULE1(this.bandTerm);
    });
  });

  bandTerm = this.RULE("bandTerm", () => {
    this.OR(
      this.choice("bandTerm", () => ({
        ERR_MSG: "a selector of layers",
        // `layers`, `depth`, `first`, `last` and `kind` are names of bands where no selector can follow.
        IGNORE_AMBIGUITIES: true,
        DEF: [
          { GATE: () => this.startsSelector(), ALT: () => this.SUBRULE(this.layers) },
          { GATE: () => this.startsSelector(), ALT: () => this.SUBRULE(this.depth) },
          { GATE: () => this.startsSelector(), ALT: () => this.SUBRULE(this.layersFromEnd) },
          { GATE: () => this.startsSelector(), ALT: () => this.SUBRULE(this.layersByKind) },
          { ALT: () => this.CONSUME(word.rest) },
          { ALT: () => this.CONSUME(Name, BAND) },
          {
            ALT: () => {
              this.CONSUME(ParenthesisOpen);
              this.SUBRULE(this.bandExpression);
              this.CONSUME(ParenthesisClose);
            },
          },
        ],
      })),
    );
  });

  layers = this.RULE("layers", () => {
    this.CONSUME(word.layers);
    this.OR(
      this.choice("layers", () => ({
        ERR_MSG: "layer names in double quotes, or positions such as `0..3`",
        DEF: [
          {
            ALT: () => {
              this.AT_LEAST_ONE_SEP({
                SEP: Comma,
                DEF: () => this.CONSUME(StringLiteral, { LABEL: "glob" }),
              });
              this.OPTION(() => this.SUBRULE(this.units));
            },
          },
          {
            // Otherwise the quotes are missing, and that should be said.
            GATE: () => !this.sees(1, Name) || this.sees(2, RangeOperator),
            ALT: () => {
              this.SUBRULE(this.count, { LABEL: "low" });
              this.CONSUME(RangeOperator);
              this.SUBRULE1(this.count, { LABEL: "high" });
            },
          },
        ],
      })),
    );
  });

  units = this.RULE("units", () => {
    this.CONSUME(word.units);
    this.SUBRULE(this.count, { LABEL: "low" });
    this.CONSUME(RangeOperator);
    this.SUBRULE1(this.count, { LABEL: "high" });
  });

  depth = this.RULE("depth", () => {
    this.CONSUME(word.depth);
    this.SUBRULE(this.percentage, { LABEL: "low" });
    this.CONSUME(RangeOperator);
    this.SUBRULE1(this.percentage, { LABEL: "high" });
  });

  layersFromEnd = this.RULE("layersFromEnd", () => {
    this.OR([
      { ALT: () => this.CONSUME(word.first, { LABEL: "end" }) },
      { ALT: () => this.CONSUME(word.last, { LABEL: "end" }) },
    ]);
    this.SUBRULE(this.count);
    this.CONSUME(word.layers);
  });

  layersByKind = this.RULE("layersByKind", () => {
    this.CONSUME(word.kind);
    this.CONSUME(Name, called("layerKind", "a kind of layer such as `conv2d`"));
  });

  // ── cohorts ────────────────────────────────────────────────────────────────────────────────────────────────

  cohort = this.RULE("cohort", () => {
    this.CONSUME(word.cohort);
    this.CONSUME(Name, called("name", "the cohort's name"));
    this.CONSUME(Assign);
    this.SUBRULE(this.predicate);
  });

  predicate = this.RULE("predicate", () => {
    this.SUBRULE(this.conjunction);
    this.MANY(() => {
      this.CONSUME(word.or);
      this.SUBRULE1(this.conjunction);
    });
  });

  conjunction = this.RULE("conjunction", () => {
    this.SUBRULE(this.negation);
    this.MANY(() => {
      this.CONSUME(word.and);
      this.SUBRULE1(this.negation);
    });
  });

  negation = this.RULE("negation", () => {
    this.OR(
      this.choice("negation", () => ({
        ERR_MSG: "a condition",
        IGNORE_AMBIGUITIES: true, // `not` is never a name here
        DEF: [
          {
            ALT: () => {
              this.CONSUME(word.not);
              this.SUBRULE(this.negation);
            },
          },
          { ALT: () => this.SUBRULE(this.condition) },
        ],
      })),
    );
  });

  condition = this.RULE("condition", () => {
    this.OR(
      this.choice("condition", () => ({
        ERR_MSG: "a condition",
        // `has` and `sample` are names where no operand of theirs can follow.
        IGNORE_AMBIGUITIES: true,
        DEF: [
          {
            ALT: () => {
              this.CONSUME(ParenthesisOpen);
              this.SUBRULE(this.predicate);
              this.CONSUME(ParenthesisClose);
            },
          },
          { GATE: () => this.startsTest() || this.asksForOddField(), ALT: () => this.SUBRULE(this.hasTest) },
          { GATE: () => this.startsTest(), ALT: () => this.SUBRULE(this.sampleTest) },
          { ALT: () => this.SUBRULE(this.membership) },
          { ALT: () => this.SUBRULE(this.fieldTest) },
        ],
      })),
    );
  });

  hasTest = this.RULE("hasTest", () => {
    this.CONSUME(word.has);
    this.CONSUME(Name, FIELD);
  });

  sampleTest = this.RULE("sampleTest", () => {
    this.CONSUME(word.sample);
    this.SUBRULE(this.percentage);
    this.OPTION(() => {
      this.CONSUME(word.seed);
      this.SUBRULE(this.count);
    });
  });

  membership = this.RULE("membership", () => {
    this.SUBRULE(this.literal);
    this.OPTION(() => this.CONSUME(word.not));
    this.CONSUME(word.in);
    this.CONSUME(Name, FIELD);
  });

  fieldTest = this.RULE("fieldTest", () => {
    this.CONSUME(Name, called("name", "the name of a field or a cohort"));
    this.OPTION(() =>
      this.OR(
        this.choice("fieldTest", () => [
          { ALT: () => this.SUBRULE(this.comparison) },
          { ALT: () => this.SUBRULE(this.inclusion) },
          { ALT: () => this.SUBRULE(this.match) },
        ]),
      ),
    );
  });

  comparison = this.RULE("comparison", () => {
    this.CONSUME(ComparisonOperator);
    this.SUBRULE(this.value);
  });

  inclusion = this.RULE("inclusion", () => {
    this.OPTION(() => this.CONSUME(word.not));
    this.CONSUME(word.in);
    this.OR(
      this.choice("inclusion", () => ({
        ERR_MSG: "a range, a set in braces or the name of a set field",
        IGNORE_AMBIGUITIES: true,
        DEF: [
          { ALT: () => this.SUBRULE(this.values) },
          {
            // A name without `..` is a set field, and the name before `in` a param: `tag in tags`.
            GATE: () => !this.sees(1, Name) || this.sees(2, RangeOperator),
            ALT: () => this.SUBRULE(this.range),
          },
          { ALT: () => this.CONSUME(Name, FIELD) },
        ],
      })),
    );
  });

  values = this.RULE("values", () => {
    this.CONSUME(BraceOpen);
    this.AT_LEAST_ONE_SEP({ SEP: Comma, DEF: () => this.SUBRULE(this.value), ERR_MSG: "a value" });
    this.CONSUME(BraceClose);
  });

  match = this.RULE("match", () => {
    this.CONSUME(word.matches);
    this.OR(
      this.choice("match", () => ({
        ERR_MSG: "a pattern in double quotes",
        DEF: [
          { ALT: () => this.CONSUME(StringLiteral) },
          { ALT: () => this.CONSUME(Name, called("reference", "a pattern in double quotes")) },
        ],
      })),
    );
  });

  // ── profiles, behaviours ───────────────────────────────────────────────────────────────────────────────────

  profile = this.RULE("profile", () => {
    this.CONSUME(word.profile);
    this.CONSUME(Name, called("name", "the profile's name"));
    this.CONSUME(BraceOpen);
    this.MANY(() => this.SUBRULE(this.profileEntry));
    this.CONSUME(BraceClose);
  });

  profileEntry = this.RULE("profileEntry", () => {
    this.CONSUME(Name, BAND);
    this.CONSUME(Colon);
    this.SUBRULE(this.weight);
    this.OPTION(() => this.CONSUME(Comma));
  });

  behavior = this.RULE("behavior", () => {
    this.CONSUME(word.behavior);
    this.CONSUME(Name, called("name", "the behavior's name"));
    this.CONSUME(Assign);
    this.CONSUME(word.probe);
    this.CONSUME(StringLiteral, called("probe", "the path of the probe in double quotes"));
  });

  // ── rules ──────────────────────────────────────────────────────────────────────────────────────────────────

  route = this.RULE("route", () => {
    this.CONSUME(word.route);
    this.OR(
      this.choice("route", () => ({
        ERR_MSG: "the name of a cohort, or `default`",
        IGNORE_AMBIGUITIES: true,
        DEF: [
          {
            // A cohort may be called `default`.
            GATE: () => !this.sees(2, Arrow) && !this.sees(2, word.through),
            ALT: () => {
              this.CONSUME(word.default);
              this.SUBRULE(this.weight);
            },
          },
          {
            ALT: () => {
              this.CONSUME(Name, COHORT);
              this.OR1(
                this.choice("route1", () => [
                  { ALT: () => this.SUBRULE(this.toBands) },
                  { ALT: () => this.SUBRULE(this.throughProfile) },
                ]),
              );
              this.OPTION(() => this.SUBRULE(this.window));
            },
          },
        ],
      })),
    );
  });

  toBands = this.RULE("toBands", () => {
    this.CONSUME(Arrow);
    this.SUBRULE(this.bands);
    this.CONSUME(Colon);
    this.SUBRULE(this.weight);
  });

  throughProfile = this.RULE("throughProfile", () => {
    this.CONSUME(word.through);
    this.CONSUME(Name, PROFILE);
  });

  detach = this.RULE("detach", () => {
    this.CONSUME(word.detach);
    this.CONSUME(Name, COHORT);
    this.CONSUME(word.at);
    this.SUBRULE(this.bands);
    this.OPTION(() => this.SUBRULE(this.window));
  });

  claim = this.RULE("claim", () => {
    this.OR(
      this.choice("claim", () => [
        { ALT: () => this.CONSUME(word.never, { LABEL: "claim" }) },
        { ALT: () => this.CONSUME(word.always, { LABEL: "claim" }) },
      ]),
    );
    this.CONSUME(Name, COHORT);
    this.CONSUME(Arrow);
    this.SUBRULE(this.bands);
  });

  ruleset = this.RULE("ruleset", () => {
    this.CONSUME(word.ruleset);
    this.CONSUME(Name, called("name", "the ruleset's name"));
    this.CONSUME(ParenthesisOpen);
    this.MANY_SEP({ SEP: Comma, DEF: () => this.SUBRULE(this.parameter) });
    this.CONSUME(ParenthesisClose);
    this.CONSUME(BraceOpen);
    this.MANY(() => this.SUBRULE(this.rule));
    this.CONSUME(BraceClose);
  });

  parameter = this.RULE("parameter", () => {
    this.CONSUME(Name, called("name", "the parameter's name"));
    this.CONSUME(Colon);
    this.OR({
      ERR_MSG: "a type",
      DEF: [{ ALT: () => this.SUBRULE(this.type) }, { ALT: () => this.CONSUME(EntityName) }],
    });
    this.OPTION(() => {
      this.CONSUME(Assign);
      this.SUBRULE(this.value, { LABEL: "defaultValue" });
    });
  });

  rule = this.RULE("rule", () => {
    this.OR({
      ERR_MSG: "a rule",
      DEF: [
        { ALT: () => this.SUBRULE(this.route) },
        { ALT: () => this.SUBRULE(this.detach) },
        { ALT: () => this.SUBRULE(this.bound) },
        { ALT: () => this.SUBRULE(this.claim) },
        { ALT: () => this.SUBRULE(this.apply) },
      ],
    });
  });

  apply = this.RULE("apply", () => {
    this.CONSUME(word.apply);
    this.CONSUME(Name, called("ruleset", "the name of a ruleset"));
    this.CONSUME(ParenthesisOpen);
    this.MANY_SEP({ SEP: Comma, DEF: () => this.SUBRULE(this.argument) });
    this.CONSUME(ParenthesisClose);
  });

  argument = this.RULE("argument", () => {
    this.OPTION({
      GATE: () => this.sees(2, Colon),
      DEF: () => {
        this.CONSUME(Name, called("name", "the parameter's name"));
        this.CONSUME(Colon);
      },
    });
    this.SUBRULE(this.value);
  });

  // ── bounds ─────────────────────────────────────────────────────────────────────────────────────────────────

  bound = this.RULE("bound", () => {
    this.CONSUME(word.bound);
    this.SUBRULE(this.metric);
    this.OR({
      ERR_MSG: "`in`, `<=` or `>=`",
      DEF: [{ ALT: () => this.SUBRULE(this.rangeLimit) }, { ALT: () => this.SUBRULE(this.comparisonLimit) }],
    });
    this.OPTION(() => this.CONSUME(EntropyUnitName, { LABEL: "unit" }));
    this.OPTION1(() => {
      this.CONSUME(word.over);
      this.SUBRULE(this.duration, { LABEL: "over" });
    });
    this.CONSUME(BraceOpen);
    this.MANY(() => this.SUBRULE(this.arm));
    this.CONSUME(BraceClose);
  });

  rangeLimit = this.RULE("rangeLimit", () => {
    this.CONSUME(word.in);
    this.SUBRULE(this.range);
  });

  comparisonLimit = this.RULE("comparisonLimit", () => {
    this.OR(
      this.choice("comparisonLimit", () => [
        { ALT: () => this.CONSUME(AtMost, { LABEL: "operator" }) },
        { ALT: () => this.CONSUME(AtLeast, { LABEL: "operator" }) },
      ]),
    );
    this.SUBRULE(this.quantity);
  });

  metric = this.RULE("metric", () => {
    this.OR(
      this.choice("metric", () => ({
        ERR_MSG: "a metric",
        DEF: [
          { ALT: () => this.SUBRULE(this.entropy) },
          { ALT: () => this.SUBRULE(this.bandMetric) },
          { ALT: () => this.SUBRULE(this.influence) },
          { ALT: () => this.SUBRULE(this.loss) },
          { ALT: () => this.SUBRULE(this.lossGap) },
        ],
      })),
    );
  });

  entropy = this.RULE("entropy", () => {
    this.CONSUME(word.entropy);
    this.CONSUME(ParenthesisOpen);
    this.CONSUME(Name, BAND);
    this.OPTION(() => {
      this.CONSUME(Comma);
      this.CONSUME(EntropySubjectName, called("subject", EntropySubjectName.LABEL ?? ""));
    });
    this.CONSUME(ParenthesisClose);
  });

  bandMetric = this.RULE("bandMetric", () => {
    this.CONSUME(BandMetricName);
    this.CONSUME(ParenthesisOpen);
    this.CONSUME(Name, BAND);
    this.CONSUME(ParenthesisClose);
  });

  influence = this.RULE("influence", () => {
    this.CONSUME(word.influence);
    this.CONSUME(ParenthesisOpen);
    this.CONSUME(Name, COHORT);
    this.CONSUME(Comma);
    this.CONSUME1(Name, BAND);
    this.CONSUME(ParenthesisClose);
  });

  loss = this.RULE("loss", () => {
    this.CONSUME(word.loss);
    this.CONSUME(ParenthesisOpen);
    this.CONSUME(Name, COHORT);
    this.CONSUME(ParenthesisClose);
  });

  lossGap = this.RULE("lossGap", () => {
    this.CONSUME(word.loss_gap);
    this.CONSUME(ParenthesisOpen);
    this.CONSUME(Name, called("left", "the name of a cohort"));
    this.CONSUME(Comma);
    this.CONSUME1(Name, called("right", "the name of a cohort"));
    this.CONSUME(ParenthesisClose);
  });

  arm = this.RULE("arm", () => {
    this.CONSUME(SideName, { LABEL: "side" });
    this.CONSUME(FatArrow);
    this.SUBRULE(this.action);
    this.MANY(() => this.SUBRULE(this.escalation));
  });

  escalation = this.RULE("escalation", () => {
    this.CONSUME(word.then);
    this.SUBRULE(this.action);
    this.CONSUME(word.after);
    this.SUBRULE(this.duration);
  });

  action = this.RULE("action", () => {
    this.OR(
      this.choice("action", () => ({
        ERR_MSG: "an action",
        DEF: [
          { ALT: () => this.CONSUME(SimpleActionName) },
          { ALT: () => this.SUBRULE(this.skip) },
          { ALT: () => this.SUBRULE(this.freeze) },
          { ALT: () => this.SUBRULE(this.scale) },
          { ALT: () => this.SUBRULE(this.clip) },
          { ALT: () => this.SUBRULE(this.block) },
          { ALT: () => this.SUBRULE(this.steer) },
        ],
      })),
    );
  });

  skip = this.RULE("skip", () => {
    this.CONSUME(word.skip);
    this.CONSUME(word.step);
  });

  freeze = this.RULE("freeze", () => {
    this.CONSUME(word.freeze);
    this.CONSUME(Name, BAND);
    this.OPTION(() => this.SUBRULE(this.horizon));
  });

  scale = this.RULE("scale", () => {
    this.CONSUME(ScaleActionName);
    this.CONSUME(Name, BAND);
    this.CONSUME(word.to);
    this.SUBRULE(this.weight);
    this.OPTION(() => this.SUBRULE(this.horizon));
  });

  clip = this.RULE("clip", () => {
    this.CONSUME(word.clip);
    this.CONSUME(Name, BAND);
    this.CONSUME(word.at);
    this.SUBRULE(this.scalar);
    this.OPTION(() => this.SUBRULE(this.horizon));
  });

  block = this.RULE("block", () => {
    this.CONSUME(word.block);
    this.CONSUME(Name, COHORT);
    this.CONSUME(Arrow);
    this.CONSUME1(Name, BAND);
    this.OPTION(() => this.SUBRULE(this.horizon));
  });

  steer = this.RULE("steer", () => {
    this.CONSUME(word.steer);
    this.CONSUME(Name, BAND);
    this.CONSUME(word.toward);
    this.SUBRULE(this.scalar, { LABEL: "target" });
    this.CONSUME(word.strength);
    this.SUBRULE1(this.scalar, { LABEL: "strength" });
    this.OPTION(() => this.SUBRULE(this.horizon));
  });

  horizon = this.RULE("horizon", () => {
    this.CONSUME(word.for);
    this.SUBRULE(this.duration);
  });

  // ── provenance ─────────────────────────────────────────────────────────────────────────────────────────────

  provenance = this.RULE("provenance", () => {
    this.CONSUME(word.provenance);
    this.CONSUME(BraceOpen);
    this.MANY(() => this.SUBRULE(this.clause));
    this.CONSUME(BraceClose);
  });

  clause = this.RULE("clause", () => {
    this.OR(
      this.choice("clause", () => [
        { ALT: () => this.SUBRULE(this.require) },
        { ALT: () => this.SUBRULE(this.verify) },
        { ALT: () => this.SUBRULE(this.trace) },
        { ALT: () => this.SUBRULE(this.retain) },
        { ALT: () => this.SUBRULE(this.attest) },
      ]),
    );
  });

  require = this.RULE("require", () => {
    this.CONSUME(word.require);
    this.AT_LEAST_ONE_SEP({
      SEP: Comma,
      DEF: () => this.CONSUME(Name, FIELD),
      ERR_MSG: "the name of a field",
    });
    this.OPTION(() => {
      this.CONSUME(word.else);
      this.OR({
        ERR_MSG: "`reject`, `quarantine` or `halt`",
        DEF: [
          { ALT: () => this.CONSUME(word.reject, { LABEL: "otherwise" }) },
          { ALT: () => this.CONSUME(word.quarantine, { LABEL: "otherwise" }) },
          { ALT: () => this.CONSUME(word.halt, { LABEL: "otherwise" }) },
        ],
      });
    });
  });

  verify = this.RULE("verify", () => {
    this.CONSUME(word.verify);
    this.CONSUME(word.digest);
  });

  trace = this.RULE("trace", () => {
    this.CONSUME(word.trace);
    this.SUBRULE(this.bands);
    this.OPTION(() => {
      this.CONSUME(word.toward);
      this.AT_LEAST_ONE_SEP({
        SEP: Comma,
        DEF: () => this.CONSUME(Name, called("behavior", "the name of a behavior")),
        ERR_MSG: "the name of a behavior",
      });
    });
    this.OPTION1(() => {
      this.CONSUME(word.every);
      this.SUBRULE(this.duration);
    });
    this.OPTION2(() => {
      this.CONSUME(word.top);
      this.SUBRULE(this.count);
    });
  });

  retain = this.RULE("retain", () => {
    this.CONSUME(word.retain);
    this.OR({
      ERR_MSG: "a duration or `forever`",
      IGNORE_AMBIGUITIES: true, // `forever` is never a param here
      DEF: [{ ALT: () => this.CONSUME(word.forever) }, { ALT: () => this.SUBRULE(this.duration) }],
    });
  });

  attest = this.RULE("attest", () => {
    this.CONSUME(word.attest);
    this.OR({
      ERR_MSG: "`release` or `epoch`",
      DEF: [
        { ALT: () => this.CONSUME(word.release, { LABEL: "moment" }) },
        { ALT: () => this.CONSUME(word.epoch, { LABEL: "moment" }) },
      ],
    });
  });

  // ── tests ──────────────────────────────────────────────────────────────────────────────────────────────────

  test = this.RULE("test", () => {
    this.CONSUME(word.test);
    this.CONSUME(StringLiteral, called("title", "the test's title in double quotes"));
    this.CONSUME(BraceOpen);
    this.MANY(() => this.SUBRULE(this.testStep));
    this.CONSUME(BraceClose);
  });

  testStep = this.RULE("testStep", () => {
    this.OR(
      this.choice("testStep", () => [
        { ALT: () => this.SUBRULE(this.given) },
        { ALT: () => this.SUBRULE(this.moment) },
        { ALT: () => this.SUBRULE(this.expect) },
      ]),
    );
  });

  given = this.RULE("given", () => {
    this.CONSUME(word.given);
    this.OR(
      this.choice("given", () => ({
        ERR_MSG: "an example in braces or a metric",
        DEF: [{ ALT: () => this.SUBRULE(this.givenExample) }, { ALT: () => this.SUBRULE(this.givenMetric) }],
      })),
    );
  });

  givenExample = this.RULE("givenExample", () => {
    this.CONSUME(BraceOpen);
    this.MANY(() => this.SUBRULE(this.givenField));
    this.CONSUME(BraceClose);
  });

  givenField = this.RULE("givenField", () => {
    this.CONSUME(Name, called("name", "the name of a field"));
    this.CONSUME(Colon);
    this.OR(
      this.choice("givenField", () => ({
        ERR_MSG: "a value",
        DEF: [{ ALT: () => this.SUBRULE(this.value) }, { ALT: () => this.SUBRULE(this.literalSet) }],
      })),
    );
    this.OPTION(() => this.CONSUME(Comma));
  });

  literalSet = this.RULE("literalSet", () => {
    this.CONSUME(BraceOpen);
    this.MANY_SEP({ SEP: Comma, DEF: () => this.SUBRULE(this.value) });
    this.CONSUME(BraceClose);
  });

  givenMetric = this.RULE("givenMetric", () => {
    this.SUBRULE(this.metric);
    this.CONSUME(Assign);
    this.SUBRULE(this.scalar);
    this.CONSUME(word.for);
    this.SUBRULE(this.duration);
  });

  moment = this.RULE("moment", () => {
    this.CONSUME(word.at);
    this.OR({
      ERR_MSG: "`step` or `epoch`",
      DEF: [
        { ALT: () => this.CONSUME(word.step, { LABEL: "unit" }) },
        { ALT: () => this.CONSUME(word.epoch, { LABEL: "unit" }) },
      ],
    });
    this.SUBRULE(this.count);
  });

  expect = this.RULE("expect", () => {
    this.CONSUME(word.expect);
    this.OR(
      this.choice("expect", () => ({
        ERR_MSG: "a band, a cohort or an action",
        IGNORE_AMBIGUITIES: true,
        DEF: [
          {
            // A band may have any name: `expect block: full`.
            GATE: () => this.sees(2, Colon),
            ALT: () => this.SUBRULE(this.expectWeight),
          },
          { GATE: () => this.negates(), ALT: () => this.SUBRULE(this.expectAbsence) },
          { GATE: () => this.negates(), ALT: () => this.SUBRULE(this.expectNoAction) },
          { ALT: () => this.SUBRULE(this.action) },
          { ALT: () => this.CONSUME(Name, COHORT) },
        ],
      })),
    );
  });

  expectWeight = this.RULE("expectWeight", () => {
    this.CONSUME(Name, BAND);
    this.CONSUME(Colon);
    this.SUBRULE(this.weight);
  });

  expectAbsence = this.RULE("expectAbsence", () => {
    this.CONSUME(word.not);
    this.CONSUME(Name, COHORT);
  });

  expectNoAction = this.RULE("expectNoAction", () => {
    this.CONSUME(word.no);
    this.SUBRULE(this.action);
  });

  /** The alternatives of a rule that is read often, made once: they close over nothing but the parser. */
  private choice<Alternatives>(rule: string, make: () => Alternatives): Alternatives {
    const known = this.choices.get(rule);
    // What is kept under a rule's name is what its one call has made.
    if (known !== undefined) return known as Alternatives;
    const made = make();
    this.choices.set(rule, made);
    return made;
  }

  // ── what lies ahead ────────────────────────────────────────────────────────────────────────────────────────

  private sees(distance: number, type: TokenType): boolean {
    return tokenMatcher(this.LA(distance), type);
  }

  private seesOneOf(distance: number, types: readonly TokenType[]): boolean {
    return types.some((type) => this.sees(distance, type));
  }

  /** After `layers`, `depth`, `first`, `last` or `kind`: not when the expression ends or goes on, as after a name. */
  private startsSelector(): boolean {
    return !this.seesOneOf(2, AFTER_BAND) && !startsDeclaration(this.lookahead, 2);
  }

  /** After `has` or `sample`: likewise. */
  private startsTest(): boolean {
    return !this.seesOneOf(2, AFTER_OPERAND) && !startsDeclaration(this.lookahead, 2);
  }

  /** `has and` at the end of an operand can only ask for a field called `and`. */
  private asksForOddField(): boolean {
    return (
      this.sees(2, Name) &&
      !startsDeclaration(this.lookahead, 2) &&
      (this.seesOneOf(3, [ParenthesisClose, EOF]) || startsDeclaration(this.lookahead, 3))
    );
  }

  /** After `not` or `no` of an `expect`: unless it is itself the cohort's name. */
  private negates(): boolean {
    return !this.seesOneOf(2, AFTER_EXPECTATION);
  }
}

const AFTER_BAND = [BandOperator, ParenthesisClose, EOF];
const AFTER_OPERAND = [
  ComparisonOperator,
  word.and,
  word.or,
  word.in,
  word.not,
  word.matches,
  ParenthesisClose,
  EOF,
];
const AFTER_EXPECTATION = [word.given, word.at, word.expect, BraceClose, EOF];
