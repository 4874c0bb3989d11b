import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { bugs } from '../../../../e2e/longhorn/bugs/bugs.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { judgeEnd } from '../../../../e2e/suite/run/judge-end.ts';
import { bugSteps } from '../../../../e2e/suite/steps/bugs/steps.ts';
import type { BackupHandle, VolumeHandle } from '../../../../e2e/suite/steps/handles.ts';
import { notProvable, PromiseBroken } from '../../../../e2e/suite/steps/judging.ts';
import { bind } from '../../../../e2e/suite/steps/step.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { layOutRecordedStore, recordedVolume } from '../../../support/recorded-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { aTarget, createTestContext } from '../../../support/test-context.ts';
import { handleOf, type Mutation, recorded, stage, whenIn } from '../recordings.ts';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
  await layOutRecordedStore(join(root, volumeFolder(recordedVolume)));
});

const volume: VolumeHandle = { name: recordedVolume, target: aTarget, node: 'node1', size: 0 };
const handle = (name: string, label: string, from = 0) => handleOf(name, label, { volume, from });
const both = [handle('sample-a-b1', 'the first backup'), handle('sample-a-b2', 'the second backup')];

const destroys = 'deletion-destroys-other-backups';
const { title, severity, promise } = bugs[destroys];
const sentence = `Then Longhorn keeps its promise: ${promise}`;

type StoreCase = { race?: boolean; harm?: () => Promise<void>; expected?: BackupHandle[]; version?: string };
type Settled = { value?: boolean; reason?: unknown };

/** The promise of that bug on the recorded store, judged as a scenario is; `harm` is done to the store before. */
const judgeOnStore = async ({ harm, expected = both, version = 'v1.12.1', race = false }: StoreCase = {}) => {
  await harm?.();
  const { context, bugs: met, ...reported } = createTestContext({ version, root });
  const then = bindSteps(context).then;
  volume.target = await context.own.first(async () => aTarget);
  const keeping = then.orKnownBug(destroys, () => then.storeHolds(volume, expected), { race });
  const [{ value: kept, reason: error }] = (await Promise.allSettled([keeping])) as [Settled];
  const where = { interrupted: false, doing: undefined, outage: undefined, bugs: met };
  return { ...reported, met, kept, ...judgeEnd(error, where) };
};

const loseBlocks = () => rm(join(root, volumeFolder(recordedVolume), 'blocks', '54'), { recursive: true });

test('a promise that is broken as the ledger says: the scenario goes on, and is that known bug', async () => {
  const { kept, state, reason, met, ended, findings } = await judgeOnStore({ harm: loseBlocks });
  expect({ kept, state, findings }).toEqual({ kept: false, state: 'known-bug', findings: [] });
  const seen = expect.stringContaining('lacks 1 block');
  expect(met).toEqual([{ id: destroys, title, severity, kept: false, listed: true, seen }]);
  expect(reason).toMatch(new RegExp(`^${destroys} \\(data loss\\): ${title}\n`));
  expect(ended().at(-1)).toBe(`${sentence} KNOWN BUG: it does not, as known bug ${destroys}`);
});

test('of one that shows only where a race is lost, a kept promise says nothing, and a broken one all', async () => {
  const nothing = { met: [], findings: [] };
  expect(await judgeOnStore({ race: true })).toMatchObject({ kept: true, state: 'passed', ...nothing });
  const lost = await judgeOnStore({ race: true, harm: loseBlocks });
  expect(lost).toMatchObject({ kept: false, state: 'known-bug' });
});

test('broken in another way as well, it fails, and says how the bug would show', async () => {
  // It is not the bug where what that breaks is whole, and something else is broken.
  expect(await judgeOnStore({ expected: both.slice(1) })).toMatchObject({ state: 'failed', met: [] });
  const { state, reason, met } = await judgeOnStore({ harm: loseBlocks, expected: both.slice(1) });
  expect({ state, met }).toEqual({ state: 'failed', met: [] });
  expect(reason).toMatch(
    /^these are not the symptoms of known bug deletion-destroys-other-backups: expected fsck finds block-missing; got fsck finds block-missing, block-count-wrong, configs that were to go are there \(sample-a-b1\)\n/,
  );
});

test('a promise that is kept passes, and is a finding where the ledger has the bug for this version', async () => {
  const { kept, state, met, findings, ended } = await judgeOnStore();
  expect({ kept, state }).toEqual({ kept: true, state: 'passed' });
  expect(met).toMatchObject([{ id: destroys, kept: true, listed: true }]);
  expect(findings).toMatchObject([{ code: 'known-bug-fixed' }]);
  expect(ended().at(-1)).toBe(`${sentence}: it does: bug ${destroys} is fixed here`);
});

