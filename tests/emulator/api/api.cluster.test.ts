import { expect, test } from 'vitest';
import { deniedDeletion } from '../../../e2e/faults/denied-deletion.ts';
import { once, onceGone } from '../../../e2e/history/expectation.ts';
import { backupVolumeName, namespace } from '../../../emulator/modelled-on.ts';
import { type LocalCluster, longhorn } from '../support/local-cluster.ts';
import { type User, useLonghorn } from '../support/use-longhorn.ts';

const mebibyte = 1 << 20;
const limit = { within: '30s', owner: 'this test' } as const;

let local: LocalCluster;
let user: User;
useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.useStore();
});

const origin = (node: string): string => `${local.address(node)}:9500`;
const post = async (node: string, path: string, input: object) => {
  const response = await fetch(`http://${origin(node)}/v1/${path}`, { method: 'POST', body: JSON.stringify(input) });
  return { status: response.status, body: await response.json() };
};

test('a backup is made, seen and deleted by way of whichever manager', { timeout: 120_000 }, async () => {
  await user.volume('v', { node: 'node1', size: 64 * mebibyte });
  await user.write('node1', 'v', { offset: 0, size: 8 * mebibyte });
  const made = await post('node2', 'volumes/v?action=snapshotCRCreate', { name: 's', labels: { RecurringJob: 'j' } });
  expect(made).toMatchObject({ status: 200, body: { id: 's', readyToUse: false } });
  await once(user.timelines.snapshots, ({ status }) => status?.readyToUse === true, { name: 's', label: 's is ready', ...limit });
  // What the API made is what a controller would have made of it: nobody has to add to it.
  const metadata = user.timelines.snapshots.current('s')?.metadata;
  expect(metadata).toMatchObject({ finalizers: ['longhorn.io'], labels: { longhornvolume: 'v' }, generation: 1 });

  const socket = new WebSocket(`ws://${origin('node3')}/v1/ws/1s/backups`);
  const completed = new Promise<{ name: string }>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const found = JSON.parse(data).data.find(({ state }: { state: string }) => state === 'Completed');
      if (found) resolve(found);
    });
  });
  const { body } = await post('node3', 'volumes/v?action=snapshotBackup', { name: 's', labels: { RecurringJob: 'j' } });
  const backup: string = body.backupStatus[0].id;
  expect(await completed).toMatchObject({ name: backup, volumeName: 'v', labels: { RecurringJob: 'j' } });
  socket.close();
  await user.untilSettled(backup, 'v');
  // Only the sync that follows its completion asks for something.
  const generations = user.timelines.backups.entries.flatMap((entry) =>
    entry.kind !== 'gap' && entry.object.status?.state !== 'Completed' ? [entry.object.metadata.generation] : [],
  );
  expect([...new Set(generations)]).toEqual([1]);

  const backupVolume = backupVolumeName('v', 'default');
  const path = `backupvolumes/${backupVolume}`;
  expect((await post('node1', `${path}?action=backupList`, {})).body.data).toMatchObject([{ id: backup, blockSize: '2097152' }]);
  const policy = deniedDeletion(local.cluster, {
    policy: 'deny-backups',
    labels: {},
    resource: longhorn('backups'),
    whose: 'true',
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
  for (const plural of ['validatingadmissionpolicybindings', 'validatingadmissionpolicies']) {
    await local.cluster.delete(
      { group: 'admissionregistration.k8s.io', version: 'v1', plural, namespaced: false },
      { name: 'deny-backups' },
    );
  }
  const deletion = () => post('node2', `${path}?action=backupDelete`, { name: backup });
  await expect.poll(async () => (await deletion()).status, { timeout: 20_000 }).toBe(200);
  await onceGone(user.timelines.backups, { name: backup, label: 'the backup is gone', ...limit });
});
