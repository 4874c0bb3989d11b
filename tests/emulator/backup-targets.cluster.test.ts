import { existsSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { backupConfigPath, volumePath } from '../../emulator/backupstore/paths.ts';
import type { BackupTarget } from '../../emulator/longhorn/objects.ts';
import { backupVolumeName } from '../../emulator/modelled-on.ts';
import { statesOf } from './support/backups.ts';
import type { SharedLonghorn } from './support/local-cluster.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

const mebibyte = 1 << 20;
const [volume, restored, snapshot, backup] = ['targets-v', 'targets-r', 'targets-s', 'targets-a'];

let local: SharedLonghorn;
let user: User;
useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.target('one', 'store-one');
  await user.volume(volume, { node: 'node1', size: 64 * mebibyte, backupTargetName: 'one' });
  await user.write('node1', volume, { offset: 0, size: 8 * mebibyte });
  await user.snapshot(snapshot, volume);
});

const inStore = (path: string) => existsSync(join(dirname(local.store), 'store-one', path));
const urlOfBackup = `nfs://store.example:/store-one?backup=${backup}&volume=${volume}`;
const backupVolume = backupVolumeName(volume, 'one');

test("a backup goes to its volume's target, and has its label from there", async () => {
  await user.backup(backup, { snapshot, volume });
  await user.untilSettled(backup, volume);
  const { metadata, status } = await user.untilState(backup, 'Completed');
  expect(metadata.labels).toMatchObject({ 'backup-target': 'one', 'backup-volume': volume });
  expect(status).toMatchObject({ backupTargetName: 'one', url: urlOfBackup });
  expect(user.timelines.backupVolumes.current(backupVolume)?.spec.volumeName).toBe(volume);
  expect(inStore(backupConfigPath(volume, backup))).toBe(true);
  await user.until('volumes', volume, 'its last backup', (of) => of.status?.lastBackup === backup);
});

test('a volume is made from a backup, and has its data', async () => {
  await user.volume(restored, {
    node: 'node1',
    size: 64 * mebibyte,
    backupTargetName: 'one',
    fromBackup: urlOfBackup,
  });
  const seen = user.timelines.volumes.entries.flatMap((entry) =>
    entry.kind !== 'gap' && entry.object.metadata.name === restored ? [entry.object.status] : [],
  );
  expect(
    seen.some((status) => status?.restoreRequired && status.restoreInitiated && status.frontendDisabled),
  ).toBe(true);
  expect(user.timelines.volumes.current(restored)?.status).toMatchObject({
    restoreRequired: false,
    restoreInitiated: true,
    state: 'attached',
  });
  const [original, copy] = await Promise.all(
    [volume, restored].map((name) => readFile(local.device('node1', name))),
  );
  expect(copy?.equals(original ?? Buffer.of())).toBe(true);
  await user.delete('volumes', restored);
});

test('the end of a target takes its objects along and leaves the store as it is', async () => {
  await user.delete('backuptargets', 'one');
  await Promise.all([
    user.untilGone('targets', 'one'),
    user.untilGone('backupVolumes', backupVolume),
    user.untilGone('backups', backup),
  ]);
  expect(inStore(backupConfigPath(volume, backup))).toBe(true);
});

test('what a store holds that nobody here has made appears by itself', async () => {
  await user.target('one', 'store-one');
  const { status, spec } = await user.untilState(backup, 'Completed');
  expect(spec.snapshotName).toBeUndefined();
  expect(status).toMatchObject({
    snapshotName: snapshot,
    volumeName: volume,
    volumeSize: String(64 * mebibyte),
    size: String(8 * mebibyte),
  });
  expect(statesOf(user.timelines.backups, backup).slice(-2)).toEqual(['new', 'Completed']);
});

test('what a store holds no more goes with the next look at it', async () => {
  await rm(join(dirname(local.store), 'store-one', backupConfigPath(volume, backup)));
  await user.requestSync('one');
  await user.untilGone('backups', backup);
  expect(user.timelines.backupVolumes.current(backupVolume)?.metadata.deletionTimestamp).toBeUndefined();
  await rm(join(dirname(local.store), 'store-one', volumePath(volume)), { recursive: true });
  await user.requestSync('one');
  await user.untilGone('backupVolumes', backupVolume);
});

test('a store that fails is said to be unavailable once, and comes back by itself', async () => {
  const down = join(dirname(local.store), 'store-four.down');
  await user.target('four', 'store-four');
  const { entries } = user.timelines.targets;
  const from = entries.length;
  await writeFile(down, '');
  await user.requestSync('four');
  const isSo =
    (is: boolean) =>
    ({ status }: BackupTarget) =>
      status?.available === is;
  const { status } = await user.until('targets', 'four', 'it is unavailable', isSo(false));
  expect(status?.conditions).toMatchObject([
    { type: 'Unavailable', status: 'True', message: expect.stringContaining('cannot mount') },
  ]);
  while (statSync(down).size < 4) await setImmediate();
  await rm(down);
  await user.until('targets', 'four', 'it is available', isSo(true));
  expect(
    entries.slice(from).filter((entry) => entry.kind !== 'gap' && entry.object.metadata.name === 'four')
      .length,
  ).toBeLessThan(6);
});

test('stores that do not answer hold nobody else up', async () => {
  // As many as there are managers: one that did one thing at a time would leave the others to the rest.
  const dead = local.nodes.map((node) => `dead-for-${node}`);
  for (const name of dead) {
    await user.target(name, 'stalled');
    await user.until('targets', name, 'somebody looks after it', ({ status }) => !!status?.ownerID);
  }
  await user.target('two', 'store-two');
  for (const name of dead) expect(user.timelines.targets.current(name)?.status?.available).toBe(false);
  for (const name of dead) await user.delete('backuptargets', name);
});
