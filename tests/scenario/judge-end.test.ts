import { expect, test } from 'vitest';
import { judgeEnd, SkipScenario } from '../../e2e/scenario/judge-end.ts';

const explained = (message: string, state = 'broken') => Object.assign(new Error(message), { verdict: { state } });
const error = explained('expected Pending');
const cleanUpError = explained('the volume is still there');
const atWork = { interrupted: false, doing: 'When it is deleted' };
const interrupted = { ...atWork, interrupted: true };

test.each([
  ['nothing wrong', {}, atWork, { state: 'passed', reason: null }],
  ['nothing wrong, interrupted too late', {}, interrupted, { state: 'passed', reason: null }],
  ['an error', { error }, atWork, { state: 'failed', reason: 'expected Pending' }],
  ['a gap', { error: explained('a gap', 'not-provable') }, atWork, { state: 'not-provable', reason: 'a gap' }],
  ['a skip', { error: new SkipScenario('no RWX') }, atWork, { state: 'skipped', reason: 'no RWX' }],
  ['interrupted', { error }, interrupted, { state: 'skipped', reason: 'interrupted; it was at: When it is deleted' }],
  [
    'interrupted early',
    { error },
    { interrupted: true, doing: undefined },
    { state: 'skipped', reason: 'interrupted; it was at: reaching the cluster' },
  ],
  ['a clean-up that failed', { cleanUpError }, atWork, { state: 'failed', reason: 'the clean-up failed: the volume is still there' }],
  [
    'both',
    { error: explained('a gap', 'not-provable'), cleanUpError },
    atWork,
    { state: 'failed', reason: 'a gap\n\nthe clean-up failed: the volume is still there' },
  ],
])('%s', (_, ended, where, outcome) => expect(judgeEnd(ended, where)).toEqual(outcome));
