import { expect, test } from 'vitest';
import { composeClosing, composeEnding, composeStep, type Paint } from '../../e2e/report/console.ts';
import { describeJudged } from '../../e2e/report/judged.ts';
import { nothingSpent } from '../../e2e/report/schema.ts';
import { sampleReport, scenarioReport } from '../support/scenario-report.ts';

// The whole output, without colours, is in console-narrator.test.ts.
const named: Paint = (style, text) => `<${style}>${text}</>`;

test.each([
  ['passed', ['  <green>passed in 1 s</>'], '  <green>✓</> Given a volume<dim> (1.5 s)</>'],
  ['failed', ['  <red>FAILED after 1 s</>'], '  <red>✗</> Given a volume<dim> (1.5 s)</>'],
  ['not-provable', ['  <red>NOT PROVABLE after 1 s</>'], undefined],
] as const)('%s has its colour', (state, ending, line) => {
  expect(composeEnding(scenarioReport('A', { state }), named)).toEqual(ending);
  if (state === 'not-provable') return;
  const step = { sentence: 'Given a volume', state, duration: 1500, account: nothingSpent };
  expect(composeStep(step, named)).toEqual([line]);
});

test('what did not pass is named once more at the end, with where its evidence is, unless it was alone', () => {
  const evidence = 'evidence/a-deletion-fails';
  const failed = scenarioReport('A deletion fails', { state: 'failed', reason: 'expected\nseen', evidence });
  const end = { state: 'interrupted', reason: 'interrupted by SIGINT' } as const;
  const scenarios = [scenarioReport('A'), { ...failed, round: 2 }];
  expect(composeClosing(sampleReport(scenarios, { end }), 'out/r.json', named)).toEqual([
    '',
    'Did not pass:',
    '  ✗ A deletion fails (round 2)',
    '    expected',
    '    out/evidence/a-deletion-fails',
    '',
    '<red>1 passed, 1 failed</>',
    '<yellow>The run did not finish: interrupted by SIGINT</>',
    'Judged: Longhorn v1.12.1 (official)',
    'Report: out/r.json (1 min 1 s)',
  ]);
  expect(composeClosing(sampleReport([failed]), 'r.json', named)[1]).toBe('<red>0 passed, 1 failed</>');
});

test('a finding is printed once, at the end, with the scenarios that met it', () => {
  const finding = { title: 'Odd', detail: 'so\nodd', link: 'https://longhorn.invalid/1' };
  const scenarios = ['A', 'B', 'C', 'D', 'E', 'A'].map((name) =>
    scenarioReport(name, { findings: [finding] }),
  );
  expect(composeEnding(scenarios[0] as (typeof scenarios)[0], named)).toEqual(['  <green>passed in 1 s</>']);
  const closing = composeClosing(sampleReport(scenarios), 'r.json', named);
  const at = closing.findIndex((line) => line.startsWith('1 finding: '));
  expect(closing.slice(at + 1, -2)).toEqual([
    '  <yellow>finding</>: Odd',
    '    so',
    '    odd',
    '    https://longhorn.invalid/1',
    '    met by: A, B, C and 2 more',
  ]);
});

test('the cells that were run are listed in their order, with how each ended; one that was skipped ran none', () => {
  const bug = { id: 'lock-fails-open', title: 't', severity: 's', kept: false, listed: true, seen: '' };
  const scenarios = [
    scenarioReport('B', { cells: ['take a lock | locks/ | no way'], state: 'known-bug', bugs: [bug] }),
    scenarioReport('A', { cells: ['delete | b | c', 'delete | a | c'] }),
    scenarioReport('C', { cells: ['restore | a | b'], state: 'skipped', reason: 'not here' }),
    scenarioReport('D', { cells: ['inspect | a | b'], state: 'failed', reason: 'no', bugs: [bug] }),
  ];
  const closing = composeClosing(sampleReport(scenarios), 'r.json', named);
  const at = closing.indexOf(
    "Cells of the store's matrix (npx corral store matrix runs all on the engine alone):",
  );
  expect(closing.slice(at + 1, closing.indexOf('', at))).toEqual([
    '  passed           delete | a | c: A',
    '  passed           delete | b | c: A',
    '  failed           inspect | a | b: D',
    '  lock-fails-open  take a lock | locks/ | no way: B',
  ]);
  expect(composeClosing(sampleReport([scenarioReport('A')]), 'r.json', named).join()).not.toContain('matrix');
});

test.each([
  [{ name: 'emulator', version: '0.1.0' }, 'the emulator 0.1.0: this run proves the suite, not Longhorn'],
  [{ name: 'emulator', version: null }, 'the emulator: this run proves the suite, not Longhorn'],
  [{ name: 'official', version: 'v1.12.1' }, 'Longhorn v1.12.1 (official)'],
  [
    {
      name: 'official',
      version: 'v1.12.1',
      replaced: [
        { from: 'a/manager:v1', to: 'me/manager:dev', digest: 'sha256:abc' },
        { from: 'a/engine:v1', to: 'me/engine:dev', digest: null },
      ],
    },
    'Longhorn v1.12.1 (official), with me/manager:dev@sha256:abc in place of a/manager:v1, me/engine:dev in place of a/engine:v1',
  ],
  [
    { name: 'official', version: null },
    'the Longhorn found in the cluster (official); its version is not known to this run',
  ],
])('%j', (target, sentence) => expect(describeJudged(target)).toBe(sentence));
