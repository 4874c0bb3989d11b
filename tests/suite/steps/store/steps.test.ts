import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../../../e2e/faults/ledger.ts';
import type { Backup, BackupTarget } from '../../../../e2e/longhorn/types.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import type { BackupHandle } from '../../../../e2e/suite/steps/handles.ts';
import {
  createGivenOfStores,
  createThenOfStores,
  createWhenOfStores,
} from '../../../../e2e/suite/steps/store/steps.ts';
import type { Timeouts } from '../../../../e2e/suite/steps/timeouts.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { createTestContext, emptyTimelines } from '../../../support/test-context.ts';

const volume = { name: 'v', node: 'node1', size: 0 };
const first: BackupHandle = {
  name: 'b',
  label: 'the first backup',
  volume,
  snapshot: { name: 's', volume },
  since: { made: 0, deleted: 0 },
};
const soon = { within: '50ms', owner: 'the test' } as const;
const briefly = new Proxy({} as Timeouts, { get: () => soon });
const denied =
  'Failed to delete the backup u in the backupstore, err unlinkat /mnt/backup_b.cfg: permission denied';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
});

/** The steps on a Longhorn that a test speaks for: by the states of a backup and of the backup target. */
const play = async () => {
  const timelines = emptyTimelines();
  const asked: object[] = [];
  const cluster = stubCluster({
    hurried: true,
    objects: { backuptargets: [{ metadata: { name: 'default' } }] },
    onAsk: ({ verb, body = {} }) => verb === 'patch' && asked.push(body),
  });
  const { context } = createTestContext({
    cluster,
    timelines,
    root,
    timeouts: briefly,
    ledger: await openLedger(root),
  });
  const event = { kind: 'modified' as const, at: Date.now() };
  const says = (state: string, error?: string): void => {
    timelines.backups.push({
      ...event,
      object: {
        metadata: { name: 'b', labels: { 'backup-volume': 'v' } },
        spec: { snapshotName: 's' },
        status: { state, ...(error !== undefined && { messages: { error } }) },
      } as Backup,
    });
  };
  return {
    asked,
    timelines,
    says,
    goes: () => {
      const object = timelines.backups.current('b') as Backup;
      timelines.backups.push({ kind: 'deleted', at: Date.now(), object });
    },
    looked: (status: BackupTarget['status']) =>
      timelines.backupTargets.push({
        ...event,
        object: { metadata: { name: 'default' }, spec: { backupTargetURL: 'u' }, ...(status && { status }) },
      }),
    given: createGivenOfStores(context),
    when: createWhenOfStores(context),
    // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody takes this for a promise.
    then: createThenOfStores(context),
  };
};

