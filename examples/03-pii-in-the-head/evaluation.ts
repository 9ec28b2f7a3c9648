/** What the body knows about the person in the photo, asked of a probe: a small classifier on the body's output. */
import type * as tfjs from "@tensorflow/tfjs";
import type { Evaluation, ExperimentContext } from "strata-gov";
import { percentOf } from "../figures.ts";
import { probe } from "../probe.ts";
import { formTensor, makeForms, personTensor, type Forms } from "./forms.ts";
import { bodyOf, createReader } from "./network.ts";

type Tf = typeof tfjs;

const PROBE = "person, read off the body by a probe";
const UNTRAINED = "person, read off the untrained body by a probe";
const PERSON = "person, told by the head";
const DIGIT = "digit on forms with a photo";
const DIGIT_ALONE = "digit on forms without";

export function evaluateReader(network: tfjs.LayersModel, context: ExperimentContext): Evaluation {
  const { tf, seed } = context;
  const everyForm = { count: 5000, hasPhoto: () => true } as const;
  // Other forms than the network was trained on: some to fit the probe, others to ask it.
  const fitting = makeForms({ split: "training", fields: 30_000, photos: 40_000, ...everyForm });
  const asking = makeForms({ split: "test", fields: 0, photos: 5000, ...everyForm });
  const alone = makeForms({ split: "test", fields: 0, photos: 5000, count: 5000, hasPhoto: () => false });
  const untrained = createReader(tf, seed);
  const answers = predictBoth(tf, network, asking);
  const figures = [
    { name: PROBE, value: probeBody(context, network, fitting, asking) },
    { name: UNTRAINED, value: probeBody(context, untrained, fitting, asking) },
    { name: PERSON, value: share(answers.persons, asking.persons) },
    { name: DIGIT, value: share(answers.digits, asking.labels) },
    { name: DIGIT_ALONE, value: share(predictBoth(tf, network, alone).digits, alone.labels) },
  ];
  untrained.dispose();
  return { figures };
}

/** The share of persons, 0..1, that a probe of the body's output tells, fitted on some forms and asked about others. */
function probeBody(
  { tf, seed }: ExperimentContext,
  network: tfjs.LayersModel,
  fitting: Forms,
  asking: Forms,
): number {
  const body = bodyOf(tf, network);
  const answers = tf.tidy(() =>
    probe(tf, {
      seed,
      fitting: body(formTensor(tf, fitting)),
      targets: personTensor(tf, fitting),
      asking: body(formTensor(tf, asking)),
    }),
  );
  return share(answers, asking.persons);
}

interface Answers {
  readonly digits: ArrayLike<number>;
  readonly persons: ArrayLike<number>;
}

function predictBoth(tf: Tf, network: tfjs.LayersModel, forms: Forms): Answers {
  return tf.tidy(() => {
    const [digits, persons] = network.predict(formTensor(tf, forms)) as [tfjs.Tensor2D, tfjs.Tensor2D];
    return { digits: digits.argMax(1).dataSync(), persons: persons.argMax(1).dataSync() };
  });
}

function share(answers: ArrayLike<number>, truth: readonly (number | undefined)[]): number {
  return truth.filter((value, row) => answers[row] === value).length / truth.length;
}

export function compareReaders(governed: Evaluation, ungoverned: Evaluation): string {
  const [probe, without] = [governed, ungoverned].map((own) => percentOf(own, PROBE));
  const [told, free] = [governed, ungoverned].map((own) => percentOf(own, PERSON));
  return (
    `From the governed body a probe tells who is in the photo in ${probe ?? ""} of the forms, from the ungoverned one ` +
    `in ${without ?? ""}, and from one that was never trained in ${percentOf(governed, UNTRAINED)}. The price ` +
    `is paid by the head for persons, which is right in ${told ?? ""} and ${free ?? ""}.`
  );
}
