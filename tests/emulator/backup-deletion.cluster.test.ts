import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { once, onceGone } from '../../e2e/history/expectation.ts';
import { encodeLock, lockTypes } from '../../emulator/backupstore/lock-rules.ts';
import { backupConfigPath, backupsPath, lockPath, locksPath } from '../../emulator/backupstore/paths.ts';
import type { Backup } from '../../emulator/longhorn/objects.ts';
import { engineBinary, engineImage } from '../../emulator/modelled-on.ts';
import type { Mutant } from '../../emulator/mutants.ts';
import { statesOf } from './support/backups.ts';
import type { LocalCluster } from './support/local-cluster.ts';
import { normalised, recordedObject, recordedStates } from './support/recorded.ts';
import { keepFile } from './support/temporary-store.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

const mebibyte = 1 << 20;
const limit = { within: '30s', owner: 'this test' } as const;

let local: LocalCluster;
let user: User;
useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.useStore();
});

let volume = 'v0';
beforeEach(() => {
  volume = `v${Number(volume.slice(1)) + 1}`;
});
afterEach(async () => {
  await user.delete('volumes', volume);
  await onceGone(user.timelines.volumes, { name: volume, label: 'the volume is gone', ...limit });
});

const [a, b, c] = ['a', 'b', 'c'];
const backup = (letter: string | undefined) => `${letter}-of-${volume}`;
const config = (name: string) => join(local.store, backupConfigPath(volume, name));

/** A volume on a node with a backup that its BackupVolume knows, and a snapshot of later data for another. */
const withSettledBackup = async (node: string, { size = 8 * mebibyte, method = 'lz4' } = {}): Promise<void> => {
  await user.volume(volume, { node, size: 64 * mebibyte, backupCompressionMethod: method });
  await user.write(node, volume, { offset: 0, size });
  await user.snapshot(`s1-of-${volume}`, volume);
  await user.backup(backup(a), { snapshot: `s1-of-${volume}`, volume });
  await user.untilSettled(backup(a), volume);
  await user.write(node, volume, { offset: 0, size: 2 * mebibyte });
  await user.snapshot(`s2-of-${volume}`, volume);
};
const second = (letter = b) => user.backup(backup(letter), { snapshot: `s2-of-${volume}`, volume });
const states = (letter: string | undefined) => statesOf(user.timelines.backups, backup(letter));
const names = () => ({ [backup(a)]: 'FIRST', [backup(b)]: 'SECOND', [volume]: 'VOLUME' });
const recorded = { 'zn-b1': 'FIRST', 'zn-b2': 'SECOND', 'zc-b1': 'FIRST', 'vz-c': 'VOLUME' };

test('a backup waits for the deletion of the one before it, in the states and words of a real Longhorn', async () => {
  // Slow enough to be seen in progress.
  await withSettledBackup('node2', { size: 32 * mebibyte, method: 'gzip' });
  await user.delete('backups', backup(a));
  await user.until(backup(a), 'Deleting');
  await second();
  await user.untilSettled(backup(b), volume);
  expect(normalised(states(a), names())).toEqual(normalised(recordedStates('normal', 'zn-b1'), recorded));
  expect(normalised(states(b), names())).toEqual(normalised(recordedStates('normal', 'zn-b2'), recorded));
  expect(states(a)).toContain('InProgress');
  expect(readdirSync(join(local.store, backupsPath(volume)))).toEqual([`backup_${backup(b)}.cfg`]);
});

test('objects have the fields that a real Longhorn fills', async () => {
  await withSettledBackup('node1');
  const sorted = (object: object | null | undefined) => Object.keys(object ?? {}).sort();
  const held = user.timelines;
  const real = (resource: string) => recordedObject('normal', resource);
  for (const [ours, theirs] of [
    [held.backups.current(backup(a)), real('backups')],
    [held.backupVolumes.objects().find(({ spec }) => spec.volumeName === volume), real('backupvolumes')],
    [held.targets.current('default'), real('backuptargets')],
    [held.snapshots.current(`s1-of-${volume}`), real('snapshots')],
  ] as const) {
    expect(sorted(ours?.status)).toEqual(sorted(theirs?.status));
    expect(sorted(ours?.spec)).toEqual(sorted(theirs?.spec));
  }
  const own = held.volumes.current(volume);
  expect(sorted(real('volumes')?.status)).toEqual(expect.arrayContaining(sorted(own?.status)));
  expect(sorted(real('volumes')?.spec)).toEqual(expect.arrayContaining(sorted(own?.spec)));
  expect(held.backups.current(backup(a))?.metadata).toMatchObject({
    finalizers: ['longhorn.io'],
    ownerReferences: [{ kind: 'BackupVolume' }],
  });
});

test('a manager that is killed under a deletion forgets it, says so, and deletes again', async () => {
  await withSettledBackup('node3');
  const letGo = await keepFile(config(backup(a)));
  await user.delete('backups', backup(a));
  const deleting = await user.until(backup(a), 'Deleting');
  const owner = deleting.status?.ownerID ?? '';
  await local.killManager(owner);
  local.startManager(owner);
  const denied = /operation not permitted|permission denied/;
  await once(user.timelines.backups, ({ status }) => denied.test(status?.messages?.error ?? ''), {
    name: backup(a),
    label: 'the deletion has failed',
    ...limit,
  });
  await letGo();
  await onceGone(user.timelines.backups, { name: backup(a), label: 'the backup is gone', ...limit });
  expect(normalised(states(a), names())).toEqual(normalised(recordedStates('controller-crash', 'zc-b1'), recorded));
  expect(deleting.status?.ownerID).toBe(owner);
});

