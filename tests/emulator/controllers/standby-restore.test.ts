import { expect, test } from 'vitest';
import { stepRestore } from '../../../emulator/controllers/volume/restore.ts';
import type { Volume } from '../../../emulator/longhorn/objects.ts';
import type { ManagerContext } from '../../../emulator/manager/context.ts';

const volume = {
  metadata: { name: 'v', uid: 'u' },
  spec: { Standby: true, fromBackup: 'nfs://store.example:/store?backup=b1&volume=source' },
  status: { isStandby: true, lastBackup: 'b2' },
} as Volume;

const activated = {
  ...volume,
  spec: { ...volume.spec, Standby: false },
  status: { isStandby: true, restoreRequired: true, lastBackup: 'b2' },
} as Volume;

/** Whether a volume that holds b2 is an ordinary one after a look, and how often a sync was requested. */
const afterLook = async (mutant?: string) => {
  const status = { lastRestoredBackup: 'b2', restoreStatus: {} };
  const engines = { list: () => [{ spec: { volumeName: 'v' }, status }] };
  const known = {
    metadata: { name: 'bv' },
    spec: { volumeName: 'source', backupTargetName: undefined, syncRequestedAt: '2026-01-01T00:00:00Z' },
    status: { lastSyncedAt: '2026-01-01T00:00:01Z', lastBackupName: 'b2' },
  };
  const syncs: string[] = [];
  const backupVolumes = {
    list: () => [known],
    fetch: async () => known,
    patch: async () => void syncs.push('a sync'),
  };

  const datastore = { engines, backupVolumes, backups: { get: () => ({}) } };
  const context = { node: 'node1', clock: {}, mutant, datastore } as unknown as ManagerContext;
  const { isStandby } = await stepRestore(context, activated, {
    restores: new Map(),
    run: async () => {},
    onChange: () => {},
    onDone: async () => {},
  });
  return { isActive: isStandby === false, syncs: syncs.length };
};

// volume_controller.go, checkAndFinishVolumeRestore, v1.8.0 to v1.12.1.
test('an activation requests no sync itself, but with the fix', async () => {
  expect(await afterLook()).toEqual({ isActive: true, syncs: 0 });
  expect(await afterLook('fixed:kubectl-activation-misses-newest')).toEqual({ isActive: false, syncs: 1 });
});

/** The backups that the volume is to hold and holds, as the engine's command is told. */
const restores = async (engine: { lastRestored: string; isRestoring?: boolean }, mutant?: string) => {
  const status = {
    lastRestoredBackup: engine.lastRestored,
    restoreStatus: { 'tcp://127.0.0.1:10000': { isRestoring: engine.isRestoring ?? false } },
  };
  const engines = {
    list: () => [{ spec: { volumeName: 'v' }, status }],
    updateStatus: async () => undefined,
  };
  const none = { list: () => [] };
  const datastore = { engines, backupVolumes: none, snapshots: none, backups: { get: () => ({}) } };
  const context = { node: 'node1', clock: {}, mutant, datastore };
  const asked: string[][] = [];
  await stepRestore(context as unknown as ManagerContext, volume, {
    restores: new Map(),
    run: async (...backups) => void asked.push(backups),
    onChange: () => undefined,
    onDone: async () => undefined,
  });
  return asked;
};

test('a volume on standby restores the changes since the backup that it holds', async () => {
  expect(await restores({ lastRestored: 'b1' })).toEqual([['b2', 'b1']]);
  expect(await restores({ lastRestored: 'b2' })).toEqual([]);
});

test.each([
  ['holds none', { lastRestored: '' }, undefined],
  ['was in the middle of a restore', { lastRestored: 'b1', isRestoring: true }, undefined],
  ['has the bug', { lastRestored: 'b1' }, 'standby-reads-everything'],
])('one that %s restores all', async (_, engine, mutant) => {
  expect(await restores(engine, mutant)).toEqual([['b2', '']]);
});
