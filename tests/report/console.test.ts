import { expect, test } from 'vitest';
import {
  composeClosing,
  composeEnding,
  composeStep,
  composeTotals,
  type Paint,
} from '../../e2e/report/console.ts';
import { nothingSpent } from '../../e2e/report/schema.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';

// The whole of what is told, without colours, is in console-narrator.test.ts.
const named: Paint = (style, text) => `<${style}>${text}</>`;
const none = { passed: 0, knownBugs: 0, failed: 0, skipped: 0, notProvable: 0 };

test.each([
  [{ passed: 2 }, '2 passed, 0 failed'],
  [{ failed: 1, notProvable: 2 }, '0 passed, 3 failed'],
  [{ passed: 1, failed: 1, skipped: 4 }, '1 passed, 1 failed, 4 skipped'],
])('totals %j', (totals, line) => expect(composeTotals({ ...none, ...totals })).toBe(line));

test.each([
  ['passed', '  <green>passed in 1 min 5 s</>'],
  ['failed', '  <red>FAILED after 1 min 5 s</>'],
  ['skipped', '  <yellow>skipped after 1 min 5 s</>'],
  ['not-provable', '  <red>NOT PROVABLE after 1 min 5 s</>'],
] as const)('ending %s', (state, line) =>
  expect(composeEnding(scenarioReport('A', { state, duration: 65_000 }), named)).toEqual([line]),
);

test.each([
  ['passed', '  <green>✓</> Given a volume<dim> (1.5 s)</>'],
  ['failed', '  <red>✗</> Given a volume<dim> (1.5 s)</>'],
  ['noted', '  <dim>·</> Given a volume'],
] as const)('step %s', (state, line) =>
  expect(
    composeStep({ sentence: 'Given a volume', state, duration: 1500, account: nothingSpent }, named),
  ).toEqual([line]),
);

const failed = scenarioReport('A deletion fails', {
  state: 'failed',
  reason: 'expected Error\nseen: Deleting',
  evidence: 'evidence/a-deletion-fails',
});

test('what did not pass is named once more at the end, with where it stopped and where its evidence is', () => {
  const failure = { step: 'Then it is gone', reason: 'a gap', messages: [], faults: [], evidence: [] };
  const inStep = scenarioReport('A manager dies', { state: 'not-provable', reason: 'a gap', failure });
  const skipped = scenarioReport('B', { state: 'skipped', reason: 'not here' });
  const end = { state: 'interrupted', reason: 'interrupted by SIGINT' } as const;
  const scenarios = [scenarioReport('A'), failed, inStep, skipped];
  expect(composeClosing(sampleReport(scenarios, { end }), 'out/r.json', named)).toEqual([
    '',
    'Did not pass:',
    '  ✗ A deletion fails',
    '    expected Error',
    '    out/evidence/a-deletion-fails',
    '  ? A manager dies',
    '    Then it is gone',
    '',
    '<red>1 passed, 2 failed, 1 skipped</>',
    expect.stringMatching(/^1 of the failed not provable: /),
    '<yellow>The run did not finish: interrupted by SIGINT</>',
    'Judged: Longhorn v1.12.1 (official)',
    'Report: out/r.json (1 min 1 s)',
  ]);
  const again = sampleReport([scenarioReport('A'), { ...failed, round: 2 }]);
  expect(composeClosing(again, 'out/r.json', named)).toContain('  ✗ A deletion fails (round 2)');
});

test.each([
  ['<green>2 passed, 0 failed</>', [scenarioReport('A'), scenarioReport('B')]],
  ['<red>0 passed, 1 failed</>', [failed]],
])('nothing is named twice where all passed, or where a scenario was alone: %s', (line, scenarios) => {
  expect(composeClosing(sampleReport(scenarios), 'r.json', named).slice(0, 2)).toEqual(['', line]);
});

test('the cells that were played are told in their order, with how each ended; one that was skipped played none', () => {
  const bug = { id: 'lock-fails-open', title: 't', severity: 's', kept: false, listed: true, seen: '' };
  const scenarios = [
    scenarioReport('B', { cells: ['take a lock | locks/ | no way'], state: 'known-bug', bugs: [bug] }),
    scenarioReport('A', { cells: ['delete | b | c', 'delete | a | c'] }),
    scenarioReport('C', { cells: ['restore | a | b'], state: 'skipped', reason: 'not here' }),
    scenarioReport('D', { cells: ['inspect | a | b'], state: 'failed', reason: 'no', bugs: [bug] }),
  ];
  const closing = composeClosing(sampleReport(scenarios), 'r.json', named);
  const at = closing.indexOf(
    "Cells of the store's matrix (npm run store-matrix plays all on the engine alone):",
  );
  expect(closing.slice(at + 1, closing.indexOf('', at))).toEqual([
    '  passed           delete | a | c: A',
    '  passed           delete | b | c: A',
    '  failed           inspect | a | b: D',
    '  lock-fails-open  take a lock | locks/ | no way: B',
  ]);
  expect(composeClosing(sampleReport([scenarioReport('A')]), 'r.json', named).join()).not.toContain('matrix');
});