test('a backup whose upload is slow to be ready waits for a deletion that began meanwhile', async () => {
  await withSettledBackup('node2');
  const binary = engineBinary(engineImage, local.dataRoot('node2'));
  const plain = await readFile(binary, 'utf8');
  const begun = join(local.dataRoot('node2'), 'begun');
  const goOn = join(local.dataRoot('node2'), 'go-on');
  await writeFile(
    binary,
    plain.replace('exec ', `[ "$2" != create ] || { touch '${begun}'; until [ -e '${goOn}' ]; do sleep 0.05; done; }\nexec `),
  );
  onTestFinished(() => writeFile(binary, plain));
  await second();
  await vi.waitUntil(() => existsSync(begun), { timeout: 10_000 });
  const letGo = await keepFile(config(backup(a)));
  await user.delete('backups', backup(a));
  await user.until(backup(a), 'Deleting');
  await writeFile(goOn, '');
  await user.until(backup(b), 'Pending');
  await user.untilSettled(backup(b), volume);
  await letGo();
  expect(states(b)).not.toContain('Error');
});

test('a backup that meets a deletion ends in Error for good, and leaves no ticket behind', async () => {
  await user.volume(volume, { node: 'node2', size: 64 * mebibyte });
  await user.snapshot(`s2-of-${volume}`, volume);
  await mkdir(join(local.store, locksPath(volume)), { recursive: true });
  await writeFile(join(local.store, lockPath(volume, 'lock-x')), encodeLock({ Name: 'lock-x', Type: lockTypes.deletion, Acquired: true }));
  await second();
  const { status } = await user.until(backup(b), 'Error');
  await user.delete('backups', backup(b));
  expect(status?.error).toMatch(/failed to acquire lock \S+ when performing backup create\/restore, please try again later$/);
  expect(status?.messages).toEqual({});
  await onceGone(user.timelines.backups, { name: backup(b), label: 'the backup is gone', ...limit });
  const tickets = Object.keys(user.timelines.attachments.current(volume)?.spec.attachmentTickets ?? {});
  expect(tickets).toEqual(['test']);
});

test('what it cannot do it refuses in so many words', async () => {
  await user.volume(volume, { node: 'node1', size: 64 * mebibyte });
  await user.snapshot(`s1-of-${volume}`, volume);
  const labels = { 'backup-target': 'default', 'backup-volume': volume };
  const metadata = { name: backup(a), namespace: 'longhorn-system', labels };
  const spec = { snapshotName: `s1-of-${volume}`, backupBlockSize: '16777216' };
  const resource = { group: 'longhorn.io', version: 'v1beta2', plural: 'backups' };
  await local.cluster.create(resource, { apiVersion: 'longhorn.io/v1beta2', kind: 'Backup', metadata, spec });
  const { status } = await user.until(backup(a), 'Error');
  expect(status?.error).toBe('not emulated: Backup spec.backupBlockSize: "16777216"');
  await user.delete('backups', backup(a));
});

/** Plays the normal case up to the second backup, with a bug in all managers. */
const withBug = async (mutant: Mutant): Promise<void> => {
  await local.restart(mutant);
  await withSettledBackup('node1');
  await user.delete('backups', backup(a));
  await user.until(backup(a), 'Deleting');
  await second();
};

test('with the bug second-not-held the second backup does not wait', async () => {
  await withBug('second-not-held');
  // Whether it runs beside the deletion or loses the lock to it is luck.
  const ended = ({ status }: Backup) => ['Completed', 'Error'].includes(status?.state ?? '');
  await once(user.timelines.backups, ended, { name: backup(b), label: 'the second backup has ended', ...limit });
  expect(states(b).join()).not.toContain('Pending');
});

test('with the bug message-missing the second backup waits without a word', async () => {
  await withBug('message-missing');
  await user.until(backup(b), 'Completed');
  expect(states(b)).toContain('Pending');
});

test('with the bug cfg-left-behind the first backup goes and leaves its config', async () => {
  await withBug('cfg-left-behind');
  await user.until(backup(b), 'Completed');
  expect(states(a)).toContain('gone');
  expect(existsSync(config(backup(a)))).toBe(true);
});

test('with the bug manager-panics the owner of a deleted backup ends with it', async () => {
  await local.restart('manager-panics');
  await withSettledBackup('node1');
  await user.delete('backups', backup(a));
  const { status } = await user.until(backup(a), 'Deleting');
  const owner = status?.ownerID ?? '';
  await onceGone(user.timelines.backups, { name: backup(a), label: 'the backup is gone', ...limit });
  expect(await local.untilExit(owner)).toBe(2);
  local.startManager(owner);
});

// The last one, for it leaves a deletion behind that the next managers would end.
test('with the bug deletion-never-ends the first backup stays, though the store has it no more', async () => {
  await withBug('deletion-never-ends');
  await user.until(backup(b), 'Pending');
  while (existsSync(config(backup(a)))) await setImmediate();
  // A third one, asked for after the config has gone, still finds the first Deleting.
  await second(c);
  const { status } = await user.until(backup(c), 'Pending');
  expect(status?.messages).toEqual({ info: `Wait for backup ${backup(a)} to be deleted` });
});
