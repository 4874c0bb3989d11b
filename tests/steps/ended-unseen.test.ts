import { expect, test } from 'vitest';
import type { Backup } from '../../e2e/longhorn/types.ts';
import { ExpectationError } from '../../e2e/observe/expectation.ts';
import { replayTimeline } from '../../e2e/observe/replay.ts';
import type { TimelineEvent } from '../../e2e/observe/timeline.ts';
import { endedUnseen } from '../../e2e/steps/ended-unseen.ts';
import { waitsAndCompletes } from '../../e2e/steps/expectations.ts';
import { PremiseLost } from '../../e2e/steps/premise-lost.ts';

const first = { name: 'b1', label: 'the first backup' };
const second = { name: 'b2', label: 'the second backup', from: 0 };
const messages = { info: 'Wait for backup b1 to be deleted' };

const judged = async (...states: [name: string, state: string | undefined][]) => {
  const events = states.map(([name, state], index): TimelineEvent<Backup> => {
    const object = {
      metadata: { name, resourceVersion: String(index + 1) },
      status: { state: state ?? 'Deleting', messages },
    } as unknown as Backup;
    return { kind: state === undefined ? 'deleted' : 'modified', at: index, object };
  });
  const backups = replayTimeline('backups', events);
  const error = await waitsAndCompletes(backups, { second, first, version: 'v1.12.1' })
    .within('1s', 'this test')
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExpectationError);
  return endedUnseen(backups, { error, second, first });
};

test.for([
  ['gone', undefined],
  ['Error', 'Error'],
] as const)('a backup that is Completed at once when the deletion it waited for is %s proves nothing', async ([told, state]) => {
  const lost = await judged(['b1', 'Deleting'], ['b2', 'Pending'], ['b1', state], ['b2', 'Completed']);
  expect(lost).toBeInstanceOf(PremiseLost);
  expect(lost?.message).toContain('the second backup was Completed before Longhorn looked at its upload');
  expect(lost?.message).toContain(`the first backup was ${told} by then`);
});

test('one that is Completed during the deletion was uploaded when it must not be', async () => {
  expect(await judged(['b1', 'Deleting'], ['b2', 'Pending'], ['b2', 'Completed'])).toBeUndefined();
});

test.each(['Error', 'Unknown'])('one that ends %s is a bug', async (state) => {
  expect(await judged(['b1', 'Deleting'], ['b2', 'Pending'], ['b1', undefined], ['b2', state])).toBeUndefined();
});

test('one that was seen InProgress when it must not be is a bug', async () => {
  expect(await judged(['b1', 'Deleting'], ['b2', 'Pending'], ['b2', 'InProgress'], ['b1', undefined], ['b2', 'Completed'])).toBeUndefined();
});
