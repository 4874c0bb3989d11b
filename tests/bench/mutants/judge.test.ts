import { expect, test } from 'vitest';
import { isLeftDirty, judge, judgeControl, judgeFixed } from '../../../bench/mutants/judge.ts';
import { namesPattern, sentencePattern } from '../../../bench/mutants/patterns.ts';
import { nothingSpent, type ScenarioReport, type Step } from '../../../e2e/report/schema.ts';

const step = (sentence: string, state: Step['state'] = 'passed'): Step => ({
  sentence,
  state,
  duration: 1,
  account: nothingSpent,
});
const cleanedUp = step('Cleanup');
const played = (
  state: ScenarioReport['state'],
  steps: Step[],
  reason: string | null = null,
): ScenarioReport => ({ name: 'one', state, steps, reason, duration: 1 }) as ScenarioReport;

const by = sentencePattern('Then … is gone');
const failed = (...steps: Step[]) => played('failed', [...steps, cleanedUp], 'it was there\nand more');

test.for<[string, ScenarioReport | undefined, object]>([
  [
    'the step that is there for the bug',
    failed(step('Given a lamp'), step('Then the lamp (1) is gone', 'failed')),
    { fate: 'killed', step: 'Then the lamp (1) is gone', reason: 'it was there' },
  ],
  [
    'another one',
    failed(step('Then the lamp is gone away', 'failed')),
    { fate: 'killed by another assertion', step: 'Then the lamp is gone away' },
  ],
  [
    'another one before it',
    failed(step('Then it is lit', 'failed'), step('Then the lamp is gone', 'failed')),
    { fate: 'killed by another assertion', step: 'Then it is lit' },
  ],
  [
    'the set-up',
    failed(step('Given a lamp', 'failed')),
    { fate: 'died in its set-up', step: 'Given a lamp' },
  ],
  [
    'the cleanup alone',
    played('failed', [step('Then the lamp is gone'), step('Cleanup', 'failed')], 'the cleanup failed: no'),
    { fate: 'killed by another assertion', step: 'Cleanup' },
  ],
  [
    'no step at all',
    played('failed', [], 'its process ended'),
    { fate: 'killed by another assertion', step: null, reason: 'its process ended' },
  ],
  [
    'nothing',
    played('passed', [step('Then the lamp is gone'), cleanedUp]),
    { fate: 'SURVIVED', step: null, reason: null },
  ],
  [
    'a watch that cannot vouch for it',
    played('not-provable', [step('Then the lamp is gone', 'failed')]),
    { fate: 'not provable' },
  ],
  ['a skip', played('skipped', [], 'needs the lab'), { fate: 'not played', reason: 'needs the lab' }],
  ['a report without it', undefined, { fate: 'not played', reason: 'the report does not have it' }],
])('killed by %s', ([, scenario, judged]) => {
  expect(judge(scenario, by)).toMatchObject(judged);
});

test('a set-up that is there for the bug kills', () => {
  const scenario = failed(step('Given a lamp', 'failed'));
  expect(judge(scenario, /^Given a lamp$/)).toMatchObject({ fate: 'killed', step: 'Given a lamp' });
});

test.for([
  ['it was there\nand more', 'it was there'],
  ['it was there', 'it was there'],
  ['two were wrong:\n- the one\n- the other', 'two were wrong: - the one'],
  ['it ends here:', 'it ends here:'],
  ['Expected: off\nGot:      on\n\nmore', 'Expected: off; Got: on'],
])('of the reason %j this is told: %s', ([reason, told]) => {
  expect(judge(played('failed', [], reason as string), by).reason).toBe(told);
});

test.for<[string, ScenarioReport | undefined, string]>([
  ['passed', played('passed', [cleanedUp]), 'passed without a bug'],
  ['failed', failed(step('Then the lamp is gone', 'failed')), 'FAILED WITHOUT A BUG'],
  ['skipped', played('skipped', []), 'FAILED WITHOUT A BUG'],
  ['not in the report', undefined, 'FAILED WITHOUT A BUG'],
])('without a bug a scenario that is %s', ([, scenario, fate]) => {
  expect(judgeControl(scenario).fate).toBe(fate);
});

test.for<[string, ScenarioReport | undefined, boolean]>([
  ['said that it has cleaned up', failed(), false],
  ['said that it could not', played('failed', [step('Cleanup', 'failed')]), true],
  ['said nothing of it', played('failed', [step('Then the lamp is gone', 'failed')]), true],
  ['said nothing at all', undefined, true],
])('a lab is left dirty by a scenario that %s', ([, scenario, dirty]) => {
  expect(isLeftDirty(scenario)).toBe(dirty);
});

test('names are taken by the letter', () => {
  const pattern = new RegExp(namesPattern(['A lamp (old) goes out, then on', 'One + one']));
  expect(
    ['A lamp (old) goes out, then on', 'One + one', 'One + one more', 'A lamp old goes out, then on'].map(
      (name) => pattern.test(name),
    ),
  ).toEqual([true, true, false, false]);
});

const bug = (kept: boolean) => [
  { id: 'the-bug', title: 'x', severity: 'silent', listed: true, kept, seen: 'x' } as const,
];

test.for([
  ['kept, and said so', { ...played('passed', [cleanedUp]), bugs: bug(true) }, 'fixed here'],
  ['shown', { ...played('known-bug', [cleanedUp]), bugs: bug(false) }, 'NOT FIXED'],
  ['not spoken of', played('passed', [cleanedUp]), 'NOT FIXED'],
  ['kept by one that failed', { ...failed(step('Then it is lit', 'failed')), bugs: bug(true) }, 'NOT FIXED'],
] as const)('a promise whose bug is mended: %s', ([, scenario, fate]) => {
  expect(judgeFixed(scenario, 'the-bug')).toMatchObject({ fate });
});

test('without a bug, one that Longhorn has is to show', () => {
  expect(judgeControl({ ...played('known-bug', [cleanedUp]), bugs: bug(false) })).toMatchObject({
    fate: 'showed the known bug',
  });
});
