import { describe, expect, test } from 'vitest';
import { mergeReports } from '../../e2e/report/merge.ts';
import { MergeError, type ReportFile } from '../../e2e/report/merge-rounds.ts';
import type { Report, ScenarioReport } from '../../e2e/report/schema.ts';
import { sampleReport, scenarioReport as scenario } from '../support/scenario-report.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
let count = 0;

/** Where a report lies, and what is in it: of each scenario its name, with a `!` behind one that failed. */
const source = (names: string[] = [], change: Partial<Report> = {}, rounds = 1): ReportFile => {
  count += 1;
  const scenarios = Array.from({ length: rounds }, (_, index) =>
    names.map((name) => {
      const state: ScenarioReport['state'] = name.endsWith('!') ? 'failed' : 'passed';
      return scenario(name.replace('!', ''), { round: index + 1, state });
    }),
  ).flat();
  const startedAt = new Date(start + count * 1000).toISOString();
  return {
    path: `${count}/report.json`,
    report: sampleReport(scenarios, { run: `run${count}`, startedAt, duration: 5000, ...change }),
  };
};

const shard = (index: number, of = 2, split = 'abc') => ({ shard: { index, of, split } });

const merged = (...sources: ReportFile[]) =>
  mergeReports(sources).report.scenarios.map(({ round, name, state }) => `${round} ${name} ${state}`);

describe('reports that belong together', () => {
  test('become one, with the scenarios of all', () => {
    const [one, two] = [source(['A', 'B!'], shard(1)), source(['C'], shard(2))];
    expect(merged(two, one)).toEqual(['1 A passed', '1 B failed', '1 C passed']);
    const { report, ...beside } = mergeReports([two, one]);
    expect(beside).toMatchObject({ missing: [], doubled: [] });
    expect(report).toMatchObject({
      run: `${two.report.run},${one.report.run}`,
      startedAt: one.report.startedAt,
      duration: 6000,
      target: { name: 'official', version: 'v1.12.1' },
      judged: 'Longhorn v1.12.1 (official)',
      totals: { passed: 2, knownBugs: 0, failed: 1, skipped: 0, notProvable: 0 },
    });
    expect(report.shard).toBeUndefined();
  });

  test('may be rounds of the whole, the older first, or of shards', () => {
    const older = source(['A!'], {}, 2);
    expect(merged(source(['A']), older)).toEqual(['1 A failed', '2 A failed', '3 A passed']);
    const sources = [source(['A'], shard(1)), source(['B'], shard(2))];
    const again = [source(['B!'], shard(2)), source(['A'], shard(1))];
    expect(merged(...sources, ...again)).toEqual(['1 A passed', '1 B passed', '2 A passed', '2 B failed']);
  });

  test('may have one that had nothing to run in three rounds, and knows nothing of what it would have met', () => {
    const none = source([], { target: { name: 'installed', version: null }, ...shard(1) });
    const target = { name: 'emulator', version: 'v1' };
    const { report, missing } = mergeReports([none, source(['A'], { target, ...shard(2) }, 3)]);
    expect([report.target, missing]).toEqual([target, []]);
  });

  test('name the cluster only where it is one', () => {
    const on = (server: string, index: number) =>
      source([], { kubernetes: { server, context: 'c', version: 'v1' }, ...shard(index) });
    const of = (one: string, two: string) => mergeReports([on(one, 1), on(two, 2)]).report.kubernetes?.server;
    expect([of('a', 'a'), of('a', 'b')]).toEqual(['a', undefined]);
  });

  test('have the images of all of them, which do not make two clusters of one', () => {
    const image = (digest: string) => ({ name: 'longhornio/longhorn-manager:master-head', digest });
    const on = (index: number, ...images: ReturnType<typeof image>[]) =>
      source([], { kubernetes: { server: 's', context: 'c', version: 'v1', images }, ...shard(index) });
    const { report } = mergeReports([on(1, image('a')), on(2, image('a'), image('b'))]);
    expect(report.kubernetes).toEqual({ server: 's', context: 'c', version: 'v1' });
    expect(report.images).toEqual([image('a'), image('b')]);
  });

  test('end as the worst of them, with each reason', () => {
    const end = { state: 'interrupted', reason: 'interrupted by SIGINT' } as const;
    const worse = { state: 'set-up-failed', reason: 'no disk' } as const;
    const [cut, died] = [source(['A'], { end, ...shard(1) }), source(['B'], { end: worse, ...shard(2) })];
    expect(mergeReports([cut, died]).report.end).toEqual({
      state: 'set-up-failed',
      reason: `shard 1/2 (run ${cut.report.run}): interrupted by SIGINT; shard 2/2 (run ${died.report.run}): no disk`,
    });
  });
});

