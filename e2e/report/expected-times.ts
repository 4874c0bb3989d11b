import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ownTime } from './own-time.ts';
import type { Report, ScenarioReport } from './schema.ts';

/** How long scenarios are expected to take, in ms, by `FILE NAME`. */
export type ExpectedTimes = Readonly<Record<string, number>>;

/** Names a scenario where times are kept. */
export const timeKey = ({ name, file }: Pick<ScenarioReport, 'name' | 'file'>): string => `${file} ${name}`;

const timesFile = new URL('../../fixtures/expected-times.json', import.meta.url);

/**
 * The expected times that came with this commit: every shard of it has the same, on whatever machine it is
 * played.
 */
export const readExpectedTimes = (): ExpectedTimes =>
  z.record(z.string(), z.int().nonnegative()).parse(JSON.parse(readFileSync(timesFile, 'utf8')));

const second = 1000;

/**
 * What a report teaches about times: of each scenario that passed, or met a known bug, the longest, to the second. What it waited
 * in line for others is not its own: who plays it beside it may be another.
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
export const writeExpectedTimes = async (path: string, times: ExpectedTimes): Promise<void> =>
  writeFile(path, `${JSON.stringify(times, null, 2)}\n`);
