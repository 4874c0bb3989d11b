import { describe, expect, test } from 'vitest';
import { mergeReports } from '../../e2e/report/merge.ts';
import { MergeError, type Source } from '../../e2e/report/merge-rounds.ts';
import type { Report, ScenarioReport } from '../../e2e/report/schema.ts';
import { sampleReport, scenarioReport as scenario } from '../support/scenario-report.ts';

type Given = Partial<Report> & { names?: string[]; states?: ScenarioReport['state'][]; rounds?: number };

const start = Date.parse('2026-01-01T00:00:00Z');

let count = 0;

const source = ({ names = [], states = [], rounds = 1, ...change }: Given = {}): Source => {
  count += 1;
  const each = (round: number) =>
    names.map((name, index) => scenario(name, { round, state: states[index] ?? 'passed' }));
  const scenarios = Array.from({ length: rounds }, (_, index) => each(index + 1)).flat();
  const startedAt = new Date(start + count * 1000).toISOString();
  return {
    path: `${count}/report.json`,
    report: sampleReport(scenarios, { run: `run${count}`, startedAt, duration: 5000, ...change }),
  };
};

const shard = (index: number, of = 2, split = 'abc') => ({ shard: { index, of, split } });

const told = ({ report }: { report: Report }) =>
  report.scenarios.map(({ round, name, state }) => `${round} ${name} ${state}`);

describe('reports that belong together', () => {
  test('become one, with the scenarios of all', () => {
    const one = source({ names: ['A', 'B'], states: ['passed', 'failed'], ...shard(1) });
    const two = source({ names: ['C'], states: ['skipped'], ...shard(2) });
    const merged = mergeReports([two, one]);
    expect(merged).toMatchObject({ missing: [], doubled: [] });
    expect(told(merged)).toEqual(['1 A passed', '1 B failed', '1 C skipped']);
    expect(merged.report).toMatchObject({
      run: `${two.report.run},${one.report.run}`,
      startedAt: one.report.startedAt,
      duration: 6000,
      target: { name: 'official', version: 'v1.12.1' },
      judged: 'Longhorn v1.12.1 (official)',
      totals: { passed: 1, knownBugs: 0, failed: 1, skipped: 1, notProvable: 0 },
    });
    expect(merged.report.shard).toBeUndefined();
  });

  test('may be rounds of the whole, the older first', () => {
    const older = source({ names: ['A'], states: ['failed'], rounds: 2 });
    const newer = source({ names: ['A'] });
    expect(told(mergeReports([newer, older]))).toEqual(['1 A failed', '2 A failed', '3 A passed']);
  });

  test('may be rounds of shards', () => {
    const sources = [source({ names: ['A'], ...shard(1) }), source({ names: ['B'], ...shard(2) })];
    const again = [
      source({ names: ['B'], states: ['failed'], ...shard(2) }),
      source({ names: ['A'], ...shard(1) }),
    ];
    expect(told(mergeReports([...sources, ...again]))).toEqual([
      '1 A passed',
      '1 B passed',
      '2 A passed',
      '2 B failed',
    ]);
  });

  test('may have one that knows no version, and one that had nothing to play in three rounds', () => {
    const none = { target: { name: 'official', version: null } };
    const merged = mergeReports([
      source({ names: ['A'], rounds: 3, ...shard(1) }),
      source({ ...none, ...shard(2) }),
    ]);
    expect(merged.report.target.version).toBe('v1.12.1');
    expect(merged.missing).toEqual([]);
  });

  test('name the cluster only where it is one', () => {
    const kubernetes = (server: string) => ({ server, context: 'c', version: 'v1' });
    const both = (...servers: string[]) =>
      mergeReports(
        servers.map((server, index) => source({ kubernetes: kubernetes(server), ...shard(index + 1) })),
      ).report.kubernetes;
    expect(both('a', 'a')).toEqual(kubernetes('a'));
    expect(both('a', 'b')).toBeNull();
  });

  test('end as the worst of them, with each reason', () => {
    const cut = source({
      names: ['A'],
      end: { state: 'interrupted', reason: 'interrupted by SIGINT' },
      ...shard(1),
    });
    const died = source({ names: ['B'], end: { state: 'set-up-failed', reason: 'no disk' }, ...shard(2) });
    expect(mergeReports([cut, died]).report.end).toEqual({
      state: 'set-up-failed',
      reason: `shard 1/2 (run ${cut.report.run}): interrupted by SIGINT; shard 2/2 (run ${died.report.run}): no disk`,
    });
  });
});

