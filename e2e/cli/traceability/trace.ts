import { type Sentence, sentencesOf } from './sentences.ts';
import type { Entry } from './table.ts';
import type { ToldSteps } from './told-steps.ts';

/** What the check works on. `scenarios` holds the source of each, by its path under e2e/scenarios without `.e2e.ts`. */
export type Material = {
  documents: readonly { name: string; text: string; entries: readonly Entry[] }[];
  scenarios: ReadonlyMap<string, string>;
  steps: ToldSteps;
  differences: ReadonlySet<string>;
};

/** One step of a scenario that proves a sentence; `told` is the sentence it tells, undefined while there is no such scenario. */
export type Proof = { scenario: string; step: string; told: string | undefined };

/** A sentence of a document with what is known of it. */
export type Traced = Sentence & {
  document: string;
  entry: Entry | undefined;
  proofs: Proof[];
  /** Scenarios that are to prove it and do not exist yet. */
  missing: string[];
  problems: string[];
};

/** The whole table; `problems` are those that belong to no sentence. */
export type Trace = { sentences: Traced[]; problems: string[] };

/** Holds every sentence of the documents against the steps that are said to prove it. */
export const trace = (material: Material): Trace => {
  const sentences: Traced[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { name, text, entries } of material.documents) {
    const left = [...entries];
    for (const sentence of sentencesOf(text)) {
      // The same sentence can stand in a document more than once: each takes the next entry.
      const index = left.findIndex((entry) => entry.text === sentence.text);
      const entry = index === -1 ? undefined : left.splice(index, 1)[0];
      sentences.push({ ...sentence, document: name, ...judge(entry, material) });
    }
    problems.push(...left.map(({ id }) => `${name}: entry ${id} has a text that does not stand in the document, or not that often`));
    for (const { id } of entries) {
      if (seen.has(id)) problems.push(`${name}: there are two entries named ${id}`);
      seen.add(id);
    }
  }
  return { sentences, problems };
};

const judge = (entry: Entry | undefined, { scenarios, steps, differences }: Material): Omit<Traced, keyof Sentence | 'document'> => {
  if (entry === undefined) return { entry, proofs: [], missing: [], problems: ['no entry says what proves this sentence'] };
  const named = Object.entries(entry.proof);
  const problems = entry.differs.filter((id) => !differences.has(id)).map((id) => `there is no difference named ${id}`);
  if (named.length === 0 && entry.because === undefined) problems.push('nothing proves this sentence, and no reason is given');
  const proofs = named.flatMap(([scenario, names]) =>
    names.map((step): Proof => {
      const source = scenarios.get(scenario);
      if (source === undefined) return { scenario, step, told: undefined };
      const told = steps.always.has(step) ? step : steps.named.get(step);
      if (told === undefined) problems.push(`there is no step ${step}`);
      else if (told !== step && !source.includes(`${step}(`)) problems.push(`scenario ${scenario} has no ${step}`);
      return { scenario, step, told };
    }),
  );
  return { entry, proofs, missing: named.map(([scenario]) => scenario).filter((scenario) => !scenarios.has(scenario)), problems };
};
