import { expect, test } from 'vitest';
import { composeRounds } from '../../e2e/report/rounds.ts';
import type { ScenarioReport } from '../../e2e/report/schema.ts';
import { scenarioReport } from '../support/scenario-report.ts';

const played = (name: string, round: number, state: ScenarioReport['state'], duration: number) =>
  scenarioReport(name, { round, state, duration });

test('a scenario a line; what was skipped says nothing about time', () => {
  const scenarios = [
    played('A backup waits', 1, 'passed', 41_000),
    played('It needs a lab', 1, 'skipped', 3),
    played('A backup waits', 2, 'failed', 95_000),
    played('It needs a lab', 2, 'skipped', 3),
    played('A backup waits', 3, 'passed', 43_000),
    played('It needs a lab', 3, 'not-provable', 7000),
    played('A backup waits', 4, 'skipped', 1),
  ];
  expect(composeRounds({ scenarios }, 20).join('\n')).toMatchInlineSnapshot(`
    "
    4 rounds of 20: ✓ passed, ! known bug, ✗ failed, ? not provable, - skipped

    rounds  passed  failed  skipped   min  median         max
    ✓✗✓-         2       1        1  41 s    43 s  1 min 35 s  A backup waits
    --?          0       1        2   7 s     7 s         7 s  It needs a lab"
  `);
});
