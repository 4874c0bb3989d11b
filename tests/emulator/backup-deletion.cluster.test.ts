import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { defaultEngineImage, engineBinaryPath } from '../../emulator/modelled-on.ts';
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

const volume = 'deletion-v';
const [a, b] = ['a', 'b'];
const backup = (letter: string) => `${letter}-of-${volume}`;

test('objects have the fields that a real Longhorn fills', async () => {
  await user.volume(volume, { node: 'node2', size: 64 * mebibyte });
  await user.write('node2', volume, 8 * mebibyte);
  await user.snapshot('deletion-s1', volume);
  await user.backup(backup(a), { snapshot: 'deletion-s1', volume });
  await user.untilSettled(backup(a), volume);
  const sorted = (object: object | null | undefined) => Object.keys(object ?? {}).sort();
  const held = user.timelines;
  const real = (resource: string) => recordedObject('normal', resource);
  for (const [ours, theirs] of [
    [held.backups.current(backup(a)), real('backups')],
    [held.backupVolumes.objects().find(({ spec }) => spec.volumeName === volume), real('backupvolumes')],
    [held.targets.current('default'), real('backuptargets')],
    [held.snapshots.current('deletion-s1'), real('snapshots')],
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
  await user.write('node2', volume, 2 * mebibyte);
  await user.snapshot('deletion-s2', volume);
  const file = (name: string) => join(local.dataRoot('node2'), name);
  const until = (name: string) =>
    `touch '${file(`${name}-begun`)}'; until [ -e '${file(`${name}-may-go-on`)}' ]; do sleep 0.05; done`;
  // Of this volume alone, for others have theirs meanwhile; and on each node, for any manager may own the
  // deletion.
  const held = `case "$2 $*" in create*${volume}*) ${until('upload')};; rm*${volume}*) ${until('deletion')};; esac\nexec `;
  for (const binary of local.nodes.map((node) =>
    engineBinaryPath(defaultEngineImage, local.dataRoot(node)),
  )) {
    const plain = await readFile(binary, 'utf8');
    await writeFile(binary, plain.replace('exec ', held));
    onTestFinished(() => writeFile(binary, plain));
  }
  await user.backup(backup(b), { snapshot: 'deletion-s2', volume });
  await vi.waitUntil(() => existsSync(file('upload-begun')), { timeout: 300_000 });
  await user.delete('backups', backup(a));
  await user.untilState(backup(a), 'Deleting');
  await writeFile(file('upload-may-go-on'), '');
  await user.untilState(backup(b), 'Pending');
  await writeFile(file('deletion-may-go-on'), '');
  await user.untilSettled(backup(b), volume);
  const states = user.timelines.backups.entries.map((entry) =>
    entry.kind !== 'gap' && entry.object.metadata.name === backup(b) ? entry.object.status?.state : undefined,
  );
  expect(states).not.toContain('Error');
});

test('stores that do not answer hold nobody else up', async () => {
  // As many as there are managers: one that did one thing at a time would leave the others to the rest.
  const dead = local.nodes.map((node) => `dead-for-${node}`);
  for (const name of dead) {
    await user.target(name, `${name}/stalled`);
    await user.until('targets', name, 'somebody looks after it', ({ status }) => !!status?.ownerID);
  }
  await user.target('two', 'store-two');
  for (const name of dead) expect(user.timelines.targets.current(name)?.status?.available).toBe(false);
  for (const name of dead) await user.delete('backuptargets', name);
});
