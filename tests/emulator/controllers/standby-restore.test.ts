import { expect, test } from 'vitest';
import { stepRestore } from '../../../emulator/controllers/volume/restore.ts';
import type { Volume } from '../../../emulator/longhorn/objects.ts';
import type { ManagerContext } from '../../../emulator/manager/context.ts';

const volume = {
  metadata: { name: 'v', uid: 'u' },
  spec: { Standby: true, fromBackup: 'nfs://store.example:/store?backup=b1&volume=source' },
  status: { isStandby: true, lastBackup: 'b2' },
} as Volume;

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
  const context = { node: 'node1', clock: {}, mutant, datastore: { engines, backups: { get: () => ({}) } } };
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
