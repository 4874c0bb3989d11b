import { expect, test } from 'vitest';
import { suiteTables } from '../../../bench/suite/tables.ts';
import type { Report, ScenarioReport } from '../../../e2e/report/schema.ts';

const scenario = (name: string, change: Partial<ScenarioReport> = {}): ScenarioReport =>
  ({
    name,
    state: 'passed',
    duration: 100_000,
    account: { cluster: 90_000, locks: 7_000, suite: 1_234, others: 1_766 },
    decisions: { count: 12, median: 0.94, max: 3.21 },
    ...change,
  }) as ScenarioReport;

const report = (...scenarios: ScenarioReport[]) => ({ scenarios }) as Report;

test('where the time of each scenario went, and that of the whole', () => {
  const nothing = {
    account: { cluster: 0, locks: 0, suite: 0, others: 0 },
    decisions: { count: 0, median: 0, max: 0 },
    duration: 0,
  };
  const played = report(
    scenario('One waits'),
    scenario('One fails', { state: 'failed', duration: 40_000 }),
    scenario('One is skipped', { state: 'skipped', ...nothing }),
  );
  expect(suiteTables(played, { up: 20_000, scenarios: 101_000, down: 1_500 })).toMatchInlineSnapshot(`
    "| scenario | took, s | waiting for Longhorn and its cluster | in line for a name | others of its file at work | the suite itself (goal: 2 %) | from event to decision, median / max, ms (goal: 5) |
    | --- | --: | --: | --: | --: | --: | --: |
    | One waits | 100.0 | 90.0 | 7.0 | 1.8 | 1.2 (1.2 %) | 0.9 / 3.2 of 12 |
    | One fails (failed) | 40.0 | 90.0 | 7.0 | 1.8 | 1.2 (3.1 %) | 0.9 / 3.2 of 12 |
    | One is skipped (skipped) | 0.0 | 0.0 | 0.0 | 0.0 | 0.0 (0.0 %) | none |

    | the whole | s |
    | --- | --: |
    | cluster up, Longhorn in it | 20.0 |
    | 3 scenarios | 101.0 |
    | cluster down | 1.5 |
    | all | 122.5 |
    | the longest scenario | 100.0 |
    | all / the longest scenario | 1.23 (goal: 1.3, and 150 s in all: met) |
    "
  `);
});

test.for<[string, number, string]>([
  ['met', 9_000, '1.30 (goal: 1.3, and 150 s in all: met)'],
  ['missed by the ratio', 9_600, '1.31 (goal: 1.3, and 150 s in all: not met)'],
])('a goal that is %s', ([, down, told]) => {
  expect(suiteTables(report(scenario('One')), { up: 20_000, scenarios: 101_000, down })).toContain(told);
});

test('a goal that is missed by the whole alone', () => {
  expect(
    suiteTables(report(scenario('One', { duration: 140_000 })), {
      up: 10_000,
      scenarios: 141_000,
      down: 1_000,
    }),
  ).toContain('1.09 (goal: 1.3, and 150 s in all: not met)');
});
