import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { shorten } from '../../kube/text.ts';
import { differences } from '../../longhorn/differences/differences.ts';
import { steps, stepsOfAll } from '../../suite/steps/subjects.ts';
import { readScenarios, type ScenarioFile } from './scenario-files.ts';

/** One sentence of a document, unchanged, and the heading above it. */
type DocumentSentence = { section: string; text: string };

const frontMatter = /^---\n[\s\S]*?\n---\n/;
const listMark = /^\s*(?:[-*]|\d+\.)\s+/;
const link = /^https?:\/\/\S+$/;
// A sentence ends with a full stop and a space before a capital letter, a code span or emphasis. `No_Root` or `v1.8`
// contain no space.
const between = /(?<=[.!?])\s+(?=[A-Z`*])/;

/**
 * Splits a Markdown document into sentences. A code block is one sentence, and a list item starts a new one.
 * Headings, the front matter and bare links are skipped, because they state nothing that could be proven.
 */
export const sentencesOfDocument = (document: string): DocumentSentence[] => {
  const sentences: DocumentSentence[] = [];
  let section = '';
  let block: string[] | undefined;
  for (const line of document.replace(frontMatter, '').split('\n')) {
    const heading = /^#+ (.*)$/.exec(line)?.[1];
    if (line.startsWith('```')) {
      if (block !== undefined) sentences.push({ section, text: block.join('\n') });
      block = block === undefined ? [] : undefined;
    } else if (block !== undefined) block.push(line);
    else if (heading !== undefined) section = heading;
    else sentences.push(...sentencesIn(line).map((text) => ({ section, text })));
  }
  return sentences;
};

const sentencesIn = (line: string): string[] => {
  const text = line.replace(listMark, '').trim();
  return text === '' || link.test(text) ? [] : text.split(between);
};

const entrySchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z-]+$/),
  text: z.string(),
  proof: z.record(z.string(), z.array(z.string()).nonempty()).default({}),
  differs: z.array(z.string()).default([]),
  because: z.string().optional(),
});

/** The entry of one sentence of a seed. fixtures/seeds/README.md describes the fields. */
export type SentenceEntry = z.infer<typeof entrySchema>;

/** Parses the entries of a seed. Throws an error with the path of an invalid field. */
export const parseEntries = (yaml: string): SentenceEntry[] => z.array(entrySchema).parse(parse(yaml));

/** The sentences of the steps, with their parameters in braces. */
export type Sentences = {
  /** By the id of the step, such as `then.deleted`. */
  byId: ReadonlyMap<string, string>;
  /** The sentences of the steps that every scenario has without calling them. */
  always: ReadonlySet<string>;
};

/** Returns the sentences of all steps. */
export const sentencesOfSteps = (): Sentences => ({
  byId: new Map(Object.entries(steps).map(([id, { sentence }]) => [id, sentence])),
  always: new Set(stepsOfAll.map(({ sentence }) => sentence)),
});

/** The input of the check. The key of `scenarios` is the file's path under e2e/scenarios without `.e2e.ts`. */
export type Material = {
  documents: readonly { name: string; text: string; entries: readonly SentenceEntry[] }[];
  scenarios: ReadonlyMap<string, ScenarioFile>;
  steps: Sentences;
  differences: ReadonlySet<string>;
};

/**
 * A step of a scenario that proves a sentence. `sentence` is its printed text, undefined if the scenario does not
 * exist.
 */
type Proof = { scenario: string; step: string; sentence: string | undefined };

/** A sentence of a document with the results of the check. */
type Traced = DocumentSentence & {
  document: string;
  entry: SentenceEntry | undefined;
  proofs: Proof[];
  /** Scenarios that the entry names and that do not exist yet. */
  missing: string[];
  problems: string[];
};

/** The result for all documents. `problems` are those that belong to no sentence. */
type Trace = { sentences: Traced[]; problems: string[] };

/** Checks every sentence of the documents against the steps that its entry names. */
export const trace = (material: Material): Trace => {
  const sentences: Traced[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { name, text, entries } of material.documents) {
    const left = [...entries];
    for (const sentence of sentencesOfDocument(text)) {
      // The same sentence can occur several times in a document. Each occurrence takes the next entry.
      const index = left.findIndex((entry) => entry.text === sentence.text);
      const entry = index === -1 ? undefined : left.splice(index, 1)[0];
      sentences.push({ ...sentence, document: name, ...judgeSentence(entry, material) });
    }
    problems.push(
      ...left.map(
        ({ id }) => `${name}: entry ${id} has a text that does not stand in the document, or not that often`,
      ),
    );
    for (const { id } of entries) {
      if (seen.has(id)) problems.push(`${name}: there are two entries named ${id}`);
      seen.add(id);
    }
  }
  return { sentences, problems };
};

