import { expect, test } from 'vitest';
import { once } from '../../e2e/history/expectation.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';
import { requestBackup, untilCompleted, untilSettled } from '../../e2e/suite/steps/backup/backup.ts';
import { removeMade } from '../../e2e/suite/steps/cleanup.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import { requestDeletion } from '../../e2e/suite/steps/deletion/deletion.ts';
import type { BackupHandle, VolumeHandle } from '../../e2e/suite/steps/handles.ts';
import { beginRestore, untilFollowed } from '../../e2e/suite/steps/restore/restore.ts';
import { isRestored, makeRestoredVolume } from '../../e2e/suite/steps/volume/restored.ts';
import { makeSnapshot } from '../../e2e/suite/steps/volume/snapshot.ts';
import { type User, useSteps } from './support/use-longhorn.ts';

let user: User;
let context: Context;
let volume: VolumeHandle;

useSteps({ name: 'standby', run: 'standb' }, async (started) => {
  ({ user, context } = started);
  volume = await makeRestoredVolume(context, { size: 16 << 20, target: started.target });
});

const backUp = async (): Promise<BackupHandle> => {
  const backup = await requestBackup(context, await makeSnapshot(context, volume));
  await untilCompleted(context, backup);
  await untilSettled(context, backup);
  return backup;
};

test('a volume on standby follows the backups, whichever are deleted, until it is activated', async () => {
  const first = await backUp();
  const standby = await beginRestore(context, first, { standby: true });
  await untilFollowed(context, standby, first);
  const second = await backUp();
  await untilFollowed(context, standby, second);
  await requestDeletion(context, second);
  await user.untilGone('backups', second.name);
  await untilFollowed(context, standby, first);
  await requestDeletion(context, first);
  await user.untilGone('backups', first.name);
  const third = await backUp();
  await untilFollowed(context, standby, third);
  // The cleanup removes one that still follows.
  await untilFollowed(context, await beginRestore(context, third, { standby: true }), third);

  const { cluster, timelines, made, timeouts, own } = context;
  await cluster.patch(
    longhornResources.volumes,
    { namespace, name: standby.name },
    { spec: { Standby: false, frontend: 'blockdev' } },
  );
  const activated = await once(timelines.volumes, isRestored, {
    ...{ name: standby.name, label: 'it is activated', within: '5m', owner: 'the test' },
  });
  expect(activated.status).toMatchObject({ isStandby: false, restoreRequired: false });
  await removeMade({ cluster, timelines, made, own, timeouts });
  await user.untilGone('volumes', standby.name);
});
