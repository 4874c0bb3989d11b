import { expect, test } from 'vitest';
import { stepRestore } from '../../../emulator/controllers/volume/restore.ts';
import type { Volume } from '../../../emulator/longhorn/objects.ts';
import type { ManagerContext } from '../../../emulator/manager/context.ts';

const volume = {
  metadata: { name: 'v', uid: 'u' },
  spec: { Standby: true, fromBackup: 'nfs://store.example:/store?backup=b1&volume=source' },
  status: { isStandby: true, lastBackup: 'b2' },
} as Volume;

// That it restores the changes alone otherwise, the scenarios judge.
test('a volume on standby that was in the middle of a restore restores all', async () => {
  const restoreStatus = { 'tcp://127.0.0.1:10000': { isRestoring: true } };
  const engine = { spec: { volumeName: 'v' }, status: { lastRestoredBackup: 'b1', restoreStatus } };
  const none = { list: () => [] };
  const engines = { list: () => [engine], updateStatus: async () => undefined };
  const datastore = { engines, backupVolumes: none, snapshots: none, backups: { get: () => ({}) } };
  const asked: string[][] = [];
  await stepRestore({ node: 'node1', clock: {}, datastore } as unknown as ManagerContext, volume, {
    restores: new Map(),
    run: async (...backups) => void asked.push(backups),
    onChange: () => undefined,
    onDone: async () => undefined,
  });
  expect(asked).toEqual([['b2', '']]);
});
