import { expect, test } from 'vitest';
import type { Backup } from '../../e2e/longhorn/types.ts';
import { ExpectationError } from '../../e2e/observe/expectation.ts';
import { replayTimeline } from '../../e2e/observe/replay.ts';
import type { TimelineEvent } from '../../e2e/observe/timeline.ts';
import { isHeldBack } from '../../e2e/steps/expectations.ts';
import { lookedTooLate } from '../../e2e/steps/looked-too-late.ts';
import { PremiseLost } from '../../e2e/steps/premise-lost.ts';

const first = { name: 'b1', label: 'the first backup' };
const second = { name: 'b2', label: 'the second backup', from: 0 };

const judged = async (...states: [name: string, state: string | undefined][]) => {
  const events = states.map(([name, state], index): TimelineEvent<Backup> => {
    const object = { metadata: { name, resourceVersion: String(index + 1) }, status: { state: state ?? 'Deleting' } } as Backup;
    return { kind: state === undefined ? 'deleted' : 'modified', at: index, object };
  });
  const backups = replayTimeline('backups', events);
  const error = await isHeldBack(backups, { second, first, version: 'v1.12.1' })
    .within('1s', 'this test')
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ExpectationError);
  return lookedTooLate(backups, { error, second, first });
};

test.for([
  ['gone', undefined],
  ['Error', 'Error'],
] as const)('a backup that goes on when the deletion it was to wait for is %s proves nothing', async ([told, state]) => {
  const lost = await judged(['b1', 'Deleting'], ['b2', ''], ['b1', state], ['b2', 'InProgress']);
  expect(lost).toBeInstanceOf(PremiseLost);
  expect(lost?.message).toContain(`the first backup was ${told} when the second backup was first seen to go on`);
});

test('one that goes on during the deletion is a bug', async () => {
  expect(await judged(['b1', 'Deleting'], ['b2', ''], ['b2', 'InProgress'])).toBeUndefined();
});

test('one that goes wrong before the deletion is a bug', async () => {
  expect(await judged(['b1', 'Completed'], ['b2', ''], ['b2', 'Error'])).toBeUndefined();
});
