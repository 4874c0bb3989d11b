import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { encodeLock, lockTypes } from '../../emulator/backupstore/lock-rules.ts';
import { lockPath, locksPath } from '../../emulator/backupstore/paths.ts';
import { engineBinary, engineImage } from '../../emulator/modelled-on.ts';
import { statesOf } from './support/backups.ts';
import type { SharedLonghorn } from './support/local-cluster.ts';
import { recordedObject } from './support/recorded.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

const mebibyte = 1 << 20;

let local: SharedLonghorn;
let user: User;
useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.useStore();
});

let count = 0;
let volume: string;
beforeEach(() => {
  count += 1;
  volume = `deletion-${count}`;
});
afterEach(async () => {
  await user.delete('volumes', volume);
  await user.untilGone('volumes', volume);
});

const [a, b] = ['a', 'b'];
const backup = (letter: string) => `${letter}-of-${volume}`;

/** A volume on a node with a backup that its BackupVolume knows, and a snapshot of later data for another. */
const withSettledBackup = async (node: string): Promise<void> => {
  await user.volume(volume, { node, size: 64 * mebibyte });
  await user.write(node, volume, { offset: 0, size: 8 * mebibyte });
  await user.snapshot(`s1-of-${volume}`, volume);
  await user.backup(backup(a), { snapshot: `s1-of-${volume}`, volume });
  await user.untilSettled(backup(a), volume);
  await user.write(node, volume, { offset: 0, size: 2 * mebibyte });
  await user.snapshot(`s2-of-${volume}`, volume);
};
const second = () => user.backup(backup(b), { snapshot: `s2-of-${volume}`, volume });

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

test('a backup whose upload is slow to be ready waits for a deletion that began meanwhile', async () => {
  await withSettledBackup('node2');
  const file = (name: string) => join(local.dataRoot('node2'), name);
  const until = (name: string) =>
    `touch '${file(`${name}-begun`)}'; until [ -e '${file(`${name}-may-go-on`)}' ]; do sleep 0.05; done`;
  // Of this volume alone, for others have theirs meanwhile; and on each node, for any manager may own the
  // deletion.
  const held = `case "$2 $*" in create*${volume}*) ${until('upload')};; rm*${volume}*) ${until('deletion')};; esac\nexec `;
  for (const binary of local.nodes.map((node) => engineBinary(engineImage, local.dataRoot(node)))) {
    const plain = await readFile(binary, 'utf8');
    await writeFile(binary, plain.replace('exec ', held));
    onTestFinished(() => writeFile(binary, plain));
  }
  await second();
  await vi.waitUntil(() => existsSync(file('upload-begun')), { timeout: 300_000 });
  await user.delete('backups', backup(a));
  await user.untilState(backup(a), 'Deleting');
  await writeFile(file('upload-may-go-on'), '');
  await user.untilState(backup(b), 'Pending');
  await writeFile(file('deletion-may-go-on'), '');
  await user.untilSettled(backup(b), volume);
  expect(statesOf(user.timelines.backups, backup(b))).not.toContain('Error');
});

test('a backup that meets a deletion ends in Error for good, and leaves no ticket behind', async () => {
  await user.volume(volume, { node: 'node2', size: 64 * mebibyte });
  await user.snapshot(`s2-of-${volume}`, volume);
  await mkdir(join(local.store, locksPath(volume)), { recursive: true });
  await writeFile(
    join(local.store, lockPath(volume, 'lock-x')),
    encodeLock({ Name: 'lock-x', Type: lockTypes.deletion, Acquired: true }),
  );
  await second();
  const { status } = await user.untilState(backup(b), 'Error');
  await user.delete('backups', backup(b));
  expect(status?.error).toMatch(
    /failed to acquire lock \S+ when performing backup create\/restore, please try again later$/,
  );
  expect(status?.messages).toEqual({});
  await user.untilGone('backups', backup(b));
  const tickets = Object.keys(user.timelines.attachments.current(volume)?.spec.attachmentTickets ?? {});
  expect(tickets).toEqual(['test']);
});

test('what it cannot do it refuses in so many words', async () => {
  await user.volume(volume, { node: 'node1', size: 64 * mebibyte });
  await user.snapshot(`s1-of-${volume}`, volume);
  await user.backup(backup(a), { snapshot: `s1-of-${volume}`, volume, backupBlockSize: '16777216' });
  const { status } = await user.untilState(backup(a), 'Error');
  expect(status?.error).toBe('not emulated: Backup spec.backupBlockSize: "16777216"');
  await user.delete('backups', backup(a));
});
