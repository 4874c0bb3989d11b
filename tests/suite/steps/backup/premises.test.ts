import { expect, test } from 'vitest';
import { type Expectation, ExpectationError } from '../../../../e2e/history/expectation.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { isHeldBack, waitsAndCompletes } from '../../../../e2e/suite/steps/backup/expectations.ts';
import { endedUnseen, lookedTooLate } from '../../../../e2e/suite/steps/backup/waiting.ts';
import { PremiseLost } from '../../../../e2e/suite/steps/judging.ts';

const first = { name: 'b1', label: 'the first backup' };
const second = { name: 'b2', label: 'the second backup', from: 0 };

/** What is made of the error of an expectation that these states break, as "b1 Deleting, b2 Pending". */
const judged = async (about: 'too late' | 'unseen', states: string): Promise<Error | undefined> => {
  const messages = { info: 'Wait for backup b1 to be deleted' };
  const events = states.split(', ').map((each, at) => {
    const [name = '', state = ''] = each.split(' ');
    const object = {
      metadata: { name, resourceVersion: String(at + 1) },
      status: { state: state === 'gone' ? 'Deleting' : state, messages },
    };
    const kind = state === 'gone' ? ('deleted' as const) : ('modified' as const);
    return { kind, at, object: object as unknown as Backup };
  });
  const backups = replayTimeline('backups', events);
  const pair = { second, first };
  const [expectation, judge] =
    about === 'unseen' ? [waitsAndCompletes, endedUnseen] : [isHeldBack, lookedTooLate];
  const broken: Expectation<Backup> = expectation(backups, { ...pair, version: 'v1.12.1' });
  const error: unknown = await broken.within('1s', 'this test').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExpectationError);
  return judge(backups, { ...pair, error });
};

test.each([
  [
    'too late',
    'b1 Deleting, b2 , b1 gone, b2 InProgress',
    /first backup was gone when the second backup was first seen to go on/,
  ],
  [
    'too late',
    'b1 Deleting, b2 , b1 Error, b2 InProgress',
    /first backup was Error when the second backup was first seen to go on/,
  ],
  [
    'unseen',
    'b1 Deleting, b2 Pending, b1 gone, b2 Completed',
    /was Completed before Longhorn looked at its upload.*the first backup was gone by then/s,
  ],
  [
    'unseen',
    'b1 Deleting, b2 Pending, b1 Error, b2 Completed',
    /was Completed before Longhorn looked at its upload.*the first backup was Error by then/s,
  ],
] as const)('looked at %s, %s proves nothing', async (about, states, message) => {
  const lost = await judged(about, states);
  expect(lost).toBeInstanceOf(PremiseLost);
  expect(lost?.message).toMatch(message);
});

test.each([
  ['too late', 'b1 Deleting, b2 , b2 InProgress'],
  ['too late', 'b1 Completed, b2 , b2 Error'],
  ['unseen', 'b1 Deleting, b2 Pending, b2 Completed'],
  ['unseen', 'b1 Deleting, b2 Pending, b1 gone, b2 Error'],
  ['unseen', 'b1 Deleting, b2 Pending, b1 gone, b2 Unknown'],
  ['unseen', 'b1 Deleting, b2 Pending, b2 InProgress, b1 gone, b2 Completed'],
] as const)('not %s: %s is a bug', async (about, states) => {
  expect(await judged(about, states)).toBeUndefined();
});
