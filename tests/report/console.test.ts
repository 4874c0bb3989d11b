import { expect, test } from 'vitest';
import {
  composeClosing,
  composeEnding,
  composeHeading,
  composeStep,
  composeTotals,
  type Paint,
} from '../../e2e/report/console.ts';
import { nothingSpent, type ScenarioReport } from '../../e2e/report/schema.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';

const plain: Paint = (_, text) => text;
const named: Paint = (style, text) => `<${style}>${text}</>`;
const scenario = scenarioReport('A backup waits', { duration: 65_000 });

test.each([
  [{ passed: 2, knownBugs: 0, failed: 0, skipped: 0, notProvable: 0 }, '2 passed, 0 failed'],
  [{ passed: 0, knownBugs: 0, failed: 1, skipped: 0, notProvable: 2 }, '0 passed, 3 failed'],
  [{ passed: 1, knownBugs: 0, failed: 1, skipped: 4, notProvable: 0 }, '1 passed, 1 failed, 4 skipped'],
])('totals %j', (totals, line) => expect(composeTotals(totals)).toBe(line));

test.each([
  [{ ...scenario }, ['  <green>passed in 1 min 5 s</>']],
  [
    { ...scenario, state: 'failed', reason: 'one\n\n  two' } as const,
    ['  <red>FAILED after 1 min 5 s</>', '    one', '', '      two'],
  ],
  [
    { ...scenario, state: 'skipped', reason: 'not here' } as const,
    ['  <yellow>skipped after 1 min 5 s</>', '    not here'],
  ],
  [
    { ...scenario, state: 'not-provable', reason: 'a gap' } as const,
    ['  <red>NOT PROVABLE after 1 min 5 s</>', '    a gap'],
  ],
  [
    { ...scenario, findings: [{ title: 'Odd', detail: 'so\nodd' }] },
    ['  <green>passed in 1 min 5 s</>', '  <yellow>finding</>: Odd', '    so', '    odd'],
  ],
])('ending %#', (ended, lines) => expect(composeEnding(ended, named)).toEqual(lines));

test.each([
  ['passed', '  <green>✓</> Given a volume<dim> (1.5 s)</>'],
  ['failed', '  <red>✗</> Given a volume<dim> (1.5 s)</>'],
  ['noted', '  <dim>·</> Given a volume'],
] as const)('step %s', (state, line) =>
  expect(
    composeStep({ sentence: 'Given a volume', state, duration: 1500, account: nothingSpent }, named),
  ).toEqual([line]),
);

test('heading', () => {
  expect(
    composeHeading({ run: 'abc123', provider: 'lab', judged: 'Longhorn v1.12.1 (official)' }, plain),
  ).toEqual(['Corral run abc123, provider lab', 'Judged: Longhorn v1.12.1 (official)']);
});

const totals = { passed: 1, knownBugs: 0, failed: 0, skipped: 0, notProvable: 0 };
const report = sampleReport([], { duration: 90_000, judged: 'the emulator', totals });

test.each([
  [report, ['', '<green>1 passed, 0 failed</>', 'Judged: the emulator', 'Report: r.json (1 min 30 s)']],
  [
    {
      ...report,
      totals: { passed: 0, knownBugs: 0, failed: 1, skipped: 0, notProvable: 1 },
      end: { state: 'interrupted', reason: 'interrupted by SIGINT' },
    } as const,
    [
      '',
      '<red>0 passed, 2 failed</>',
      '1 of the failed not provable: what decides was not seen for sure, as the watch has a gap there or the API server was away, or a fault of another scenario can have brought it about',
      '<yellow>The run did not finish: interrupted by SIGINT</>',
      'Judged: the emulator',
      'Report: r.json (1 min 30 s)',
    ],
  ],
])('closing %#', (closed, lines) => expect(composeClosing(closed, 'r.json', named)).toEqual(lines));

const failed: ScenarioReport = {
  ...scenario,
  name: 'A deletion fails',
  state: 'failed',
  reason: 'expected Error\nseen: Deleting',
  evidence: 'evidence/a-deletion-fails',
};
const inStep: ScenarioReport = {
  ...scenario,
  name: 'A manager dies',
  state: 'not-provable',
  reason: 'a gap\nof 3 s',
  failure: { step: 'Then the backup is gone', reason: 'a gap', messages: [], faults: [], evidence: [] },
};
const listOf = (...scenarios: ScenarioReport[]): string[] =>
  composeClosing({ ...report, scenarios }, 'out/r.json', plain).slice(0, -4);

test('what did not pass is named once more at the end, with where it stopped and where its evidence is', () => {
  expect(listOf(scenario, failed, inStep, { ...scenario, state: 'skipped', reason: 'not here' })).toEqual([
    '',
    'Did not pass:',
    '  ✗ A deletion fails',
    '    expected Error',
    '    out/evidence/a-deletion-fails',
    '  ? A manager dies',
    '    Then the backup is gone',
  ]);
  expect(listOf(scenario, { ...failed, round: 2 })).toContain('  ✗ A deletion fails (round 2)');
});

test('nothing is named twice where all passed, or where a scenario was alone', () => {
  expect(listOf(scenario, scenario)).toEqual([]);
  expect(listOf(failed)).toEqual([]);
});
