import { expect, test } from 'vitest';
import { type DocumentedPromise, parseSubject, readPromises } from '../../e2e/cli/promises/map.ts';
import { withPromises } from '../../e2e/cli/promises/with-promises.ts';
import { runPromisesCommand } from '../../e2e/cli/promises.ts';
import { readScenarios, type ScenarioFile } from '../../e2e/cli/traceability/scenario-files.ts';
import { readScenarioFiles, sentencesOfSteps } from '../../e2e/cli/traceability/trace.ts';
import { bugIds } from '../../e2e/longhorn/bugs/bugs.ts';
import type { ScenarioReport } from '../../e2e/report/schema.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';

/** What the promises are held against: files of scenarios by their path, ids of steps, names of bugs. */
type Known = {
  scenarios: ReadonlyMap<string, ScenarioFile>;
  steps: ReadonlySet<string>;
  bugs: ReadonlySet<string>;
};

/** Whether scenarios declare such a promise: others they do not judge in full. */
const isDeclared = ({ status }: DocumentedPromise): boolean => status === 'proven' || status === 'known-bug';

const proofOf = (promise: DocumentedPromise): Readonly<Record<string, readonly string[]>> =>
  ('proof' in promise ? promise.proof : undefined) ?? {};

/** Where the promises and the scenarios that declare them disagree; empty when they agree. */
const findDisagreements = (promises: readonly DocumentedPromise[], known: Known): string[] => {
  const byId = new Map(promises.map((promise) => [promise.id, promise]));
  const twice = promises.filter((promise) => byId.get(promise.id) !== promise);
  return [
    ...twice.map(({ id }) => `there are two promises ${id}`),
    ...promises.flatMap((promise) =>
      problemsOf(promise, known).map((problem) => `${promise.id}: ${problem}`),
    ),
    ...[...known.scenarios].flatMap(([path, { scenarios }]) =>
      scenarios.flatMap(({ name, proves }) =>
        proves.flatMap((id) => {
          const problem = problemOfDeclaration(path, byId.get(id));
          return problem === undefined ? [] : [`"${name}" declares ${id}, and ${problem}`];
        }),
      ),
    ),
  ];
};

const problemOfDeclaration = (path: string, promise: DocumentedPromise | undefined): string | undefined => {
  if (promise === undefined) return 'there is no such promise';
  if (!isDeclared(promise)) return `that is ${promise.status}`;
  return proofOf(promise)[path] === undefined ? `its proof does not name ${path}` : undefined;
};

const problemsOf = (promise: DocumentedPromise, known: Known): string[] => [
  ...('bugs' in promise ? promise.bugs : [])
    .filter((bug) => !known.bugs.has(bug))
    .map((bug) => `there is no known bug ${bug}`),
  ...Object.entries(proofOf(promise)).flatMap(([path, steps]) => {
    const file = known.scenarios.get(path);
    if (file === undefined) return [`there is no file of scenarios ${path}`];
    return problemsOfProof(promise, { path, steps, file, known });
  }),
];

type Proof = { path: string; steps: readonly string[]; file: ScenarioFile; known: Known };

const problemsOfProof = (promise: DocumentedPromise, { path, steps, file, known }: Proof): string[] => {
  const declaring = file.scenarios.filter(({ proves }) => proves.includes(promise.id));
  if (isDeclared(promise) && declaring.length === 0) return [`no scenario of ${path} declares it`];
  const judging = isDeclared(promise) ? declaring : file.scenarios;
  const unknown = steps.filter((step) => !known.steps.has(step));
  const uncalled = steps.filter(
    (step) => known.steps.has(step) && !judging.some(({ calls }) => calls.has(step)),
  );
  const idle = declaring.filter(({ calls }) => !steps.some((step) => calls.has(step)));
  return [
    ...unknown.map((step) => `there is no step ${step}`),
    ...uncalled.map((step) => `no scenario of ${path} that is to prove it has ${step}`),
    ...idle.map(({ name }) => `"${name}" declares it, and has none of its steps`),
    ...(steps.some((step) => step.startsWith('then.')) ? [] : [`no step of ${path} judges it`]),
  ];
};

test('the promises and the scenarios agree', () => {
  const promises = readPromises().flatMap((subject) => subject.promises);
  const steps = new Set(sentencesOfSteps().byId.keys());
  const known = { scenarios: readScenarioFiles(), steps, bugs: new Set<string>(bugIds) };
  expect(findDisagreements(promises, known)).toEqual([]);
  expect(promises).toHaveLength(363);
});

const source = `
scenario('It goes', { proves: ['D1'] }, async ({ given, then }) => { await given.volume(); await then.gone(); });
scenario('Another', { proves: [] }, async ({ then }) => { await then.kept(); });`;
const declaring = (...ids: string[]) => source.replace('[]', JSON.stringify(ids));
const proof = (...steps: string[]) => `proof: { one: [${steps.join()}] }`;
const proven = `status: proven, ${proof('then.gone')}`;
const row = (rest: string, id = 'D1') =>
  `  - { id: ${id}, promise: It goes, source: [page x], since: '1.8', severity: 3, ${rest} }\n`;
const read = (...rows: string[]) => parseSubject('s', `subject: S\npromises:\n${rows.join('')}`).promises;

