import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { once } from '../../e2e/history/expectation.ts';
import { requestBackup, untilCompleted } from '../../e2e/suite/steps/backup/backup.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import type { VolumeHandle } from '../../e2e/suite/steps/handles.ts';
import { uniqueName } from '../../e2e/suite/steps/made.ts';
import { openTimelines } from '../../e2e/suite/steps/timelines.ts';
import { makeRestoredVolume } from '../../e2e/suite/steps/volume/restored.ts';
import {
  deleteSnapshot,
  describeSnapshot,
  makeSnapshot,
  messagesOfSnapshot,
  untilSnapshotGone,
} from '../../e2e/suite/steps/volume/snapshot.ts';
import { detach, untilDetached } from '../../e2e/suite/steps/volume/volume.ts';
import { createTestContext } from '../support/test-context.ts';
import { useLonghorn, withPods } from './support/use-longhorn.ts';

const [target, run] = ['snapshot-deletion', 'snapsh'];

let context: Context;
let volume: VolumeHandle;
const stop = new AbortController();

useLonghorn(async ({ local, user }) => {
  await user.target(target, 'store-snapshot-deletion');
  const timelines = await openTimelines(local.cluster, stop.signal);
  ({ context } = createTestContext({
    ...{ cluster: withPods(local), root: join(dirname(local.store), 'store-snapshot-deletion'), run, target },
    ...{ timelines, without: ['block-device'], uniqueName: (what) => uniqueName(run, what) },
  }));
  volume = await makeRestoredVolume(context, {
    size: 16 << 20,
    target: await context.own.first(() => Promise.reject(new Error('there is one'))),
  });
});
afterAll(() => stop.abort(new Error('the test is over')));

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