describe('what is missing is told', () => {
  test.each([
    ['a shard', [1, 3], 3, ['2/3']],
    ['several', [2], 4, ['1/4', '3/4', '4/4']],
    ['one in the second round', [1, 2, 1], 2, ['2/2 (round 2)']],
    ['one in all rounds', [1, 1], 2, ['2/2 (round 1, 2)']],
  ])('%s', (_, indices, of, missing) => {
    const sources = indices.map((index) => source({ names: [`of ${index}`], ...shard(index, of) }));
    expect(mergeReports(sources).missing).toEqual(missing);
  });

  test('also beside shards that had nothing to play', () => {
    expect(mergeReports([source(shard(2))]).missing).toEqual(['1/2']);
  });
});

test('a scenario that is in two shards is told; a failure outside of the scenarios may be in all', () => {
  const stray = scenario('Nothing fails outside the scenarios', { file: '', state: 'failed' });
  const broken = scenario('The scenarios of x.e2e.ts load', { file: 'x.e2e.ts', state: 'failed' });
  const scenarios = [stray, broken, scenario('A')];
  expect(
    mergeReports([source({ scenarios, ...shard(1) }), source({ scenarios, ...shard(2) })]).doubled,
  ).toEqual(['one.e2e.ts "A" is in two shards: 1/2 and 2/2']);
});

describe('reports that do not belong together are refused in one line', () => {
  const first = () => source({ names: ['A'], ...shard(1) });
  test.each<[string, Given, RegExp]>([
    [
      'targets',
      { ...shard(2), target: { name: 'archive', version: 'v1.12.1' } },
      /^the reports are of different targets: official in .*, archive in .*: merge those of one at a time$/,
    ],
    [
      'versions',
      { ...shard(2), target: { name: 'official', version: 'v1.8.2' } },
      /different versions: v1\.12\.1 in .*, v1\.8\.2 in /,
    ],
    ['providers', { ...shard(2), provider: 'kind' }, /different providers: lab in .*, kind in /],
    [
      'splits',
      shard(2, 2, 'xyz'),
      /are shards of different sets of scenarios: of another commit, or chosen by other flags$/,
    ],
    ['numbers of shards', shard(2, 3), /is shard 1\/2, .* shard 2\/3: merge parts of one split$/],
    ['the whole and a part', {}, /is shard 1\/2, .* the whole: merge parts of one split$/],
  ])('%s', (_, change, message) => {
    expect(() => mergeReports([first(), source(change)])).toThrow(MergeError);
    expect(() => mergeReports([first(), source(change)])).toThrow(message);
  });

  test('one run, named twice', () => {
    const one = first();
    expect(() => mergeReports([one, { ...one, path: 'copy.json' }])).toThrow(
      `${one.path} and copy.json are the same run (${one.report.run}): name it once`,
    );
  });

  test('rounds of different scenarios, whichever has more', () => {
    const few = source({ names: ['A'] });
    const many = source({ names: ['A', 'B'] });
    const message = `the reports are of different sets of scenarios: one.e2e.ts "B" is in ${many.path} and not in ${few.path}`;
    expect(() => mergeReports([few, many])).toThrow(message);
    expect(() => mergeReports([many, few])).toThrow(message);
  });

  test('none at all', () => {
    expect(() => mergeReports([])).toThrow('there are no reports to merge');
  });
});

test.each([
  [[undefined, undefined], undefined],
  [[[], ['a setting changed']], ['a setting changed']],
  [
    [['one'], ['two']],
    ['one', 'two'],
  ],
  [[['one'], null], null],
])('what is not as before a run, %j, becomes %j', (each, merged) => {
  const sources = each.map((differences, index) =>
    source({ ...shard(index + 1), ...(differences !== undefined && { differences }) }),
  );
  expect(mergeReports(sources).report.differences).toEqual(merged);
});

test('a shard that had nothing to play need not know what it would have met', () => {
  const none = source({ ...shard(1), target: { name: 'installed', version: null } });
  const other = source({ names: ['A'], ...shard(2), target: { name: 'emulator', version: 'v1' } });
  expect(mergeReports([none, other]).report.target).toEqual({ name: 'emulator', version: 'v1' });
});
