import type { Policy } from "../check/policy.ts";
import type { ExampleRecord } from "./example.ts";
import { compileCohorts } from "./predicate.ts";

/** Examples by the cohorts that hold them: one that was found for one question answers many others. */
export interface KnownExamples {
  readonly add: (example: ExampleRecord) => void;
  /** One that is in all of the first cohorts, of which there is at least one, and in none of the others. */
  readonly find: (inside: readonly string[], outside: readonly string[]) => ExampleRecord | undefined;
}

/** Of cohorts that are static: nothing of the training is known. */
export function createKnownExamples(policy: Policy, cohorts: readonly string[]): KnownExamples {
  const tests = compileCohorts(policy);
  const examples: ExampleRecord[] = [];
  // A bit for each example, so that 32 of them are looked at in one step.
  const holding = new Map(cohorts.map((name) => [name, [] as number[]]));
  const wordsOf = (name: string): readonly number[] => {
    const words = holding.get(name);
    if (words === undefined) throw new Error(`cohort ${name} is not among those that are told apart`);
    return words;
  };
  return {
    add: (example) => {
      const number = examples.push(example) - 1;
      for (const [name, words] of holding) {
        const bit = tests.get(name)?.(example, NOT_TRAINING) === true ? 1 << (number % WORD) : 0;
        words[Math.floor(number / WORD)] = (words[Math.floor(number / WORD)] ?? 0) | bit;
      }
    },
    find: (inside, outside) => {
      const [required, excluded] = [inside.map(wordsOf), outside.map(wordsOf)];
      for (let word = 0; word * WORD < examples.length; word += 1) {
        const all = required.reduce((bits, words) => bits & (words[word] ?? 0), -1);
        const left = excluded.reduce((bits, words) => bits & ~(words[word] ?? 0), all);
        if (left !== 0) return examples[word * WORD + WORD - 1 - Math.clz32(left)];
      }
      return undefined;
    },
  };
}

const WORD = 32;

const NOT_TRAINING = { loss: Number.NaN, entropy: Number.NaN, epoch: 0, step: 0 };
