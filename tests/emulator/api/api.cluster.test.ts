import { expect, test } from 'vitest';
import { allowDeletion, deniedDeletion } from '../../../e2e/faults/denied-deletion.ts';
import { once, onceGone } from '../../../e2e/history/expectation.ts';
import { backupVolumeName, namespace } from '../../../emulator/modelled-on.ts';
import { longhorn, type SharedLonghorn } from '../support/local-cluster.ts';
import { type User, useLonghorn } from '../support/use-longhorn.ts';

const mebibyte = 1 << 20;
const [volume, snapshot] = ['api-v', 'api-s'];
const limit = { within: '5m', owner: 'this test' } as const;

let local: SharedLonghorn;
let user: User;
useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.useStore();
});

const origin = (node: string): string => `${local.address(node)}:9500`;
const post = async (node: string, path: string, input: object) => {
  const response = await fetch(`http://${origin(node)}/v1/${path}`, {
    method: 'POST',
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.json() };
};

test('a backup is made, seen and deleted by way of whichever manager', async () => {
  await user.volume(volume, { node: 'node1', size: 64 * mebibyte });
  await user.write('node1', volume, { offset: 0, size: 8 * mebibyte });
  const made = await post('node2', `volumes/${volume}?action=snapshotCRCreate`, {
    name: snapshot,
    labels: { RecurringJob: 'j' },
  });
  expect(made).toMatchObject({ status: 200, body: { id: snapshot, readyToUse: false } });
  await once(user.timelines.snapshots, ({ status }) => status?.readyToUse === true, {
    name: snapshot,
    label: 'the snapshot is ready',
    ...limit,
  });
  // What the API made is what a controller would have made of it: nobody has to add to it.
  const metadata = user.timelines.snapshots.current(snapshot)?.metadata;
  expect(metadata).toMatchObject({
    finalizers: ['longhorn.io'],
    labels: { longhornvolume: volume },
    generation: 1,
  });

  const socket = new WebSocket(`ws://${origin('node3')}/v1/ws/1s/backups`);
  const completed = new Promise<{ name: string }>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const found = JSON.parse(data).data.find(
        (each: { state: string; volumeName: string }) =>
          each.state === 'Completed' && each.volumeName === volume,
      );
      if (found) resolve(found);
    });
  });
  const { body } = await post('node3', `volumes/${volume}?action=snapshotBackup`, {
    name: snapshot,
    labels: { RecurringJob: 'j' },
  });
  const backup: string = body.backupStatus[0].id;
  expect(await completed).toMatchObject({ name: backup, volumeName: volume, labels: { RecurringJob: 'j' } });
  socket.close();
  await user.untilSettled(backup, volume);
  // Only the sync that follows its completion asks for something.
  const generations = user.timelines.backups.entries.flatMap((entry) =>
    entry.kind !== 'gap' &&
    entry.object.metadata.name === backup &&
    entry.object.status?.state !== 'Completed'
      ? [entry.object.metadata.generation]
      : [],
  );
  expect([...new Set(generations)]).toEqual([1]);

  const backupVolume = backupVolumeName(volume, 'default');
  const path = `backupvolumes/${backupVolume}`;
  expect((await post('node1', `${path}?action=backupList`, {})).body.data).toMatchObject([
    { id: backup, blockSize: '2097152' },
  ]);
  const policy = deniedDeletion(local.cluster, {
    policy: 'deny-backups',
    labels: {},
    resource: longhorn('backups'),
    whose: `oldObject.metadata.name == '${backup}'`,
    probe: { namespace, name: backup },
    title: 'deletions are denied',
  });
  await policy.inject();
  const denied = await post('node2', `${path}?action=backupDelete`, { name: backup });
  expect(denied.status).toBe(500);
  expect(denied.body.message).toBe(
    `failed to delete backup '${backup}' of volume '${backupVolume}': backups.longhorn.io "${backup}" is forbidden: ` +
      `ValidatingAdmissionPolicy 'deny-backups' with binding 'deny-backups' denied request: deletion denied for testing`,
  );
  await allowDeletion.heal(local.cluster, policy.data);
  expect((await post('node2', `${path}?action=backupDelete`, { name: backup })).status).toBe(200);
  await onceGone(user.timelines.backups, { name: backup, label: 'the backup is gone', ...limit });
});
