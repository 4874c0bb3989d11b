import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openLedger } from '../../../../e2e/faults/ledger.ts';
import type { Cluster } from '../../../../e2e/kube/cluster.ts';
import type { Backup, BackupTarget } from '../../../../e2e/longhorn/types.ts';
import type { RunningStore, S3Server } from '../../../../e2e/store/driver.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import type { VolumeHandle } from '../../../../e2e/suite/steps/handles.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { localStore } from '../../../store/support/local-store.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { folderOfEachTest } from '../../../support/temporary-folder.ts';
import { aTarget, briefly, createTestContext, emptyTimelines } from '../../../support/test-context.ts';
import { handleOf } from '../recordings.ts';

const volume: VolumeHandle = { name: 'v', target: aTarget, node: 'node1', size: 0 };
const first = handleOf('b', 'the first backup', { volume });
const lock = { name: 'lock-1', of: 'a backup' } as const;
const denied =
  'Failed to delete the backup u in the backupstore, err unlinkat /mnt/backup_b.cfg: permission denied';

const manager = {
  metadata: { name: 'manager', labels: { app: 'longhorn-manager' } },
  status: { phase: 'Running' },
};

const root = folderOfEachTest();

/**
 * The steps on a Longhorn that a test speaks for: by the states of a backup, the first of them given here, and
 * of the backup target.
 */
const setUp = async (
  ...[given, ...more]: [(string | { store: RunningStore } | { cluster: Cluster })?, ...string[]]
) => {
  const [overrides, states] = typeof given === 'string' ? [{}, [given, ...more]] : [given ?? {}, more];
  const timelines = emptyTimelines();
  const requests: object[] = [];
  const cluster = stubCluster({
    hurried: true,
    objects: { backuptargets: [{ metadata: { name: 'default' } }], pods: [manager] },
    onAsk: ({ verb, body = {} }) => verb === 'patch' && requests.push(body),
  });
  const ledger = await openLedger(root());
  const known = { cluster, timelines, root: root(), timeouts: briefly, ledger };
  const { context } = createTestContext({ ...known, ...overrides });
  const target = await context.own.first(async () => aTarget);
  volume.target = target;
  const event = { kind: 'modified' as const, at: Date.now() };
  let log = '';
  cluster.logs = async () => log;
  const setStatus = (state: string, status: Backup['status'] = {}, more: object = {}): void => {
    const metadata = { name: 'b', labels: { 'backup-volume': 'v' }, ...more };
    const object = { metadata, spec: { snapshotName: 's' }, status: { state, ...status } };
    timelines.backups.push({ ...event, object });
  };
  for (const state of states) setStatus(state);
  return {
    requests,
    timelines,
    setStatus,
    target,
    url: target.store.url,
    logged: (said: string) => {
      log = said;
    },
    goes: () => {
      const object = timelines.backups.current('b') as Backup;
      timelines.backups.push({ kind: 'deleted', at: Date.now(), object });
    },
    setTargetStatus: (status: BackupTarget['status']) =>
      timelines.backupTargets.push({
        ...event,
        object: { metadata: { name: 'default' }, spec: { backupTargetURL: 'u' }, ...(status && { status }) },
      }),
    ...bindSteps(context),
  };
};

