import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MutantLab } from '../../../bench/mutants/fixture.ts';
import { runMutants } from '../../../bench/mutants/run.ts';
import { crashCellName } from '../../../e2e/crash-matrix/cells.ts';
import {
  nothingSpent,
  type Report,
  type ReportStep,
  type ScenarioReport,
} from '../../../e2e/report/schema.ts';
import { type SoakRun, soakName } from '../../../e2e/soak/actions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const file = 'e2e/scenarios/backup-deletion/normal.e2e.ts';
const step = (sentence: string, state: ReportStep['state'] = 'passed'): ReportStep => ({
  sentence,
  state,
  duration: 1,
  account: nothingSpent,
});
const heldBack =
  'Then the second backup is Pending and says that it waits for the first backup to be deleted';
type End = Partial<ScenarioReport>;
const fine: End = { state: 'passed', reason: null, steps: [step('Cleanup')] };
const noticedBy = (sentence: string, cleanup = step('Cleanup')): End => ({
  ...{ state: 'failed', reason: 'it ran | on', steps: [step(sentence, 'failed'), cleanup] },
});
const noticedWith = (cleanup: ReportStep): End => noticedBy(heldBack, cleanup);
const noticed = noticedWith(step('Cleanup'));
const dirty = noticedWith(step('Cleanup', 'failed'));

type Ends = Record<string, End>;

/** A fixture whose scenarios end as the table says, by the mutant; `does` is called with what is done on it. */
const fixtureOf = (
  ends: Ends,
  does: (what: string, files: unknown) => Promise<void> | void,
  reduced?: SoakRun,
): MutantLab => ({
  run: async ({ mutant = 'none', version, scenarios, files }) => {
    await does([mutant, ...(version ? [`of ${version}`] : [])].join(' '), files);
    const end = ends[mutant] ?? (mutant === 'none' ? fine : noticed);
    return { scenarios: scenarios.map((name) => ({ name, duration: 1, ...end })) } as Report;
  },
  runCells: async ({ mutant = 'none', cells }) => {
    await does(mutant, 'cells');
    const end = ends[mutant] ?? (mutant === 'none' ? fine : noticed);
    return { scenarios: cells.map((cell) => ({ name: crashCellName(cell), duration: 1, ...end })) } as Report;
  },
  runSoak: async ({ mutant = 'none', seed }) => {
    await does(mutant, 'soak');
    const end = ends[mutant] ?? (mutant === 'none' ? fine : noticed);
    const report = { scenarios: [{ name: soakName(seed), duration: 1, ...end }] } as Report;
    return { report, reduced };
  },
  renew: async () => void does('new lab', ''),
  close: async () => {},
});

type Chosen = Parameters<typeof runMutants>[0]['chosen'];
const runOn = async (fixtures: [MutantLab, ...MutantLab[]], chosen: Chosen = ['message-missing']) => {
  const printed: string[] = [];
  const out = join(await temporaryFolder(), 'mutants');
  const well = await runMutants({ chosen, fixtures, out, print: (line) => printed.push(line) });
  const { rows } = JSON.parse(await readFile(`${out}.json`, 'utf8')) as {
    rows: { mutant: string | null; scenario: string; outcome: string }[];
  };
  return { well, rows, table: printed.at(-1) };
};
const run = async (ends: Ends) => {
  const done: string[] = [];
  const fixture = fixtureOf(ends, (what, files) => void done.push(`${what}: ${files}`));
  return { ...(await runOn([fixture])), done };
};

test('a mutant that a cell of the crash matrix is to notice runs there', async () => {
  const forgotten = noticedBy('Then the second backup is gone in the end');
  const done: string[] = [];
  const ends = { none: fine, 'finalizer-forgotten': forgotten };
  const fixture = fixtureOf(ends, (what, files) => void done.push(`${what}: ${files}`));
  const { well, rows } = await runOn([fixture], ['finalizer-forgotten']);
  expect(done).toEqual(['none: cells', 'finalizer-forgotten: cells', 'none: cells']);
  expect([well, rows.map(({ outcome }) => outcome)]).toEqual([
    true,
    ['passed without a bug', 'killed', 'passed without a bug'],
  ]);
});

