import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../../../e2e/faults/ledger.ts';
import type { Backup, BackupTarget } from '../../../../e2e/longhorn/types.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import {
  createGivenOfStores,
  createThenOfStores,
  createWhenOfStores,
} from '../../../../e2e/suite/steps/store/steps.ts';
import type { Timeouts } from '../../../../e2e/suite/steps/timeouts.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const volume = { name: 'v', node: 'node1', size: 0 };
const first = handleOf('b', 'the first backup', { volume });
const soon = { within: '50ms', owner: 'the test' } as const;
const briefly = new Proxy({} as Timeouts, { get: () => soon });
const denied =
  'Failed to delete the backup u in the backupstore, err unlinkat /mnt/backup_b.cfg: permission denied';
const full = 'failed to write data during saving blocks: close /mnt/b.blk.tmp.1: no space left on device';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
});

/**
 * The steps on a Longhorn that a test speaks for: by the states of a backup, the first of them given here, and
 * of the backup target.
 */
const play = async (...states: string[]) => {
  const timelines = emptyTimelines();
  const asked: object[] = [];
  const cluster = stubCluster({
    hurried: true,
    objects: { backuptargets: [{ metadata: { name: 'default' } }] },
    onAsk: ({ verb, body = {} }) => verb === 'patch' && asked.push(body),
  });
  const ledger = await openLedger(root);
  const { context } = createTestContext({ cluster, timelines, root, timeouts: briefly, ledger });
  const event = { kind: 'modified' as const, at: Date.now() };
  const says = (state: string, status: Backup['status'] = {}, more: object = {}): void => {
    const metadata = { name: 'b', labels: { 'backup-volume': 'v' }, ...more };
    const object = { metadata, spec: { snapshotName: 's' }, status: { state, ...status } };
    timelines.backups.push({ ...event, object });
  };
  for (const state of states) says(state);
  return {
    ...{ asked, timelines, says, given: createGivenOfStores(context), when: createWhenOfStores(context) },
    // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody takes this for a promise.
    then: createThenOfStores(context),
    fails: (error: string) => says('Error', { messages: { error } }),
    goes: () => {
      const object = timelines.backups.current('b') as Backup;
      timelines.backups.push({ kind: 'deleted', at: Date.now(), object });
    },
    looked: (available: boolean, lastSyncedAt: string) => {
      const status: BackupTarget['status'] = { available, lastSyncedAt };
      const object = { metadata: { name: 'default' }, spec: { backupTargetURL: 'u' }, status };
      timelines.backupTargets.push({ ...event, object });
    },
  };
};

