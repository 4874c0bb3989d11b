import { expect, test } from 'vitest';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { messagesOf } from '../../../../e2e/suite/steps/conclude/messages.ts';
import { nothingMade } from '../../../../e2e/suite/steps/made.ts';
import { replay, speaking } from '../recordings.ts';

test('what Longhorn said is told with its meaning, in the order in which it was met, and cut short', async () => {
  const timelines = speaking(await replay('longhorn-v1.12.1/delete-error'));
  const made = { ...nothingMade(), volumes: ['vz-e'] };
  const context = { made, target: 'default', expected: [], version: 'v1.12.1' };
  const told = messagesOf({ ...context, timelines: timelines as never });
  expect(told.map(({ of, class: kind, id }) => [of, kind, id])).toEqual([
    ['ze-b1', 'failure', 'deletion-denied'],
    ['ze-b1', 'failure', 'deletion-denied'],
  ]);
  expect(told[0]?.text).toMatch(/^Failed to delete the backup/);
  expect(told[0]?.text.length).toBeLessThan(800);
  expect(told[0]?.meaning).toMatch(/^\S.*\. \S.*\.$/);
  expect(messagesOf({ ...context, made: { ...made, volumes: [] }, timelines: timelines as never })).toEqual(
    [],
  );

  const says = (error: string, status: object = { error }) => {
    const metadata = { name: 'ze-b2', labels: { 'backup-volume': 'vz-e' } };
    timelines.backups.push({
      kind: 'modified',
      at: 1e9,
      object: { metadata, spec: { snapshotName: 's' }, status: { state: 'Error', ...status } } as Backup,
    });
  };
  // Said again after something else, or in another field, it is the same message.
  for (const text of ['nobody has seen this', '', 'nobody has seen this']) says(text);
  says('', { messages: { error: 'nobody has seen this' } });
  expect(messagesOf({ ...context, timelines: timelines as never }).slice(2)).toEqual([
    {
      of: 'ze-b2',
      text: 'nobody has seen this',
      class: 'unclassified',
      id: null,
      meaning: 'Nobody knows this message.',
    },
  ]);
});
