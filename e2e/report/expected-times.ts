import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ownTime } from './own-time.ts';
import type { Report, ScenarioReport } from './schema.ts';
import { writeAtomically } from './write-atomically.ts';

/** The expected durations of scenarios, in ms. The key is `FILE NAME`. */
export type ExpectedTimes = Readonly<Record<string, number>>;

type Named = Pick<ScenarioReport, 'name' | 'file'>;

/** The key of a scenario in the expected times. */
export const timeKey = ({ name, file }: Named): string => `${file} ${name}`;

const timesFile = new URL('../../fixtures/expected-times.json', import.meta.url);

/** Reads the expected times of this commit. All shards use the same times, whatever their machines. */
export const readExpectedTimes = (): ExpectedTimes =>
  z.record(z.string(), z.int().nonnegative()).parse(JSON.parse(readFileSync(timesFile, 'utf8')));

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 1;

/**
 * Returns a function that adds up the expected times of some scenarios, in ms. A scenario without an expected time
 * counts as the median of all known times.
 */
export const timing = (
  all: readonly Named[],
  times: ExpectedTimes,
): ((scenarios: readonly Named[]) => number) => {
  const known = all.map((each) => times[timeKey(each)]).filter((time) => time !== undefined);
  const ofUnknown = median(known);
  return (scenarios) => scenarios.reduce((sum, each) => sum + (times[timeKey(each)] ?? ofUnknown), 0);
};

/**
 * The ratio of a run's elapsed time to the sum of its scenarios' expected times: below 1, because scenarios run in
 * parallel. Undefined if no scenario with an expected time was run.
 */
export const paceOf = (
  { scenarios }: Pick<Report, 'scenarios'>,
  times: ExpectedTimes,
): number | undefined => {
  const timed = scenarios.flatMap(({ name, file, round, state, startedAt, duration }) => {
    const expected = times[timeKey({ name, file })];
    if (state === 'skipped' || startedAt === null || expected === undefined) return [];
    const start = Date.parse(startedAt);
    return [{ round, expected, start, end: start + duration }];
  });
  if (timed.length === 0) return undefined;
  const byTheClock = [...Map.groupBy(timed, ({ round }) => round).values()].map(
    (each) => Math.max(...each.map(({ end }) => end)) - Math.min(...each.map(({ start }) => start)),
  );
  const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0);
  return sum(byTheClock) / Math.max(1, sum(timed.map(({ expected }) => expected)));
};

const second = 1000;

/**
 * The longest own time of each scenario that passed or showed a known bug, rounded to seconds. Waits for locks are
 * not included, because they depend on the scenarios that run in parallel.
 */
export const timesOf = ({ scenarios }: Pick<Report, 'scenarios'>): ExpectedTimes => {
  const times = new Map<string, number>();
  for (const scenario of scenarios) {
    if (scenario.state !== 'passed' && scenario.state !== 'known-bug') continue;
    const key = timeKey(scenario);
    const time = Math.round(ownTime(scenario) / second) * second;
    times.set(key, Math.max(time, times.get(key) ?? 0));
  }
  return Object.fromEntries([...times].toSorted(([one], [other]) => (one < other ? -1 : 1)));
};

/** Writes expected times in the format of readExpectedTimes, sorted by name. */
export const writeExpectedTimes = async (path: string, times: ExpectedTimes): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, `${JSON.stringify(times, null, 2)}\n`);
};
