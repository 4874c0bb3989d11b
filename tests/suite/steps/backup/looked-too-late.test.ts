import { expect, test } from 'vitest';
import { isHeldBack } from '../../../../e2e/suite/steps/backup/expectations.ts';
import { lookedTooLate } from '../../../../e2e/suite/steps/backup/waiting.ts';
import { PremiseLost } from '../../../../e2e/suite/steps/judging.ts';
import { judgePair } from '../judged-pair.ts';

const judged = judgePair(isHeldBack, lookedTooLate);

test.for([
  ['gone', undefined],
  ['Error', 'Error'],
] as const)(
  'a backup that goes on when the deletion it was to wait for is %s proves nothing',
  async ([told, state]) => {
    const lost = await judged(['b1', 'Deleting'], ['b2', ''], ['b1', state], ['b2', 'InProgress']);
    expect(lost).toBeInstanceOf(PremiseLost);
    expect(lost?.message).toContain(
      `the first backup was ${told} when the second backup was first seen to go on`,
    );
  },
);

test('one that goes on during the deletion is a bug', async () => {
  expect(await judged(['b1', 'Deleting'], ['b2', ''], ['b2', 'InProgress'])).toBeUndefined();
});

test('one that goes wrong before the deletion is a bug', async () => {
  expect(await judged(['b1', 'Completed'], ['b2', ''], ['b2', 'Error'])).toBeUndefined();
});
