import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exactNamePattern, parseShard, splitScenarios, takeShard } from '../../e2e/cli/shard.ts';
import { paceOf, readExpectedTimes, timeKey, timesOf } from '../../e2e/report/expected-times.ts';
import { nothingSpent, type ScenarioReport } from '../../e2e/report/schema.ts';
import { scenarioReport } from '../support/scenario-report.ts';

const named = (name: string, file = 'one.e2e.ts') => ({ name, file });

test('which part of how many is read', () => {
  expect(parseShard('2/8')).toEqual({ index: 2, of: 8 });
  for (const text of ['0/8', '9/8', '1/0', 'a/b', '2', '1.5/8', '2/8/9', '02/8', '1/1000', ' 2/8'])
    expect(() => parseShard(text)).toThrow(`--shard ${text}: give which part of how many, such as 2/8`);
});

describe('the split', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((name) => named(name));
  const took = { a: 10, b: 40, c: 20, d: 30, e: 20 };
  const times = Object.fromEntries(Object.entries(took).map(([name, time]) => [`one.e2e.ts ${name}`, time]));

  test.each([
    ['that take about equally long', 2, five, times, ['b e', 'd c a']],
    ['by the order where no time is known', 2, five, {}, ['a c e', 'b d']],
    ['with the median for an unknown time', 3, [named('new'), ...five], times, ['b a', 'd e', 'new c']],
    ['that are empty where there are more than scenarios', 4, five.slice(0, 2), {}, ['a', 'b', '', '']],
  ])('gives parts %s', (_, of, all, known, parts) => {
    const split = splitScenarios(all, of, { times: known });
    expect(split.map((part) => part.map(({ name }) => name).join(' '))).toEqual(parts);
  });

  test('keeps scenarios of one name together: one pattern of names is for all files', () => {
    const [a, b] = [
      ['same', 'other'],
      ['third', 'same'],
    ];
    const all = [...a.map((name) => named(name, 'a.ts')), ...b.map((name) => named(name, 'b.ts'))];
    for (const part of splitScenarios(all, 2, { times: {} }))
      expect(part.filter(({ name }) => name === 'same').length).toBeOneOf([0, 2]);
  });

  test.each([
    [['ac'], ['c d e', 'a b']],
    [
      ['a', 'bd'],
      ['a d c', 'b e'],
    ],
  ])('divides each of the groups %j evenly', (names, parts) => {
    const groups = names.map((group) => five.filter(({ name }) => group.includes(name)));
    const split = splitScenarios(five, 2, { times, groups });
    expect(split.map((part) => part.map(({ name }) => name).join(' '))).toEqual(parts);
  });

  test('of any number of scenarios has each of them once', () => {
    for (const of of [1, 2, 3, 7, 20]) {
      const all = Array.from({ length: 13 }, (_, index) => named(`s${index}`, `${index % 3}.ts`));
      const parts = splitScenarios(all, of, { times: { '0.ts s0': 500, '1.ts s4': 90, '2.ts s2': 0 } });
      expect(parts).toHaveLength(of);
      expect(parts.flat().map(timeKey).toSorted()).toEqual(all.map(timeKey).toSorted());
    }
  });
});

describe('a shard', () => {
  const all = ['a', 'b', 'c', 'd'].map((name) => named(name));

  test('has a scenario whatever else is chosen', () => {
    const second = (chosen: typeof all) =>
      takeShard({ index: 2, of: 2 }, { all, chosen, times: {} }).chosen.map(({ name }) => name);
    expect(second(all)).toEqual(['b', 'd']);
    expect(second(all.slice(0, 2))).toEqual(['b']);
  });

  test('knows the others of its split, and takes no other for one of them', () => {
    const split = (index: number, of: number, chosen = all, times = {}) =>
      takeShard({ index, of }, { all, chosen, times }).shard.split;
    expect(split(1, 2)).toBe(split(2, 2));
    expect(split(1, 2)).toBe(split(2, 2, all.toReversed()));
    const timed = split(1, 2, all, { 'one.e2e.ts a': 1, 'one.e2e.ts b': 9 });
    expect([split(1, 3), split(1, 2, all.slice(1)), timed]).not.toContain(split(1, 2));
  });
});

test('names are matched as they are, and whole', () => {
  const awkward = ['A (b) c.d*', 'What? [x] {2} a|b', '^$\\d + a/b', 'A'];
  const pattern = new RegExp(exactNamePattern(awkward.map((name) => ({ name }))));
  for (const name of awkward) expect(name).toMatch(pattern);
  for (const name of ['A (b) c.dd', 'b', 'AA', 'Abc', '', 'a']) expect(name).not.toMatch(pattern);
});

test('the times that come with the commit are of scenarios there are, and split them into parts of which none is much longer than it must be', () => {
  const times = readExpectedTimes();
  const all = Object.keys(times).map((key) => {
    const [, file = '', name = ''] = /^(\S+) (.*)$/.exec(key) ?? [];
    return { file, name };
  });
  const isIn = ({ file, name }: (typeof all)[number]): boolean =>
    ["'", '"'].some((quote) =>
      readFileSync(file, 'utf8').includes(`${quote}${name.replace(/ \[\w+\]$/, '')}${quote}`),
    );
  expect(all.filter((each) => !isIn(each))).toEqual([]);
  const timeOf = (part: typeof all) => part.reduce((sum, each) => sum + (times[timeKey(each)] ?? 0), 0);
  const longest = Math.max(...splitScenarios(all, 4, { times }).map(timeOf));
  expect(longest).toBeLessThan((timeOf(all) / 4) * 1.15);
});

test('a report teaches times: of what passed or met a known bug, the longest, without the line', () => {
  const ran = (name: string, state: ScenarioReport['state'], duration: number, locks = 0) =>
    scenarioReport(name, { state, duration, account: { ...nothingSpent, locks } });
  const scenarios = [
    ran('b', 'passed', 9400),
    ran('a', 'passed', 90_000, 60_200),
    ran('b', 'known-bug', 8000),
    ran('c', 'failed', 5),
    ran('d', 'known-bug', 2000),
  ];
  const times = { 'one.e2e.ts a': 30_000, 'one.e2e.ts b': 9000, 'one.e2e.ts d': 2000 };
  expect(Object.entries(timesOf({ scenarios }))).toEqual(Object.entries(times));
});

test('the pace of a run is its time by the clock for what its scenarios take one after the other', () => {
  const times = { 'one.e2e.ts a': 100_000, 'one.e2e.ts b': 60_000 };
  const ran = (name: string, at: number, duration: number, more: Partial<ScenarioReport> = {}) =>
    scenarioReport(name, { startedAt: new Date(at).toISOString(), duration, ...more });
  // Two that overlap take 40 s of the 160 s that are expected; the second round takes 80 s.
  const first = [ran('a', 1_000_000, 30_000), ran('b', 1_010_000, 30_000)];
  const skipped = ran('b', 1_900_000, 5, { state: 'skipped' });
  expect(paceOf({ scenarios: [...first, skipped, ran('new', 1_900_000, 5)] }, times)).toBe(0.25);
  const second = [ran('a', 2_000_000, 80_000, { round: 2 }), ran('b', 2_000_000, 1, { round: 2 })];
  expect(paceOf({ scenarios: [...first, ...second] }, times)).toBe(120 / 320);
  expect(paceOf({ scenarios: [skipped] }, times)).toBeUndefined();
});