test('on a version that the ledger does not have it for, keeping it is nothing to report, and showing it is', async () => {
  const version = 'v1.7.9';
  const kept = await judgeOnStore({ version });
  expect(kept).toMatchObject({ met: [{ kept: true, listed: false }], findings: [] });
  expect(await judgeOnStore({ version, harm: loseBlocks })).toMatchObject({
    state: 'known-bug',
    met: [{ kept: false, listed: false }],
    findings: [{ code: 'known-bug-not-listed' }],
  });
});

test('on a kind of store on which a bug does not show, a kept promise says nothing of it', async () => {
  const id = 'unlistable-store-is-empty';
  for (const [driver, says] of [
    ['nfs', [{ id, kept: true }]],
    ['cifs', []],
  ] as const) {
    const { context, bugs: met } = createTestContext({ version: 'v1.12.1' });
    const { orKnownBug } = bind({ ...context, own: { ...context.own, kind: driver } }, bugSteps, 'then');
    expect(await orKnownBug(id, async () => {})).toBe(true);
    expect(met).toMatchObject(says);
  }
});

test('nothing that is not provable, and no other error, is taken for a bug', async () => {
  const { context, bugs: met } = createTestContext({ version: 'v1.12.1' });
  const { orKnownBug } = bind(context, bugSteps, 'then');
  for (const error of [notProvable('the watch has a gap'), new Error('no such pod')])
    await expect(orKnownBug(destroys, () => Promise.reject(error))).rejects.toBe(error);
  expect(met).toEqual([]);
});

const { first: firstName, second: secondName } = recorded['normal, v1.8.2'];
const lost =
  'failed to backup snapshot: failed to acquire lock backupstore/l.lck when performing backup create/restore, please try again later';

const fromHistory = async (mutate?: Mutation) => {
  const { backups, first, second, version } = await stage('normal, v1.8.2', mutate);
  const { context, bugs: met } = createTestContext({ version, timelines: { backups } });
  const then = bindSteps(context).then;
  const one = handle(first.name, first.label, first.from);
  const other = handle(second.name, second.label, second.from);
  const waits = () => then.waitedAndCompleted(other, { first: one });
  return {
    ...{ context, met },
    waits: () => then.orKnownBug('waiting-backup-loses-lock', waits),
    fails: () => then.orKnownBug('lock-fails-open', () => then.deletionFails(one)),
  };
};
const goesWrong = (error: string) => whenIn(secondName, 'InProgress|Completed', { state: 'Error', error });

test('a history that breaks as the row says is the bug, and what it says then is expected; with another text it is not', async () => {
  const { waits, met, context } = await fromHistory(goesWrong(lost));
  expect(await waits()).toBe(false);
  expect(met).toMatchObject([{ id: 'waiting-backup-loses-lock', kept: false }]);
  expect(context.expected).toContainEqual({ id: 'creation-lost-lock', of: secondName, lasts: true });
  await expect((await fromHistory(goesWrong('no space left'))).waits()).rejects.toThrow(
    /^these are not the symptoms of known bug waiting-backup-loses-lock: .*; got a Backup is Error, saying waits-for-deletion$/,
  );
});

test('a backup that went is distinguished from one that is still there', async () => {
  const { fails, met } = await fromHistory();
  await fails();
  expect(met).toMatchObject([{ id: 'lock-fails-open', kept: false }]);
  const still = await fromHistory(whenIn(firstName, 'Deleting', { state: 'Unknown' }));
  await expect(still.fails()).rejects.toThrow(/got a Backup is Unknown/);
});

test('a panic is known by its row in the catalogue, and what follows does not count it again', async () => {
  const { context, bugs: met } = createTestContext({ version: 'v1.10.2' });
  const { orKnownBug } = bind(context, bugSteps, 'then');
  const panic = (says: 'manager-panics-in-deletion' | undefined) => () =>
    Promise.reject(new PromiseBroken('a longhorn-manager ended', { of: 'panic', says: [says] }));
  await expect(orKnownBug('manager-panics-on-late-failure', panic(undefined))).rejects.toThrow(
    /got longhorn-manager ends by an unknown panic$/,
  );
  expect(await orKnownBug('manager-panics-on-late-failure', panic('manager-panics-in-deletion'))).toBe(false);
  expect(met).toMatchObject([{ kept: false, listed: true }]);
  expect(context.expected).toContainEqual({ id: 'manager-panics-in-deletion', of: 'app=longhorn-manager' });
});
