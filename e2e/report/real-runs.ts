import { readFileSync } from 'node:fs';
import semver from 'semver';
import { z } from 'zod';
import { timeKey } from './expected-times.ts';
import { isEmulated, shownBugs } from './judged.ts';
import type { Report } from './schema.ts';
import { writeAtomically } from './write-atomically.ts';

const realRunSchema = z.strictObject({
  state: z.enum(['passed', 'known-bug']),
  /** The duration, waits for other scenarios included. */
  seconds: z.int().nonnegative(),
  /** The day of the run. */
  on: z.iso.date(),
  /** The known bugs that it showed. */
  bugs: z.array(z.string()).optional(),
});

/** The last verdict of a scenario on one version of a real Longhorn. */
export type RealRun = z.infer<typeof realRunSchema>;

const realRunsSchema = z.record(z.string(), z.record(z.string(), realRunSchema));

/** By version of Longhorn, then by the key of a scenario in the expected times. */
export type RealRuns = z.infer<typeof realRunsSchema>;

/** Parses `fixtures/real-runs.json`. Throws an error with the path of an invalid field. */
export const readRealRuns = (
  file: string | URL = new URL('../../fixtures/real-runs.json', import.meta.url),
): RealRuns => realRunsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

/**
 * Adds the verdicts of a report: the scenarios that passed or showed a known bug. The oldest Longhorn comes first. Runs on
 * an emulator are not added, and failures neither, because a verdict without its evidence helps nobody.
 */
export const addRealRuns = (
  runs: RealRuns,
  { target, startedAt, scenarios }: Pick<Report, 'target' | 'startedAt' | 'scenarios'>,
): RealRuns => {
  if (target.version === null || isEmulated(target)) return runs;
  const added = scenarios.flatMap((scenario): [string, RealRun][] => {
    const { state, duration } = scenario;
    if (state !== 'passed' && state !== 'known-bug') return [];
    const shown = shownBugs(scenario);
    return [
      [
        timeKey(scenario),
        {
          state,
          seconds: Math.round(duration / 1000),
          on: startedAt.slice(0, 10),
          ...(shown.length > 0 && { bugs: shown }),
        },
      ],
    ];
  });
  const all = { ...runs[target.version], ...Object.fromEntries(added) };
  const sorted = Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const byVersion = Object.entries({ ...runs, [target.version]: Object.fromEntries(sorted) });
  return Object.fromEntries(byVersion.toSorted(([one], [other]) => semver.compare(one, other)));
};

/** Writes real runs in the format of `readRealRuns`. */
export const writeRealRuns = (path: string, runs: RealRuns): Promise<void> =>
  writeAtomically(path, `${JSON.stringify(runs, null, 2)}\n`);
