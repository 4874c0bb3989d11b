import { describe, expect, test } from 'vitest';
import { readScenarios } from '../../e2e/cli/traceability/scenario-files.ts';
import type { Material, SentenceEntry } from '../../e2e/cli/traceability/trace.ts';
import { parseEntries, readProject, sentencesOfDocument, trace } from '../../e2e/cli/traceability/trace.ts';

test('the seeds have nothing that is not in the table, nor the table anything else, and wait for no scenario', () => {
  const { sentences, problems } = trace(readProject());
  expect(problems).toEqual([]);
  expect(sentences.filter(({ problems, missing }) => problems.length + missing.length > 0)).toEqual([]);
  const counts = Object.groupBy(sentences, ({ document }) => document);
  expect(Object.values(counts).map((all) => all?.length)).toEqual([12, 19, 34]);
});

const steps = {
  byId: new Map([
    ['then.gone', 'Then {backup} is gone'],
    ['then.kept', 'Then it is kept'],
  ]),
  always: new Set(['Given a store']),
};
const entry = (change: Partial<SentenceEntry> = {}): SentenceEntry => ({
  ...{ id: 'it-goes', text: 'It goes.', proof: { one: ['then.gone'] }, differs: [] },
  ...change,
});
const proven = (step: string): SentenceEntry => entry({ proof: { one: [step] } });
const check = (change: Partial<Material> & { text?: string; entries?: SentenceEntry[] } = {}) => {
  const { text = '# Test\n\nIt goes.\n', entries = [entry()], ...rest } = change;
  const documents = [{ name: 'seed', text, entries }];
  return trace({
    documents,
    scenarios: new Map([['one', readScenarios('await then.gone(first);')]]),
    steps,
    differences: new Set(['known']),
    ...rest,
  });
};
const wrong = (change: Parameters<typeof check>[0]) => {
  const { sentences, problems } = check(change);
  return [...problems, ...sentences.flatMap((each) => each.problems)];
};

describe('a table', () => {
  test('with a step for its sentence is whole', () => {
    expect(check()).toMatchObject({
      problems: [],
      sentences: [
        {
          ...{ document: 'seed', section: 'Test', text: 'It goes.', missing: [], problems: [] },
          proofs: [{ scenario: 'one', step: 'then.gone', sentence: 'Then {backup} is gone' }],
        },
      ],
    });
  });

  const of = (...entries: SentenceEntry[]) => ({ entries });
  const [unproven, twice] = ['no entry says what proves this sentence', 'It goes. It goes.'];
  const doubled = 'seed: there are two entries named it-goes';
  test.for<[string, Parameters<typeof check>[0], unknown[]]>([
    ['a word that differs', of(entry({ text: 'It goes!' })), [expect.stringContaining('it-goes'), unproven]],
    ['a sentence that stands there twice and has one entry', { text: twice }, [unproven]],
    ['two entries of one name', { text: twice, ...of(entry(), entry()) }, [doubled]],
    ['a step that does not exist', of(proven('then.lost')), ['there is no step then.lost']],
    ['a step that the scenario does not have', of(proven('then.kept')), ['scenario one has no then.kept']],
    ['a sentence of a callable step', of(proven('Then it is kept')), ['there is no step Then it is kept']],
    ['an unknown difference', of(entry({ differs: ['unheard'] })), ['there is no difference named unheard']],
    [
      'no step, no reason',
      of(entry({ proof: {} })),
      ['nothing proves this sentence, and no reason is given'],
    ],
    ['nothing, with a known difference', of(entry({ differs: ['known'] })), []],
    ['nothing, with a reason instead of a step', of(entry({ proof: {}, because: 'It is advice.' })), []],
    ['nothing, with a step that every scenario has', of(proven('Given a store')), []],
    ['nothing, with an entry for each', { text: twice, entries: [entry(), entry({ id: 'again' })] }, []],
  ])('is wrong: %s', ([, change, problems]) => {
    expect(wrong(change)).toEqual(problems);
  });

  test('whose scenario does not exist waits for it', () => {
    const { sentences } = check({ entries: [entry({ proof: { two: ['then.later'] } })] });
    expect(sentences).toMatchObject([{ missing: ['two'], problems: [], proofs: [{ sentence: undefined }] }]);
  });

  test('without a text, or with a field that there is not, is refused', () => {
    for (const yaml of ['- id: a-b\n', '- id: a-b\n  text: x\n  proofs: {}\n'])
      expect(() => parseEntries(yaml)).toThrow();
  });
});

test('a document is its sentences, whole blocks of code, and no heading, link or front matter', () => {
  const document =
    '---\ntitle: "A. B"\n---\n\n# One\n\n- https://example.invalid/1\n\n1. First (v1.8, a.b). `Second` goes.\n- **Third** goes\n\n## Two\n```sh\na. B\n\nc\n```\nFourth?  Fifth: x';
  expect(sentencesOfDocument(document).map(({ section, text }) => `${section}: ${text}`)).toEqual([
    ...['One: First (v1.8, a.b).', 'One: `Second` goes.', 'One: **Third** goes'],
    ...['Two: a. B\n\nc', 'Two: Fourth?', 'Two: Fifth: x'],
  ]);
});

test('scenarios are found with the steps that they call, themselves or by helpers of their file, and with no others', () => {
  const source = `const begun = async ({ given, then }: Fixture) => {
  await given.volume({ size: 1 });
  await checked({ then });
};
const checked = ({ then }: Fixture) => then.fine();

scenario('One', about('a'), async (fixture) => {
  await begun(fixture);
  // await then.commented();
  await fixture.when.done('then.commented()');
});
scenario('Two', about('b'), async ({ then }) => {
  await then.fine();
});
`;
  const { scenarios } = readScenarios(source);
  expect(scenarios.map(({ name, calls }) => [name, [...calls].toSorted()])).toEqual([
    ['One', ['given.volume', 'then.fine', 'when.done']],
    ['Two', ['then.fine']],
  ]);
  expect(() => readScenarios('scenario(name, about, run);')).toThrow("a scenario's name is not written out");
});
