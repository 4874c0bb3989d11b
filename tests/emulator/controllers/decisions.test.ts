import { expect, test } from 'vitest';
import { createBackoff } from '../../../emulator/controllers/backup/backoff.ts';
import {
  type CreationConditions,
  type CreationStep,
  decideCreation,
} from '../../../emulator/controllers/backup/decide-creation.ts';
import {
  type DeletionRecord,
  type DeletionStep,
  decideDeletion,
  removesRemoteData,
} from '../../../emulator/controllers/backup/decide-deletion.ts';
import { foundBlockSize } from '../../../emulator/controllers/backup-volume/block-size.ts';
import { cronJobOf, lastAppliedAnnotation } from '../../../emulator/controllers/recurring-job/cron.ts';
import { stepRestore } from '../../../emulator/controllers/volume/restore.ts';
import type { Node, RecurringJob, Volume, VolumeEngine } from '../../../emulator/longhorn/objects.ts';
import type { ManagerContext } from '../../../emulator/manager/context.ts';
import { isResponsible } from '../../../emulator/manager/ownership.ts';
import { unfinishedSnapshot } from '../../../emulator/recurring-job/retention.ts';
import { recordedObject } from '../support/recorded.ts';

// What the scripts of the recordings and the scenarios do not come to, or come to by luck.

const ready: CreationConditions = {
  ...{ ticketSatisfied: true, volumeAttached: true, volume: 'v' },
  ...{ snapshot: { ready: true }, snapshotName: 's', others: [] },
};
const waiting = (info: string, giveUp: string): CreationStep => ({ do: 'wait', info, giveUp });
const of = (what: string): [string, string] => [
  `Waiting for ${what} to be ready`,
  `Failed waiting for ${what} to be ready`,
];
const lost = 'Failed to get the Snapshot s';

test.each<[string, Partial<CreationConditions>, CreationStep]>([
  ['with a volume that is not attached', { volumeAttached: false }, waiting(...of('the engine v-e-0'))],
  ['without its snapshot', { snapshot: undefined }, waiting(lost, lost)],
  [
    'with a snapshot that is not ready, while another is Deleting',
    { snapshot: { ready: false }, others: [{ name: 'b', state: 'Deleting' }] },
    waiting(...of('the snapshot s')),
  ],
])('a new backup %s', (_, around, step) => {
  expect(decideCreation({ ...ready, ...around })).toEqual(step);
});

const records = [undefined, { state: 'Deleting' }, { state: 'Succeeded' }, { state: 'Error', message: 'no' }];
test.each<[boolean, DeletionStep['do'][]]>([
  [true, ['release', 'release', 'release', 'release']],
  [false, ['release', 'wait', 'release', 'release']],
])(
  'a deletion whose config has gone, which counts before its command ends: %j',
  (releaseAfterConfig, steps) => {
    const of = { url: 'nfs://h:/p?backup=b&volume=v', releaseAfterConfig, inStore: false };
    const decide = (record: unknown) =>
      decideDeletion({ ...of, record: record as DeletionRecord | undefined });
    expect(records.map((record) => decide(record).do)).toEqual(steps);
  },
);

test.each([
  ['as a rule', {}, true],
  ['not when only the object is to go', { customResourceOnly: true }, false],
  ['not when the target is not available', { targetAvailable: false }, false],
  ['not before the volume is known in the store', { backupVolumeKnown: false }, false],
])('the data in the store go with the backup %s', (_, more, removes) => {
  const all = { customResourceOnly: false, targetAvailable: true, backupVolumeKnown: true };
  expect(removesRemoteData({ ...all, ...more })).toBe(removes);
});

test('the wait of each name doubles with each step up to its most, and starts over when forgotten or left alone', () => {
  let now = 0;
  const backoff = createBackoff({ min: 60, max: 300 }, () => now);
  const waitsFor = (delay: number) => {
    backoff.next('b');
    now += delay - 1;
    const before = [backoff.isWaiting('b'), backoff.isWaiting('a')];
    now += 1;
    return [...before, backoff.isWaiting('b')];
  };
  for (const delay of [60, 120, 240, 300, 300]) expect(waitsFor(delay)).toEqual([true, false, false]);
  now += 601;
  expect(waitsFor(60)).toEqual([true, false, false]);
  backoff.forget('b');
  expect(waitsFor(60)).toEqual([true, false, false]);
});

const node = (name: string, reason = ''): Node =>
  ({
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status: reason ? 'False' : 'True', reason }] },
  }) as unknown as Node;
const nodes = [node('a'), node('b', 'ManagerPodDown'), node('c', 'KubernetesNodeGone')];
test.each<[string, { self: string; owner: string; preferred?: string }, boolean]>([
  ['anybody, while it has no owner', { self: 'a', owner: '' }, true],
  ['nobody but its owner', { self: 'a', owner: 'b' }, false],
  ['anybody, once its owner is lost', { self: 'a', owner: 'c' }, true],
  ['not its owner, if another is preferred', { self: 'b', owner: 'b', preferred: 'a' }, false],
  ['its owner, if the preferred one is lost', { self: 'b', owner: 'b', preferred: 'c' }, true],
])('responsible is %s', (_, of, expected) => {
  expect(isResponsible({ ...of, nodes })).toBe(expected);
});

