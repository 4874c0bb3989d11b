import { expect, test } from 'vitest';
import type { Report, ScenarioReport } from '../../e2e/report/schema.ts';
import { composeVersionTable } from '../../e2e/report/version-table.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';

const scenario = (name: string, state: ScenarioReport['state'], duration = 0, reason: string | null = null) =>
  scenarioReport(name, { state, reason, duration });

const report = (version: string | null, scenarios: ScenarioReport[], change: Partial<Report> = {}) => ({
  path: `reports/${version ?? 'master-head'}/report.json`,
  report: sampleReport(scenarios, { target: { name: 'official', version }, ...change }),
});

test('versions by scenarios, in the order of their numbers, and below what was not well', () => {
  const [waits, odd] = ['A backup waits', 'One | two'] as const;
  const lines = composeVersionTable([
    report('v1.12.1', [scenario(waits, 'passed'), scenario(odd, 'failed', 5000, 'it did not\n<this>')]),
    report('v1.8.2', [scenario(waits, 'not-provable', 2000, 'a gap'), scenario(odd, 'skipped', 3)]),
    report('v1.12.1', [scenario(waits, 'failed', 90_000, 'late')]),
    report(null, [], { end: { state: 'set-up-failed', reason: 'no image' } }),
  ]);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "| scenario | official (reports/master-head/report.json) | v1.8.2 | v1.12.1 |
    | --- | --- | --- | --- |
    | A backup waits |  | ? 2 s | ✓✗ 1 min 30 s |
    | One \\| two |  | - | ✗ 5 s |

    ✓ passed, ! known bug, ✗ failed, ? not provable, - skipped

    - v1.12.1: One \\| two: it did not
    - v1.8.2: A backup waits: a gap
    - v1.12.1: A backup waits: late
    - official (reports/master-head/report.json): the run did not finish: no image"
  `);
});
