import { expect, test } from 'vitest';
import { once } from '../../e2e/history/expectation.ts';
import { requestBackup, untilCompleted } from '../../e2e/suite/steps/backup/backup.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import type { VolumeHandle } from '../../e2e/suite/steps/handles.ts';
import { makeRestoredVolume } from '../../e2e/suite/steps/volume/restored.ts';
import {
  deleteSnapshot,
  describeSnapshot,
  makeSnapshot,
  messagesOfSnapshot,
  untilSnapshotGone,
} from '../../e2e/suite/steps/volume/snapshot.ts';
import { detach, untilDetached } from '../../e2e/suite/steps/volume/volume.ts';
import { useSteps } from './support/use-longhorn.ts';

let context: Context;
let volume: VolumeHandle;

useSteps({ name: 'snapshot-deletion', run: 'snapsd' }, async (started) => {
  ({ context } = started);
  volume = await makeRestoredVolume(context, { size: 16 << 20, target: started.target });
});

test('a snapshot that is deleted goes while its volume is attached, and otherwise once it is again', async () => {
  const [first, second, third] = [
    await makeSnapshot(context, volume),
    await makeSnapshot(context, volume),
    await makeSnapshot(context, volume),
  ];
  await deleteSnapshot(context, first);
  await untilSnapshotGone(context, first);

  await detach(context, volume.name);
  await untilDetached(context, volume.name);
  await deleteSnapshot(context, second);
  await once(context.timelines.snapshots, ({ status }) => (status?.error ?? '') !== '', {
    name: second.name,
    label: 'the second snapshot says why it stays',
    describe: describeSnapshot,
    within: '60s',
    owner: 'the test',
  });
  expect(messagesOfSnapshot(context, second)).toEqual(['snapshot-stays-while-detached']);

  await untilCompleted(context, await requestBackup(context, third));
  await untilSnapshotGone(context, second);
});