test.each([
  ['a shard', [1, 3], 3, ['2/3']],
  ['several', [2], 4, ['1/4', '3/4', '4/4']],
  ['one in the second round', [1, 2, 1], 2, ['2/2 (round 2)']],
  ['one in all rounds', [1, 1], 2, ['2/2 (round 1, 2)']],
])('%s that is missing is reported', (_, indices, of, missing) => {
  expect(mergeReports(indices.map((index) => source([`${index}`], shard(index, of)))).missing).toEqual(
    missing,
  );
});

test('a scenario that is in two shards is reported; a failure outside of the scenarios may be in all', () => {
  const stray = scenario('Nothing fails outside the scenarios', { file: '', state: 'failed' });
  const broken = scenario('The scenarios of x.e2e.ts load', { file: 'x.e2e.ts', state: 'failed' });
  const scenarios = [stray, broken, scenario('A')];
  const sources = [1, 2].map((index) => source([], { scenarios, ...shard(index) }));
  expect(mergeReports(sources).doubled).toEqual(['one.e2e.ts "A" is in two shards: 1/2 and 2/2']);
});

describe('reports that do not belong together are refused in one line', () => {
  const target = (name: string, version: string) => ({ ...shard(2), target: { name, version } });
  test.each<[string, Partial<Report>, RegExp]>([
    ['targets', target('archive', 'v1.12.1'), /of different targets: official in .*, archive in /],
    ['versions', target('official', 'v1.8.2'), /different versions: v1\.12\.1 in .*, v1\.8\.2 in /],
    ['providers', { ...shard(2), provider: 'kind' }, /different providers: lab in .*, kind in /],
    ['splits', shard(2, 2, 'xyz'), /are shards of different sets of scenarios: of another commit/],
    ['numbers of shards', shard(2, 3), /is shard 1\/2, .* shard 2\/3: merge parts of one split$/],
    ['the whole and a part', {}, /is shard 1\/2, .* the whole: merge parts of one split$/],
  ])('%s', (_, change, message) => {
    const merge = () => mergeReports([source(['A'], shard(1)), source([], change)]);
    expect(merge).toThrow(MergeError);
    expect(merge).toThrow(message);
  });

  test('one run that is named twice, rounds of different scenarios whichever has more, none at all', () => {
    const [one, few, many] = [source(['A'], shard(1)), source(['A']), source(['A', 'B'])] as const;
    expect(() => mergeReports([one, { ...one, path: 'copy.json' }])).toThrow(
      `${one.path} and copy.json are the same run (${one.report.run}): name it once`,
    );
    const message = `the reports are of different sets of scenarios: one.e2e.ts "B" is in ${many.path} and not in ${few.path}`;
    expect(() => mergeReports([few, many])).toThrow(message);
    expect(() => mergeReports([many, few])).toThrow(message);
    expect(() => mergeReports([])).toThrow('there are no reports to merge');
  });
});

test.each<[(string[] | null | undefined)[], string[] | null | undefined]>([
  [[undefined, undefined], undefined],
  [[[], ['one']], ['one']],
  [[['one'], ['two']], 'one two'.split(' ')],
  [[['one'], null], null],
])('what is not as before a run, %j, becomes %j', (each, merged) => {
  const sources = each.map((differences, index) =>
    source([], { ...shard(index + 1), ...(differences !== undefined && { differences }) }),
  );
  expect(mergeReports(sources).report.differences).toEqual(merged);
});
