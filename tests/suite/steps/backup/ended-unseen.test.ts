import { expect, test } from 'vitest';
import { waitsAndCompletes } from '../../../../e2e/suite/steps/backup/expectations.ts';
import { endedUnseen } from '../../../../e2e/suite/steps/backup/waiting.ts';
import { PremiseLost } from '../../../../e2e/suite/steps/judging.ts';
import { judgePair } from '../judged-pair.ts';

const judged = judgePair(waitsAndCompletes, endedUnseen);

test.for([
  ['gone', undefined],
  ['Error', 'Error'],
] as const)(
  'a backup that is Completed at once when the deletion it waited for is %s proves nothing',
  async ([told, state]) => {
    const lost = await judged(['b1', 'Deleting'], ['b2', 'Pending'], ['b1', state], ['b2', 'Completed']);
    expect(lost).toBeInstanceOf(PremiseLost);
    expect(lost?.message).toContain('the second backup was Completed before Longhorn looked at its upload');
    expect(lost?.message).toContain(`the first backup was ${told} by then`);
  },
);

test('one that is Completed during the deletion was uploaded when it must not be', async () => {
  expect(await judged(['b1', 'Deleting'], ['b2', 'Pending'], ['b2', 'Completed'])).toBeUndefined();
});

test.each(['Error', 'Unknown'])('one that ends %s is a bug', async (state) => {
  expect(
    await judged(['b1', 'Deleting'], ['b2', 'Pending'], ['b1', undefined], ['b2', state]),
  ).toBeUndefined();
});

test('one that was seen InProgress when it must not be is a bug', async () => {
  expect(
    await judged(
      ['b1', 'Deleting'],
      ['b2', 'Pending'],
      ['b2', 'InProgress'],
      ['b1', undefined],
      ['b2', 'Completed'],
    ),
  ).toBeUndefined();
});
