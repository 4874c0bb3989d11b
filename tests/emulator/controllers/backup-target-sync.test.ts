import { expect, test } from 'vitest';
import { syncTarget } from '../../../emulator/controllers/backup-target/sync.ts';
import { ApiFailure } from '../../../emulator/kubernetes/client.ts';
import type { BackupTarget, BackupVolume } from '../../../emulator/longhorn/objects.ts';
import type { ManagerContext } from '../../../emulator/manager/context.ts';

const target = {
  metadata: { name: 't' },
  spec: { backupTargetURL: 'nfs://store.example:/store', credentialSecret: '', pollInterval: '0s' },
  status: { ownerID: 'node1', available: true, conditions: null, lastSyncedAt: '2026-01-01T00:00:00Z' },
} as BackupTarget;

const longAgo = '2026-01-01T00:00:06Z';

/** A sync of a target that has one volume; `meanwhile` is done while the store is listed. */
const sync = async (meanwhile: (stored: BackupVolume) => void) => {
  let stored = {
    metadata: { name: 'bv', resourceVersion: '1' },
    spec: { backupTargetName: 't', volumeName: 'v', syncRequestedAt: longAgo },
  } as BackupVolume;
  const copy = structuredClone(stored);
  const update = async (object: BackupVolume) => {
    if (object.metadata.resourceVersion !== stored.metadata.resourceVersion)
      throw new ApiFailure('PUT bv', 409, 'Conflict', 'the object has been modified');
    stored = object;
    return object;
  };
  const client = {
    systemBackups: async () => [],
    backupVolumes: async () => {
      meanwhile(stored);
      return ['v'];
    },
  };
  const context = {
    datastore: { backupVolumes: { list: () => [copy], update } },
    targets: { open: async () => client },
  };
  const { lastSyncedAt } = await syncTarget(context as unknown as ManagerContext, target);
  return {
    synced: lastSyncedAt !== target.status?.lastSyncedAt,
    requested: stored.spec.syncRequestedAt !== longAgo,
  };
};

// As Longhorn does (syncBackupVolume); the step that asks for the look asks those volumes itself.
test('one whose look ends while the store is listed is not asked, and the target is synced all the same', async () => {
  const ends = ({ metadata }: BackupVolume): void => {
    metadata.resourceVersion = '2';
  };
  expect(await sync(ends)).toEqual({ synced: true, requested: false });
});

// What v1.12.1 does, and a Longhorn without that bug, a scenario judges.
test('a Secret that does not exist is reported by the target up to v1.10.1', async () => {
  const open = () => Promise.reject(new Error('secret "s" not found'));
  const context = { datastore: { backupVolumes: { list: () => [] } }, targets: { open }, version: 'v1.10.1' };
  const message = 'failed to init backup target clients: secret "s" not found';
  expect(await syncTarget(context as unknown as ManagerContext, target)).toMatchObject({
    available: false,
    conditions: [{ type: 'Unavailable', status: 'True', message }],
    lastSyncedAt: target.status?.lastSyncedAt,
  });
});