test.each([
  [{ of: 'the store' }, 'backupstore/volumes', 'the volumes in the store'],
  [{ of: volume, folder: 'locks' }, `${volumeFolder('v')}/locks`, "the volume's locks in the store"],
] as const)('the right folder is denied, %j', async (where, path, told) => {
  const folder = join(root, path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mode = async () => ((await stat(folder)).mode & 0o777).toString(8);
  const { given } = await play();
  const unlistable = await given.unlistable(where);
  expect([unlistable.title, await mode()]).toEqual([`the listing of ${told} is denied`, '300']);
  await unlistable.heal();
  const unreadable = await given.unreadable(where);
  expect([unreadable.title, await mode()]).toEqual([`all reading of ${told} is denied`, '200']);
  await unreadable.heal();
});

test('a look into the store is asked for by a time, when what Longhorn takes for gone is gone: it would not come back', async () => {
  const { when, looked, timelines, asked } = await play();
  const going = (name: string, labels: Record<string, string>) => ({
    metadata: { name, labels, deletionTimestamp: 'now' },
  });
  const object = going('bv', { 'backup-target': 'default' });
  for (const each of [object, going('other', {})])
    timelines.backupVolumes.push({ kind: 'modified', at: 0, object: each });
  await expect(when.storeLookedInto()).rejects.toThrow('backup volume bv is gone');
  expect(asked).toEqual([]);
  timelines.backupVolumes.push({ kind: 'deleted', at: 0, object });
  looked(true, '2026-01-01T00:00:00Z');
  expect(await when.storeLookedInto()).toMatchObject({ before: '2026-01-01T00:00:00Z' });
  expect(asked).toEqual([{ spec: { syncRequestedAt: expect.stringMatching(/^\d{4}-.*Z$/) } }]);
});

test('a look leaves a backup as it is; that it is gone after one breaks the promise, and one that nobody has seen proves nothing', async () => {
  const { when, then, says, looked, goes } = await play('Completed');
  looked(true, 'before');
  const look = await when.storeLookedInto();
  await expect(then.staysKnown(first, look)).rejects.toMatchObject({ verdict: { state: 'not-provable' } });
  // A store that is not available was looked at.
  looked(false, 'before');
  await then.staysKnown(first, look);
  says('Completed');
  looked(true, 'now');
  await then.staysKnown(first, look);
  const again = then.staysKnown(first, await when.storeLookedInto());
  goes();
  await expect(again).rejects.toThrow('it was deleted; until then it was Completed');
});

test('a backup whose deletion fails, or does not get on, has not gone; one that goes, or says what nobody knows, breaks the promise', async () => {
  const [stuck, odd] = [await play('Completed', 'Deleting'), await play('Completed', 'Deleting')];
  await stuck.then.notDeleted(first);
  stuck.fails(denied);
  await stuck.then.notDeleted(first);
  odd.fails('what?');
  await expect(odd.then.notDeleted(first)).rejects.toThrow('Got:      Error (messages.error "what?")');
  const gone = await play('Completed', 'Deleting');
  gone.goes();
  await expect(gone.then.notDeleted(first)).rejects.toThrow(
    'it was deleted; until then it was Completed, then',
  );
});

test.each(['gone', 'failed'])(
  'a deletion is over when it has %s, and nothing works in the folder any more',
  async (how) => {
    const { then, fails, goes } = await play('Completed', 'Deleting');
    await expect(then.deletionTried(first)).rejects.toThrow('the test');
    if (how === 'gone') goes();
    else fails(denied);
    const lock = join(root, volumeFolder('v'), 'locks/lock-1.lck');
    await mkdir(dirname(lock), { recursive: true });
    await writeFile(lock, '{"Name":"lock-1","Type":2,"Acquired":true}');
    const longAgo = new Date(Date.now() - 149_000);
    await utimes(lock, longAgo, longAgo);
    await then.deletionTried(first);
    expect(Date.now() - (await stat(lock)).mtimeMs).toBeGreaterThan(150_000);
  },
);

test('a backup is known when it can be restored from, and under way when it is uploaded', async () => {
  const { then, says } = await play('Pending');
  await expect(then.underWay(first)).rejects.toThrow('the first backup is under way');
  for (const state of ['InProgress', 'Completed']) {
    says(state);
    await then.underWay(first);
  }
  const unknown = 'Longhorn knows the first backup, Completed';
  await expect(then.known(first)).rejects.toThrow(unknown);
  says('Completed', { url: 'u' }, { deletionTimestamp: 'now' });
  await expect(then.known(first)).rejects.toThrow(unknown);
  says('Completed', { url: 'u' });
  await then.known(first);
});

test('a backup that the store has no space for goes Error and says so; nothing else will do', async () => {
  const { then, says } = await play('InProgress');
  says('Error', { error: full });
  await then.creationFails(first, 'creation-denied');
  await expect(then.creationFails(first, 'creation-without-store')).rejects.toThrow(
    'goes Error (creation-without-store)',
  );
  const made = await play('Completed');
  await expect(made.then.creationFails(first, 'creation-denied')).rejects.toThrow(/\nGot: +Completed/);
});

test('a store is found again once it was listed after the look was asked for', async () => {
  const { when, then, looked } = await play();
  looked(false, 'before');
  const look = await when.storeLookedInto();
  for (const available of [true, false]) {
    looked(available, available ? 'before' : 'after');
    await expect(then.storeFoundAgain(look)).rejects.toThrow('not seen that Longhorn has listed the store');
  }
  looked(true, 'after');
  await then.storeFoundAgain(look);
});