const judgeSentence = (
  entry: SentenceEntry | undefined,
  { scenarios, steps, differences }: Material,
): Omit<Traced, keyof DocumentSentence | 'document'> => {
  if (entry === undefined)
    return { entry, proofs: [], missing: [], problems: ['no entry says what proves this sentence'] };
  const named = Object.entries(entry.proof);
  const problems = entry.differs
    .filter((id) => !differences.has(id))
    .map((id) => `there is no difference named ${id}`);
  if (named.length === 0 && entry.because === undefined)
    problems.push('nothing proves this sentence, and no reason is given');
  const proofs = named.flatMap(([scenario, names]) =>
    names.map((step): Proof => {
      const file = scenarios.get(scenario);
      if (file === undefined) return { scenario, step, sentence: undefined };
      const sentence = steps.always.has(step) ? step : steps.byId.get(step);
      if (sentence === undefined) problems.push(`there is no step ${step}`);
      else if (sentence !== step && !file.calls.has(step))
        problems.push(`scenario ${scenario} has no ${step}`);
      return { scenario, step, sentence };
    }),
  );
  return {
    entry,
    proofs,
    missing: named.map(([scenario]) => scenario).filter((scenario) => !scenarios.has(scenario)),
    problems,
  };
};

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

/** Reads the scenario files of this project. The key is the path below `e2e/scenarios`. */
export const readScenarioFiles = (): Map<string, ScenarioFile> =>
  new Map(
    globSync('**/*.e2e.ts', { cwd: join(root, 'e2e/scenarios') })
      .toSorted()
      .map((file) => [file.replace(/\.e2e\.ts$/, ''), readScenarios(read('e2e/scenarios', file))]),
  );

/** Reads the seeds with their entries, the scenarios and the steps of this project. */
export const readProject = (): Material => ({
  documents: globSync('fixtures/seeds/*.txt', { cwd: root })
    .toSorted()
    .map((file) => ({
      name: basename(file, '.txt'),
      text: read(file),
      entries: parseEntries(read(file.replace(/\.txt$/, '.yaml'))),
    })),
  scenarios: readScenarioFiles(),
  steps: sentencesOfSteps(),
  differences: new Set(Object.keys(differences)),
});

const shown = 150;

const describe = ({ entry, text, proofs, problems }: Traced): string[] => [
  `  ${entry?.id ?? '?'}: ${shorten(text, shown)}`,
  ...proofs.map(({ scenario, step, sentence }) => `      ${scenario}: ${sentence ?? `${step}, not yet run`}`),
  ...(entry?.differs ?? []).map((id) => `      differs: ${id}`),
  ...(entry?.because === undefined ? [] : [`      no step: ${entry.because}`]),
  ...problems.map((problem) => `      ✗ ${problem}`),
];

/** Formats the result: each sentence with its steps below it, and a summary in the last line. */
export const describeTrace = ({ sentences, problems }: Trace): string[] => {
  const lines: string[] = [];
  let heading = '';
  for (const traced of sentences) {
    const here = [traced.document, traced.section].filter((part) => part !== '').join(': ');
    if (here !== heading) lines.push(...(heading === '' ? [] : ['']), here);
    heading = here;
    lines.push(...describe(traced));
  }
  return [...lines, '', ...problems.map((problem) => `✗ ${problem}`), summarize({ sentences, problems })];
};

const summarize = ({ sentences, problems }: Trace): string => {
  const wrong = sentences.filter((each) => each.problems.length > 0);
  const waiting = sentences.filter((each) => each.problems.length === 0 && each.missing.length > 0);
  const without = sentences.filter(({ proofs, problems }) => proofs.length === 0 && problems.length === 0);
  const proven = sentences.length - wrong.length - waiting.length - without.length;
  const missing = [...new Set(waiting.flatMap((each) => each.missing))];
  return [
    `${sentences.length} sentences: ${proven} proven`,
    `${without.length} with a reason why no step proves them`,
    `${waiting.length} not yet run${missing.length > 0 ? ` (${missing.join(', ')})` : ''}`,
    `${wrong.length + problems.length} wrong`,
  ].join(', ');
};