test.each([
  [{ of: 'the store' }, 'backupstore/volumes', 'the volumes in the store'],
  [{ of: volume, folder: 'backups' }, `${volumeFolder('v')}/backups`, "the volume's backups in the store"],
  [{ of: volume, folder: 'locks' }, `${volumeFolder('v')}/locks`, "the volume's locks in the store"],
] as const)('the right folder is denied, %j', async (where, path, named) => {
  const folder = root(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mode = async () => ((await stat(folder)).mode & 0o777).toString(8);
  const { given } = await setUp();
  const unlistable = await given.listingDenied(where);
  expect([unlistable.title, await mode()]).toEqual([`the listing of ${named} is denied`, '300']);
  await unlistable.heal();
  const unreadable = await given.readingDenied(where);
  expect([unreadable.title, await mode()]).toEqual([`all reading of ${named} is denied`, '200']);
  await unreadable.heal();
});

test.each([
  [{ configOf: first }, 'backups/backup_b.cfg', 'the config of the first backup'],
  [{ of: volume, lock }, 'locks/lock-1.lck', 'the foreign lock of a backup'],
] as const)(
  'the right file is emptied, or taken away, or asked for in vain, %j',
  async (file, path, named) => {
    const inStore = `${volumeFolder('v')}/${path}`;
    const there = root(inStore);
    await mkdir(dirname(there), { recursive: true });
    await writeFile(there, '{}');
    const { given, requests } = await setUp();
    const emptied = await given.fileEmptied(file);
    expect([emptied.title, await readFile(there, 'utf8')]).toEqual([`${named} is empty`, '']);
    await emptied.heal();
    const hidden = await given.fileMissing(file);
    expect(hidden.title).toBe(`${named} is gone from the store`);
    await expect(stat(there)).rejects.toThrow('ENOENT');
    await hidden.heal();
    expect([await readFile(there, 'utf8'), requests]).toEqual(['{}', []]);
  },
);

test('the backup target becomes another store, and the first again, each time with a look at it', async () => {
  const other = { ...localStore(root()), driver: 's3', url: 's3://b@r/p/', credentialSecret: 'login' };
  const { target, when, requests } = await setUp('Completed');
  const home = target.store;
  const moved = await when.targetChanged(target, { to: other });
  expect(moved).toEqual({ target, from: expect.any(Number), before: undefined });
  expect(target.store).toBe(other);
  await when.targetChanged(target, { to: home });
  const sync = { syncRequestedAt: expect.stringMatching(/^\d{4}-.*Z$/) };
  expect(requests).toEqual([
    { spec: { backupTargetURL: other.url, credentialSecret: 'login', ...sync } },
    { spec: { backupTargetURL: localStore(root()).url, credentialSecret: '', ...sync } },
  ]);
});

/** A store that a server of S3 has. */
const onS3 = (server: object, cluster = stubCluster()) => {
  const place = { namespace: 'corral-store' };
  return { ...localStore(root()), access: { s3Server: { cluster, server: server as S3Server, place } } };
};

test.each([
  ['missing', 'is missing', 'it is missing'],
  ['emptied', 'is empty', 'it is empty'],
] as const)('a Secret is %s', async (how, called, proof) => {
  const labels = { 'corral.test/run': 'abc123' };
  const metadata = { name: 'corral-store', namespace: 'longhorn-system', labels };
  const cluster = stubCluster({ objects: { secrets: [{ metadata, data: { AWS_ACCESS_KEY_ID: 'a' } }] } });
  const { given, then } = await setUp({ store: onS3({}, cluster) });
  const lost = await given.secretLost(how);
  expect(lost.title).toBe(`the Secret of the backup target ${called}`);
  await then.inForce(lost);
  expect(await lost.prove()).toBe(proof);
});

test('a missing Secret that is only in the log breaks the promise, and proves nothing if it is not there either', async () => {
  const message = 'secret "login" not found';
  const conditions = [{ type: 'Unavailable', status: 'True', message }] as const;
  const { target, then, setTargetStatus, logged } = await setUp();
  target.store = { ...target.store, credentialSecret: 'login' };
  setTargetStatus({ available: true });
  await expect(then.missingSecretReported(target)).rejects.toThrow(InconclusiveError);
  logged(
    `failed to init backup target clients: failed to get ${target.name} backup target client: ${message}`,
  );
  await expect(then.missingSecretReported(target)).rejects.toMatchObject({
    seen: { kind: 'BackupTarget', state: 'available', gone: false },
  });
  setTargetStatus({ available: false, conditions: [...conditions] } as BackupTarget['status']);
  await then.missingSecretReported(target);
});

test('a listing is awaited once it is asked for, until a manager gives it up', async () => {
  const { then, logged } = await setUp();
  await expect(then.listingAwaited(volume, { met: async () => 1 })).rejects.toThrow(
    'Longhorn has not asked for the backups of v in the store, within',
  );
  await then.listingAwaited(volume, { met: async () => 2 });
  logged('Failed to list backups from backup target: timeout executing: longhorn backup ls --volume v');
  await expect(then.listingAwaited(volume, { met: async () => 2 })).rejects.toThrow(InconclusiveError);
});

test('requests about what is in a folder, or about anything, are answered wrongly', async () => {
  const { given } = await setUp({ store: onS3({}) });
  const folder = { of: volume, folder: 'locks' } as const;
  const one = await given.wrongAnswers('InternalError', { to: 'read', below: folder });
  const other = await given.wrongAnswers('SlowDown', { to: 'list', every: 3 });
  expect([one.title, other.title]).toEqual([
    "each reading of the volume's locks in the store is answered with 500 InternalError",
    'one of 3 listing of what is in the store is answered with 503 SlowDown',
  ]);
});

describe('a look into the store', () => {
  test('is asked for by a time, when what Longhorn takes for gone is gone: it would not come back', async () => {
    const { when, setTargetStatus, timelines, requests } = await setUp();
    const goes = (name: string, kind: 'modified' | 'deleted', labels = {}) => {
      const object = { metadata: { name, labels, deletionTimestamp: 'now' } };
      timelines.backupVolumes.push({ kind, at: 0, object });
    };
    goes('bv', 'modified', { 'backup-target': 'default' });
    goes('other', 'modified');
    await expect(when.storeLookedInto()).rejects.toThrow('backup volume bv is gone');
    expect(requests).toEqual([]);
    goes('bv', 'deleted');
    setTargetStatus({ available: true, lastSyncedAt: '2026-01-01T00:00:00Z' });
    expect(await when.storeLookedInto()).toMatchObject({ before: '2026-01-01T00:00:00Z' });
    expect(requests).toEqual([{ spec: { syncRequestedAt: expect.stringMatching(/^\d{4}-.*Z$/) } }]);
  });

  test('is asked for of each volume besides that is being looked at: the end of that look would undo what the target asks', async () => {
    const bv = (name: string, syncRequestedAt: string, target = 'default') => ({
      metadata: { name, labels: { 'backup-target': target } },
      spec: { syncRequestedAt },
      status: { lastSyncedAt: '2026-01-01T00:00:05Z' },
    });
    const requests: string[] = [];
    const cluster = stubCluster({
      objects: {
        backuptargets: [{ metadata: { name: 'default' } }],
        backupvolumes: [
          bv('looked-at', '2026-01-01T00:00:05Z'),
          bv('under-way', '2026-01-01T00:00:06Z'),
          bv('elsewhere', '2026-01-01T00:00:06Z', 'other'),
        ],
      },
      onAsk: ({ verb, name = '' }) => verb === 'patch' && requests.push(name),
    });
    const { when } = await setUp({ cluster });
    await when.storeLookedInto();
    expect(requests).toEqual(['under-way', 'default']);
  });

  test('leaves a backup as it is; after one that it is gone by the promise is broken', async () => {
    const { when, then, setStatus, setTargetStatus, goes } = await setUp('Completed');
    const judged = then.staysKnown(first, await when.storeLookedInto());
    setStatus('Completed');
    setTargetStatus({ available: true, lastSyncedAt: 'now' });
    await judged;
    const again = then.staysKnown(first, await when.storeLookedInto());
    goes();
    await expect(again).rejects.toThrow('it was deleted; until then it was Completed');
  });

  test('lets a completed backup go; one that is deleted, or stays, was not let go', async () => {
    const judgeRemoval = async (...states: string[]) => {
      const { when, then, setStatus, goes } = await setUp('Completed');
      const sync = await when.storeLookedInto();
      for (const state of states) state === 'gone' ? goes() : setStatus(state);
      return then.removedFromCluster(first, sync);
    };
    await judgeRemoval('Completed', 'gone');
    await expect(judgeRemoval('Deleting', 'gone')).rejects.toThrow('Got:      Deleting');
    await expect(judgeRemoval('Completed')).rejects.toThrow('timed out');
  });

  test('that nobody has seen proves nothing; a store that is not available, or whose volumes a manager could not list, was looked at', async () => {
    const { when, then, setTargetStatus, logged, url } = await setUp('Completed');
    setTargetStatus({ available: true, lastSyncedAt: 'before' });
    const sync = await when.storeLookedInto();
    await expect(then.staysKnown(first, sync)).rejects.toMatchObject({ verdict: { state: 'not-provable' } });
    logged(`error="failed to list backup volumes in nfs://other: Permission denied"`);
    await expect(then.staysKnown(first, sync)).rejects.toThrow('nothing shows that Longhorn has looked');
    logged(`error="failed to list backup volumes in ${url}: Permission denied"`);
    await then.staysKnown(first, sync);
    logged('');
    setTargetStatus({ available: false, lastSyncedAt: 'before' });
    await then.staysKnown(first, sync);
  });
});

test('a backup whose deletion fails, or does not get on, has not gone; one that goes, or says what nobody knows, breaks the promise', async () => {
  const stuck = await setUp('Completed', 'Deleting');
  await stuck.then.notDeleted(first);
  stuck.setStatus('Error', { messages: { error: denied } });
  await stuck.then.notDeleted(first);
  const gone = await setUp('Completed', 'Deleting');
  gone.goes();
  const untilThen = 'it was deleted; until then it was Completed, then Deleting';
  await expect(gone.then.notDeleted(first)).rejects.toThrow(untilThen);
  const odd = await setUp('Completed', 'Deleting');
  odd.setStatus('Error', { messages: { error: 'what?' } });
  await expect(odd.then.notDeleted(first)).rejects.toThrow('Got:      Error (messages.error "what?")');
});

test.each(['gone', 'failed'])('a deletion is over when it has %s, and nothing works there', async (how) => {
  const { then, setStatus, goes } = await setUp('Completed', 'Deleting');
  await expect(then.deletionTried(first)).rejects.toThrow('the test');
  if (how === 'gone') goes();
  else setStatus('Error', { messages: { error: denied } });
  const lock = root(volumeFolder('v'), 'locks/lock-1.lck');
  await mkdir(dirname(lock), { recursive: true });
  await writeFile(lock, '{"Name":"lock-1","Type":2,"Acquired":true}');
  const longAgo = new Date(Date.now() - 148_000);
  await utimes(lock, longAgo, longAgo);
  await then.deletionTried(first);
  expect(Date.now() - (await stat(lock)).mtimeMs).toBeGreaterThan(150_000);
});

test('a backup is known when it can be restored from, and under way when it is uploaded', async () => {
  const { then, setStatus } = await setUp('Pending');
  await expect(then.underWay(first)).rejects.toThrow('the first backup is under way');
  setStatus('InProgress');
  await then.underWay(first);
  setStatus('Completed');
  await then.underWay(first);
  await expect(then.known(first)).rejects.toThrow('Longhorn knows the first backup, Completed');
  setStatus('Completed', { url: 'u' }, { deletionTimestamp: 'now' });
  await expect(then.known(first)).rejects.toThrow('Longhorn knows the first backup, Completed');
  setStatus('Completed', { url: 'u' });
  await then.known(first);
});

test('a backup that the store has no space for goes Error and says so; nothing else will do', async () => {
  const { then, setStatus } = await setUp('InProgress');
  const error = 'failed to write data during saving blocks: close /mnt/b.blk.tmp.1: no space left on device';
  setStatus('Error', { error });
  await then.creationFails(first, 'creation-denied');
  const other = then.creationFails(first, 'creation-without-store');
  await expect(other).rejects.toThrow('goes Error (creation-without-store)');
  const well = (await setUp('Completed')).then.creationFails(first, 'creation-denied');
  await expect(well).rejects.toThrow(/^Expected: .*\nGot: +Completed/);
});

test('a store is found again once it was listed after the look was asked for', async () => {
  const { when, then, setTargetStatus } = await setUp();
  setTargetStatus({ available: false, lastSyncedAt: 'before' });
  const sync = await when.storeLookedInto();
  for (const available of [true, false]) {
    setTargetStatus({ available, lastSyncedAt: available ? 'before' : 'after' });
    await expect(then.storeListed(sync)).rejects.toThrow('not seen that Longhorn has listed the store');
  }
  setTargetStatus({ available: true, lastSyncedAt: 'after' });
  await then.storeListed(sync);
});
