import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ownTime } from './own-time.ts';
import type { Report, ScenarioReport } from './schema.ts';
import { writeWhole } from './write-whole.ts';

/** How long scenarios are expected to take, in ms, by `FILE NAME`. */
export type ExpectedTimes = Readonly<Record<string, number>>;

type Named = Pick<ScenarioReport, 'name' | 'file'>;

/** Names a scenario where times are kept. */
export const timeKey = ({ name, file }: Named): string => `${file} ${name}`;

const timesFile = new URL('../../fixtures/expected-times.json', import.meta.url);

/**
 * The expected times that came with this commit: every shard of it has the same, on whatever machine it is
 * run.
 */
export const readExpectedTimes = (): ExpectedTimes =>
  z.record(z.string(), z.int().nonnegative()).parse(JSON.parse(readFileSync(timesFile, 'utf8')));

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 1;

/**
 * Says how long some scenarios take one after the other, in ms. One of an unknown time counts as the median of
 * the known times of all.
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
 * How long a run took by the clock for each ms that its scenarios take one after the other: below 1, as they
 * are run side by side. Undefined where none was run whose time is known.
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
 * What a report teaches about times: of each scenario that passed, or met a known bug, the longest, to the second. What it waited
 * in line for others is not its own: who runs it beside it may be another.
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

/** Writes expected times as readExpectedTimes reads them, with the names in order. */
export const writeExpectedTimes = async (path: string, times: ExpectedTimes): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, `${JSON.stringify(times, null, 2)}\n`);
};