test('a CronJob is recognised by what it was last given', () => {
  const job = recordedObject('recurring-job', 'recurringjobs') as unknown as RecurringJob;
  const pod = { image: 'i', environment: {} };
  const given = (of: RecurringJob) =>
    cronJobOf(of, pod, { successful: 1, failed: 2 }).metadata.annotations?.[lastAppliedAnnotation];
  expect(given({ ...job })).toBe(given(job));
  expect(given({ ...job, spec: { ...job.spec, cron: '* * * * *' } })).not.toBe(given(job));
});

test('a snapshot that an earlier run asked for is gone on with if it is its own, the newest, and not taken', () => {
  const snapshot = (name: string, minute: number, more = {}) => ({
    ...{ name, crCreationTime: `2026-01-01T00:0${minute}:00Z`, creationTime: 'then', createSnapshot: true },
    ...{ readyToUse: true, markRemoved: false, labels: { RecurringJob: 'rj' }, ...more },
  });
  const requested = (more = {}) => snapshot('asked', 1, { creationTime: '', ...more });
  expect(unfinishedSnapshot([snapshot('taken', 0), requested()], 'rj')).toBe('asked');
  expect(unfinishedSnapshot([snapshot('taken', 2), requested()], 'rj')).toBe(undefined);
  expect(unfinishedSnapshot([requested()], 'other')).toBe(undefined);
  expect(unfinishedSnapshot([requested({ createSnapshot: false })], 'rj')).toBe(undefined);
});

const parameters = (stated: string) => ({ Labels: {}, Parameters: { 'backup-block-size': stated } });

// backup_volume_controller.go, reconcile, v1.10.0 to v1.12.1.
test.each<[string, unknown, string]>([
  ['16 MiB', parameters('16777216'), '16777216'],
  ['nothing', { Labels: {}, Parameters: null }, '2097152'],
  ['another size', parameters('4194304'), '-1'],
  ['a size, but has no labels', { ...parameters('2097152'), Labels: null }, '-1'],
  ['that it is unfinished', 'inProgress', '-1'],
  ['nothing that can be read', new Error('unexpected end of JSON input'), '-1'],
])('a backup that is found whose config states %s', async (_, found, expected) => {
  const context = { mutant: undefined, log: { warning: () => undefined } } as unknown as ManagerContext;
  const inspect = async () => {
    if (found instanceof Error) throw found;
    return found;
  };
  const place = { client: { inspect } as never, url: 'nfs://store', volume: 'v' };
  expect(await foundBlockSize(context, place, 'b')).toBe(expected);
});

const volume = {
  metadata: { name: 'v', uid: 'u' },
  spec: { Standby: true, fromBackup: 'nfs://store.example:/store?backup=b1&volume=source' },
  status: { isStandby: true, lastBackup: 'b2' },
} as Volume;

const engineIs = (now: { isRestoring: boolean; lastRestored: string }) => ({
  spec: { volumeName: 'v' },
  status: { lastRestoredBackup: now.lastRestored, restoreStatus: { 'tcp://127.0.0.1:10000': now } },
});

const step = async (
  now: { isRestoring: boolean; lastRestored: string },
  { mutant, target = {} }: { mutant?: string | undefined; target?: object | null } = {},
) => {
  const none = { list: () => [] };
  const written: string[] = [];
  const engines = {
    list: () => [engineIs(now)],
    updateStatus: async ({ status }: VolumeEngine) => void written.push(status?.lastRestoredBackup ?? ''),
  };
  const backupTargets = { get: () => target && { spec: {} } };
  const datastore = {
    engines,
    backupVolumes: none,
    snapshots: none,
    backups: { get: () => ({}) },
    backupTargets,
  };
  const [targets, log] = [{ open: async () => ({}) }, { warning: () => undefined }];
  const asked: string[][] = [];
  const context = { node: 'node1', clock: {}, datastore, mutant, targets, log } as unknown as ManagerContext;
  const restores = new Map();
  await stepRestore(context, volume, {
    restores,
    run: async (...backups) => void asked.push(backups),
    onChange: () => undefined,
    onDone: async () => undefined,
  });
  return { asked, written };
};

// That it restores the changes alone otherwise, the scenarios judge.
test('a volume on standby that was in the middle of a restore restores all', async () => {
  expect((await step({ isRestoring: true, lastRestored: 'b1' })).asked).toEqual([['b2', '']]);
});

test.each([
  [undefined, { asked: [], written: [''] }],
  ['fixed:restarted-standby-loses-its-data', { asked: [['b2', 'b1']], written: ['b1'] }],
])('a volume on standby whose engine is new, with %s', async (mutant, expected) => {
  expect(await step({ isRestoring: false, lastRestored: 'b1' }, { mutant })).toEqual(expected);
});

// engine_controller.go, restoreBackup: the monitor looks again.
test('a restore does not begin before its backup target is known', async () => {
  const now = { isRestoring: true, lastRestored: 'b1' };
  expect(await step(now, { target: null })).toEqual({ asked: [], written: [] });
});