test.each([
  [{ of: 'the store' }, 'backupstore/volumes', 'the volumes in the store'],
  [{ of: volume, folder: 'backups' }, `${volumeFolder('v')}/backups`, "the volume's backups in the store"],
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

describe('a look into the store', () => {
  test('is asked for by a time, and knows when the last one was', async () => {
    const { when, looked, asked } = await play();
    looked({ available: true, lastSyncedAt: '2026-01-01T00:00:00Z' });
    expect(await when.storeLookedInto()).toMatchObject({ before: '2026-01-01T00:00:00Z' });
    expect(asked).toEqual([{ spec: { syncRequestedAt: expect.stringMatching(/^\d{4}-.*Z$/) } }]);
  });

  test('is asked for when what Longhorn takes for gone is gone: it would not come back', async () => {
    const { when, timelines, asked } = await play();
    const going = {
      metadata: { name: 'bv', labels: { 'backup-target': 'default' }, deletionTimestamp: 'now' },
    };
    const others = { metadata: { name: 'other', labels: {}, deletionTimestamp: 'now' } };
    for (const object of [going, others]) timelines.backupVolumes.push({ kind: 'modified', at: 0, object });
    await expect(when.storeLookedInto()).rejects.toThrow('backup volume bv is gone');
    expect(asked).toEqual([]);
    timelines.backupVolumes.push({ kind: 'deleted', at: 0, object: going });
    await when.storeLookedInto();
    expect(asked).toHaveLength(1);
  });

  test('leaves a backup as it is', async () => {
    const { when, then, says, looked } = await play();
    says('Completed');
    const look = await when.storeLookedInto();
    const judged = then.staysKnown(first, look);
    says('Completed');
    looked({ available: true, lastSyncedAt: 'now' });
    await judged;
  });

  test('after which a backup is gone breaks the promise', async () => {
    const { when, then, says, goes } = await play();
    says('Completed');
    const judged = then.staysKnown(first, await when.storeLookedInto());
    goes();
    await expect(judged).rejects.toThrow('it was deleted; until then it was Completed');
  });

  test('that nobody has seen proves nothing; a store that is not available was looked at', async () => {
    const { when, then, says, looked } = await play();
    says('Completed');
    looked({ available: true, lastSyncedAt: 'before' });
    const look = await when.storeLookedInto();
    await expect(then.staysKnown(first, look)).rejects.toMatchObject({ verdict: { state: 'not-provable' } });
    looked({ available: false, lastSyncedAt: 'before' });
    await then.staysKnown(first, look);
  });
});

describe('a backup that must not go', () => {
  test.each([
    ['whose deletion fails', (says: (state: string, error?: string) => void) => says('Error', denied)],
    ['whose deletion does not get on', () => {}],
  ])('%s has not gone', async (_, then_) => {
    const { then, says } = await play();
    says('Completed');
    says('Deleting');
    then_(says);
    await then.notDeleted(first);
  });

  test.each([
    ['that goes', undefined, 'it was deleted; until then it was Completed, then Deleting'],
    ['that says what nobody knows', 'what?', 'Got:      Error (messages.error "what?")'],
  ])('%s breaks the promise', async (_, error, told) => {
    const { then, says, goes } = await play();
    says('Completed');
    says('Deleting');
    if (error === undefined) goes();
    else says('Error', error);
    await expect(then.notDeleted(first)).rejects.toThrow(told);
  });
});

describe('a deletion', () => {
  test.each(['gone', 'failed'])(
    'is over when it has %s, and nothing works in the folder any more',
    async (how) => {
      const { then, says, goes } = await play();
      says('Completed');
      says('Deleting');
      if (how === 'gone') goes();
      else says('Error', denied);
      const lock = join(root, volumeFolder('v'), 'locks/lock-1.lck');
      await mkdir(dirname(lock), { recursive: true });
      await writeFile(lock, '{"Name":"lock-1","Type":2,"Acquired":true}');
      const longAgo = new Date(Date.now() - 148_000);
      await utimes(lock, longAgo, longAgo);
      await then.deletionTried(first);
      expect(Date.now() - (await stat(lock)).mtimeMs).toBeGreaterThan(150_000);
    },
  );

  test('that has not ended is not over', async () => {
    const { then, says } = await play();
    says('Completed');
    says('Deleting');
    await expect(then.deletionTried(first)).rejects.toThrow('the test');
  });
});

test('a backup is known when it can be restored from, and under way when it is uploaded', async () => {
  const { then, says, timelines } = await play();
  says('Pending');
  await expect(then.underWay(first)).rejects.toThrow('the first backup is under way');
  says('InProgress');
  await then.underWay(first);
  says('Completed');
  await then.underWay(first);
  await expect(then.known(first)).rejects.toThrow('Longhorn knows the first backup, Completed');
  const { metadata, spec, status } = timelines.backups.current('b') as Backup;
  const known = { metadata, spec, status: { ...status, url: 'u' } };
  const dying = { ...known, metadata: { ...metadata, deletionTimestamp: 'now' } };
  timelines.backups.push({ kind: 'modified', at: 0, object: dying });
  await expect(then.known(first)).rejects.toThrow('Longhorn knows the first backup, Completed');
  timelines.backups.push({ kind: 'modified', at: 0, object: known });
  await then.known(first);
});

test('a backup that the store has no space for goes Error and says so; nothing else will do', async () => {
  const { then, timelines, says } = await play();
  const fails = (state: string, error: string): void =>
    void timelines.backups.push({
      kind: 'modified',
      at: 0,
      object: { metadata: { name: 'b' }, spec: {}, status: { state, error } } as Backup,
    });
  says('InProgress');
  fails(
    'Error',
    'failed to write data during saving blocks: close /mnt/b.blk.tmp.1: no space left on device',
  );
  await then.creationFails(first, 'creation-denied');
  await expect(then.creationFails(first, 'creation-without-store')).rejects.toThrow(
    'goes Error (creation-without-store)',
  );
  const other = await play();
  other.says('Completed');
  await expect(other.then.creationFails(first, 'creation-denied')).rejects.toThrow(
    /^Expected: .*\nGot: +Completed/,
  );
});

test('a store is found again once it was listed after the look was asked for', async () => {
  const { when, then, looked } = await play();
  looked({ available: false, lastSyncedAt: 'before' });
  const look = await when.storeLookedInto();
  for (const available of [true, false]) {
    looked({ available, lastSyncedAt: available ? 'before' : 'after' });
    await expect(then.storeFoundAgain(look)).rejects.toThrow('not seen that Longhorn has listed the store');
  }
  looked({ available: true, lastSyncedAt: 'after' });
  await then.storeFoundAgain(look);
});