test.for<[number, number, string]>([
  [6, 10, 'killed'],
  [7, 10, 'NOT REDUCED'],
  [6, 11, 'FOUND TOO LATE'],
])(
  'a soak that has reduced a bug to %i actions, found after %i min: %s',
  async ([count, minutes, outcome]) => {
    const actions = Array.from({ length: count }, () => ({ do: 'back up' as const, volume: 0 }));
    const ends = {
      'target-takes-files-along': noticedBy('Then the store holds the first backup whole, and nothing else'),
    };
    const fixture = fixtureOf(ends, () => {}, { run: 3, actions, found: minutes * 60_000 });
    const { well, rows } = await runOn([fixture], ['target-takes-files-along']);
    expect(rows.filter(({ scenario }) => scenario === soakName(326)).map((row) => row.outcome)).toEqual([
      ...['passed without a bug', outcome, 'passed without a bug'],
    ]);
    expect(well).toBe(outcome === 'killed');
  },
);

test('a mutant that is noticed, between two runs without a bug', async () => {
  const { well, done, rows, table } = await run({ none: fine, 'message-missing': noticed });
  expect(well).toBe(true);
  expect(done).toEqual([`none: ${file}`, `message-missing: ${file}`, `none: ${file}`]);
  expect(rows.map(({ mutant, outcome }) => [mutant, outcome])).toEqual([
    [null, 'passed without a bug'],
    ['message-missing', 'killed'],
    [null, 'passed without a bug'],
  ]);
  expect(table?.split('\n')).toEqual([
    '| mutant | scenario | killed by | after |',
    '| --- | --- | --- | --: |',
    '| (none) | A backup made during a deletion waits for it, then runs | passed without a bug | 1 ms |',
    `| message-missing | A backup made during a deletion waits for it, then runs | ${heldBack}: it ran / on | 1 ms |`,
    expect.stringMatching(/^\| \(none\) /),
    '',
  ]);
});

test('several run at once, each on a fixture of its own, and none without a bug beside them', async () => {
  const ran: string[] = [];
  const both = Promise.withResolvers<void>();
  const on = (name: string): MutantLab =>
    fixtureOf({}, async (mutant) => {
      ran.push(`${mutant} on ${name}`);
      if (ran.length === 3) both.resolve();
      if (mutant !== 'none') await both.promise;
    });
  const { rows } = await runOn([on('one'), on('two')], ['message-missing', 'second-not-held']);
  expect(ran).toEqual(['none on one', 'message-missing on one', 'second-not-held on two', 'none on one']);
  const [one, two] = ['message-missing', 'second-not-held'];
  expect(rows.map(({ mutant }) => mutant)).toEqual([null, null, one, two, two, null, null]);
});

test('a mutant of another version runs on that one, and so do its scenarios without a bug', async () => {
  const done: string[] = [];
  const ends = { 'age-ignored': noticedBy('Then the second run has removed nothing, and left it') };
  const fixture = fixtureOf(ends, (what) => void done.push(what));
  const { well } = await runOn([fixture], ['message-missing', 'age-ignored']);
  const [none, next] = ['none', 'none of v1.13.0'];
  expect(done).toEqual([none, next, 'message-missing', 'age-ignored of v1.13.0', none, next]);
  expect(well).toBe(true);
});

test('a scenario that could not clean up costs the lab', async () => {
  const { well, done } = await run({ none: fine, 'message-missing': dirty });
  expect(well).toBe(true);
  expect(done).toEqual([`none: ${file}`, `message-missing: ${file}`, 'new lab: ', `none: ${file}`]);
});