const disagree = (rows: string[], declared: string[]) => {
  const scenarios: Known['scenarios'] = new Map([['one', readScenarios(declaring(...declared))]]);
  const steps = new Set(['given.volume', 'then.gone', 'then.kept']);
  return findDisagreements(read(...rows), { scenarios, steps, bugs: new Set(['known']) });
};

// The promises themselves are those that agree.
test.for<[string, string[], string, string?]>([
  ['a proof that nobody declares', [row(proven), row(proven, 'D2')], 'D2: no scenario of one declares it'],
  ['an open promise', [row('status: open')], '"It goes" declares D1, and that is open'],
  ['an unknown promise', [row(proven)], '"Another" declares D9, and there is no such promise', 'D9'],
  ['two of one id', [row(proven), row(proven)], 'there are two promises D1'],
  [
    'an unknown bug',
    [row(`status: known-bug, bugs: [lost], ${proof('then.gone')}`)],
    'D1: there is no known bug lost',
  ],
  [
    'a known bug without the proof that is declared',
    [row('status: known-bug, bugs: [known]')],
    '"It goes" declares D1, and its proof does not name one',
  ],
  [
    'a file that is not there',
    [row(proven.replace('}', ', two: [then.gone] }'))],
    'D1: there is no file of scenarios two',
  ],
  [
    'a step that is not there',
    [row(`status: proven, ${proof('then.gone', 'then.lost')}`)],
    'D1: there is no step then.lost',
  ],
  [
    'a step of another scenario',
    [row(`status: proven, ${proof('then.gone', 'then.kept')}`)],
    'D1: no scenario of one that is to prove it has then.kept',
  ],
  ['none of the steps', [row(proven)], 'D1: "Another" declares it, and has none of its steps', 'D1'],
  [
    'steps that judge nothing',
    [row(`status: proven, ${proof('given.volume')}`)],
    'D1: no step of one judges it',
  ],
])('they disagree: %s', ([, rows, problem, declared]) => {
  expect(disagree(rows, declared === undefined ? [] : [declared])).toEqual([problem]);
});

test.each(['status: proven', 'status: partly', 'status: known-bug', 'status: out-of-scope', 'status: shown'])(
  'a row with %s alone is refused',
  (rest) => {
    expect(() => read(row(rest))).toThrow();
  },
);

const shown = {
  ...{ id: 'waiting-backup-loses-lock', title: 't', severity: 'objects lost', seen: '' },
  ...{ kept: false, listed: true },
};

test('a report says of each promise that its scenarios judge the worst that they say, and counts the others', () => {
  const judging = (name: string, proves: string[], change: Partial<ScenarioReport> = {}) =>
    scenarioReport(name, { proves, ...change });
  const { promises } = withPromises(
    sampleReport([
      judging('A', ['D3', 'C14', 'D1', 'J31']),
      judging('B', ['C14', 'D12'], { state: 'known-bug', bugs: [shown] }),
      judging('C', ['D1'], { state: 'failed' }),
      judging('D', ['J31', 'J3'], { state: 'skipped' }),
      judging('E', ['T32'], { state: 'not-provable' }),
    ]),
  );
  expect(promises?.judged.map(({ id, state, scenarios }) => [id, state, ...scenarios])).toEqual([
    ['D1', 'failed', 'C'],
    ['C14', 'known-bug', 'B'],
    ['J31', 'kept', 'A'],
    ['D3', 'kept', 'A'],
    ['J3', 'not-checked', 'D'],
    // Behind a bug that is of another promise.
    ['D12', 'not-checked', 'B'],
    ['T32', 'not-checked', 'E'],
  ]);
  expect(promises?.others).toBe(356);
  expect(withPromises(sampleReport([scenarioReport('F')]))).not.toHaveProperty('promises');
});

const promises = (...argv: string[]) => runInProcess(() => runPromisesCommand(argv));

test('without a filter there are the counts alone, with one also the rows', async () => {
  const { exitCode, stdout } = await promises();
  expect(exitCode).toBe(0);
  const [head = '', ...rest] = stdout.split('\n');
  expect(head.trim().split(/ +/)).toEqual(['proven', 'known-bug', 'partly', 'open', 'out-of-scope', 'all']);
  expect(rest).toHaveLength(readPromises().length + 1);
  const [all = '', ...counts] = rest.at(-1)?.split(/ +/) ?? [];
  expect([all, counts.at(-1)]).toEqual(['all', '363']);
  expect(counts.slice(0, -1).reduce((sum, count) => sum + Number(count), 0)).toBe(363);

  const filtered = (await promises('--subject', 'deletion', '--status', 'known-bug', '--severity', '5'))
    .stdout;
  expect(filtered).toMatch(/^D2: known-bug, severity 5, since old$/m);
  expect(filtered).toMatch(/^ {2}known bugs: deletion-destroys-other-backups$/m);
  expect(filtered).not.toMatch(/^(?:C14|D1|D3): /m);
});

test('as JSON there are the rows, each with its subject', async () => {
  const { stdout } = await promises('--output', 'json', '--status', 'out-of-scope');
  const rows = JSON.parse(stdout) as { subject: string; status: string; why: string }[];
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['out-of-scope']));
  expect(rows.filter(({ subject }) => subject === 'v2-engine')).toHaveLength(12);
});
