import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      ".tmp/",
      "**/dist/**",
      "node_modules/**",
      "runs/**",
      "coverage/**",
      "**/*.gen.ts",
      "test/corpus/**",
    ],
  },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    files: ["**/*.ts"],
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
      "prefer-const": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["test/**/*.ts"],
    ignores: ["test/generators/runs.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.property.name='assert'][callee.object.name='fc'][arguments.length=1], Property[key.name='numRuns']",
          message: "Say the number of cases by cases() of test/generators/runs.ts, which fixes the seed.",
        },
      ],
    },
  },
  {
    // Configuration files and experiments are read by tools that ask for a default export.
    files: [
      "*.config.{js,ts}",
      "examples/**/experiment*.{ts,js}",
      "bench/**/experiment*.ts",
      "test/**/experiment*.ts",
    ],
    rules: { "no-restricted-exports": "off" },
  },
);
