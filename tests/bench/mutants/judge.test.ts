import { expect, test } from 'vitest';
import { judgeControl, judgeFixed, judgeMutant, mayLeaveObjects } from '../../../bench/mutants/judge.ts';
import { sentencePattern } from '../../../bench/mutants/patterns.ts';
import { nothingSpent, type ReportStep, type ScenarioReport } from '../../../e2e/report/schema.ts';

/** Steps by their sentences; one that failed ends with a ✗. */
const steps = (...sentences: string[]): ReportStep[] =>
  sentences.map((sentence) => ({
    sentence: sentence.replace(' ✗', ''),
    state: sentence.endsWith('✗') ? 'failed' : 'passed',
    duration: 1,
    account: nothingSpent,
  }));
const scenarioThat = (
  state: ScenarioReport['state'],
  sentences: string[],
  reason: string | null = null,
): ScenarioReport =>
  ({ name: 'one', state, steps: steps(...sentences), reason, duration: 1 }) as ScenarioReport;

const by = sentencePattern('Then {backup} is gone');
const failed = (...sentences: string[]) =>
  scenarioThat('failed', [...sentences, 'Cleanup'], 'it was there\nand more');
const [gone, other] = ['Then the lamp is gone', 'killed by another assertion'];

test.for<[string, ScenarioReport | undefined, object]>([
  [
    'the step that is there for the bug',
    failed('Given a lamp', 'Then the lamp (1) is gone ✗'),
    { outcome: 'killed', step: 'Then the lamp (1) is gone', reason: 'it was there' },
  ],
  ['another before it', failed('Then it is lit ✗', `${gone} ✗`), { outcome: other, step: 'Then it is lit' }],
  ['the set-up', failed('Given a lamp ✗'), { outcome: 'died in its set-up', step: 'Given a lamp' }],
  [
    'the cleanup alone',
    scenarioThat('failed', [gone, 'Cleanup ✗'], 'no'),
    { outcome: other, step: 'Cleanup' },
  ],
  ['nothing', scenarioThat('passed', [gone, 'Cleanup']), { outcome: 'SURVIVED', step: null, reason: null }],
  ['a skip', scenarioThat('skipped', [], 'needs the lab'), { outcome: 'not run', reason: 'needs the lab' }],
])('killed by %s', ([, scenario, judged]) => {
  expect(judgeMutant(scenario, by)).toMatchObject(judged);
});

test.for([
  ['it was there\nand more', 'it was there'],
  ['expected: 100%\n  got: another', 'expected: 100%'],
  ['two were wrong:\n- the one\n- the other', 'two were wrong: - the one'],
  ['Expected: off\nGot:      on\n\nmore', 'Expected: off; Got: on'],
])('of the reason %j this is kept: %s', ([reason, expected]) => {
  expect(judgeMutant(scenarioThat('failed', [], reason as string), by).reason).toBe(expected);
});

const bug = (kept: boolean) => [
  { id: 'the-bug', title: 'x', severity: 'silent', listed: true, kept, seen: 'x' } as const,
];
const shown = { ...scenarioThat('known-bug', ['Cleanup']), bugs: bug(false) };

test.for<[string, ScenarioReport | undefined, string]>([
  ['passed', scenarioThat('passed', ['Cleanup']), 'passed without a bug'],
  ['showing one that Longhorn has', shown, 'showed the known bug'],
])('without a bug a scenario that is %s', ([, scenario, outcome]) => {
  expect(judgeControl(scenario).outcome).toBe(outcome);
});

test.for<[string, ScenarioReport | undefined, boolean]>([
  ['said that it has cleaned up', failed(), false],
  ['said that it could not', scenarioThat('failed', ['Cleanup ✗']), true],
  ['said nothing of it', scenarioThat('failed', [`${gone} ✗`]), true],
])('a lab is left dirty by a scenario that %s', ([, scenario, dirty]) => {
  expect(mayLeaveObjects(scenario)).toBe(dirty);
});

test.for([
  ['kept, and said so', { ...scenarioThat('passed', ['Cleanup']), bugs: bug(true) }, 'fixed here'],
  ['shown', shown, 'NOT FIXED'],
  ['not spoken of', scenarioThat('passed', ['Cleanup']), 'NOT FIXED'],
  ['kept by one that failed', { ...failed('Then it is lit ✗'), bugs: bug(true) }, 'NOT FIXED'],
] as const)('a promise whose bug is mended: %s', ([, scenario, outcome]) => {
  expect(judgeFixed(scenario, 'the-bug')).toMatchObject({ outcome });
});
