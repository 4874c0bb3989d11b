import { expect, test } from 'vitest';
import { evaluate } from '../../../../e2e/history/expectation.ts';
import type { RecordedLine } from '../../../../e2e/history/recording.ts';
import type { Pod } from '../../../../e2e/kube/pods.ts';
import type { Job } from '../../../../e2e/longhorn/job-types.ts';
import type { Backup, Snapshot } from '../../../../e2e/longhorn/types.ts';
import * as jobs from '../../../../e2e/suite/steps/job/expectations.ts';
import { madeByRuns, problemsOf } from '../../../../e2e/suite/steps/job/runs.ts';
import { type Mutation, ofBackup, replay, whenIn } from '../recordings.ts';
import { type RecordedJob, recordedJobs, stageJob } from './recordings.ts';

const judge = async (name: RecordedJob, mutate?: Mutation) => {
  const { jobs: all, pods, backups, snapshots, job, volume, runs, version } = await stageJob(name, mutate);
  const made = madeByRuns({ backups, snapshots }, { job, volume, runs });
  const subjects = (of: 'backups' | 'snapshots') =>
    made.flatMap((each) =>
      each[of].map(({ metadata: { name } }) => ({ name, label: name, from: each.run.from })),
    );
  const beside = <T>(all: T[], judge: (one: T, others: T[]) => { state: string }) =>
    all.map((one, index) => judge(one, all.toSpliced(index, 1)).state);
  const old = subjects('backups').map((backup) => ({ backup, version }));
  const fails = (by: jobs.Refusing) =>
    old.map((one) => evaluate(jobs.oldDeletionFails(backups, { ...one, by })).state);
  return {
    complete: runs.map((run) => evaluate(jobs.jobCompletes(all, run)).state),
    failed: runs.map((run) => evaluate(jobs.jobFails(all, run)).state),
    restarts: jobs.restartsIn(pods),
    problems: problemsOf(made),
    made: made.filter(({ run }) => run.makes).length,
    backupsAlone: beside(subjects('backups'), (backup, others) =>
      evaluate(jobs.isMadeAlone(backups, { backup, others })),
    ),
    snapshotsAlone: beside(subjects('snapshots'), (snapshot, others) =>
      evaluate(jobs.isTakenAlone(snapshots, { snapshot, others })),
    ),
    byStore: fails('the store'),
    byMount: fails('the mount'),
    go: old.map((one) => evaluate(jobs.oldBackupIsDeleted(backups, one)).state),
  };
};
const times = (count: number, state: string): string[] => Array(count).fill(state);

test.each<[RecordedJob, object]>([
  ['nothing wrong', { go: ['met', 'timed-out'] }],
  [
    'immutable',
    {
      // The fourth was made mutable before it was tried; the fifth was not immutable yet when it was.
      byStore: [...times(3, 'met'), 'broken', 'broken', 'timed-out'],
      byMount: [...times(5, 'broken'), 'timed-out'],
      // The recording ended while the first was being tried once more, its back-off having doubled.
      go: ['timed-out', 'timed-out', ...times(3, 'met'), 'timed-out'],
    },
  ],
  [
    'backups denied',
    { byStore: [...times(5, 'broken'), 'timed-out'], go: [...times(5, 'met'), 'timed-out'] },
  ],
  ['snapshots denied', {}],
])('a real Longhorn, %s: all as it should be, and of the old ones %j', async (name, old) => {
  const { runs } = recordedJobs[name];
  const judged = await judge(name);
  expect(judged).toMatchObject({ complete: times(runs, 'met'), failed: times(runs, 'broken') });
  const backupsAlone = times(judged.made, 'met');
  expect(judged).toMatchObject({ restarts: [], problems: [], backupsAlone, ...old });
  expect(new Set(judged.snapshotsAlone)).toEqual(new Set(['met']));
});

const ofKind =
  <T>(resource: string, mutate: (object: T) => T | undefined): Mutation =>
  (line) => {
    if (!('object' in line) || line.resource !== resource) return line;
    const object = mutate(line.object as T);
    return object === undefined ? undefined : ({ ...line, object } as RecordedLine);
  };

// Names of the recording of the immutable configs.
const [first, second, third] = ['0285424225f44daa', '0ffeefbc577a4a98', '9b12114ac0f84523'].map(
  (each) => `backup-${each}`,
) as [string, string, string];
const secondSnapshot = 'rj-a-c-c092ce7a-4f26-4fa3-bd50-c565ba76efe0';
type Conditions = NonNullable<NonNullable<Job['status']>['conditions']>;
const ended = (change: (conditions: Conditions) => Conditions | null): Mutation =>
  ofKind<Job>('jobs', (job) =>
    job.metadata.name === 'rj-a-29919398'
      ? { ...job, status: { ...job.status, conditions: change(job.status?.conditions ?? []) } }
      : job,
  );
const failed = ended((all) =>
  all.map((each) => ({ ...each, type: each.type === 'Complete' ? 'Failed' : 'FailureTarget' })),
);
const jobLabel = 'batch.kubernetes.io/job-name';
const secondPod = ofKind<Pod>('pods', ({ metadata, ...pod }) => {
  const of = metadata.labels?.[jobLabel]?.replace(/2991939[68]/, '29919394') ?? '';
  return { ...pod, metadata: { ...metadata, labels: { ...metadata.labels, [jobLabel]: of } } };
});
// The third run's backup appears as soon as the second's does.
const early = (): Mutation => {
  let appeared = false;
  return (line) => {
    if (appeared || !('object' in line) || line.object.metadata.name !== second) return line;
    appeared = line.resource === 'backups';
    const metadata = { ...line.object.metadata, name: third, uid: 'early' };
    return appeared ? { ...line, object: { ...line.object, metadata } } : line;
  };
};
const ofAnother = ofBackup(third, (backup) => ({ ...backup, spec: { snapshotName: 'other' } }));
const longAtWork = whenIn(second, 'Pending|InProgress|Completed|Deleting|Error', { state: 'InProgress' });
const neverReady = ofKind<Snapshot>('snapshots', (snapshot) =>
  snapshot.metadata.name === secondSnapshot && snapshot.metadata.deletionTimestamp === undefined
    ? { ...snapshot, status: { ...snapshot.status, readyToUse: false } }
    : snapshot,
);
const saying = (status: Backup['status']) => whenIn(first, 'Error', status);
const gap: Mutation = (line) =>
  'object' in line && line.resource === 'backups' && line.at > 250
    ? { at: line.at, type: 'GAP', resource: 'backups', reason: '410 Gone' }
    : line;

const unseen = whenIn(third, 'Deleting', { state: 'Completed' });
const containing = (text: string) => expect.arrayContaining([expect.stringContaining(text)]);
const neither = { byStore: { 0: 'broken' }, go: { 0: 'broken' } };

// That a container is restarted is tested in steps.test.ts.
test.for<[string, Mutation, object]>([
  ['a Job ends Failed', failed, { complete: { 2: 'broken', 3: 'met' }, failed: { 2: 'met' } }],
  ['a Job never ends', ended(() => null), { complete: { 2: 'timed-out' } }],
  ['a Job has a second pod', secondPod, { restarts: containing('Job rj-a-29919394 had 3 pods: ') }],
  ['a run makes two', early(), { problems: [`run 2 made 2 backups, not 1: ${third}, ${second}`] }],
  ['a run makes none', ofBackup(third, () => undefined), { problems: ['run 3 made 0 backups, not 1: none'] }],
  ['a backup is of another snapshot', ofAnother, { problems: containing('run 3 backed up snapshot other') }],
  ['two backups are made at once', longAtWork, { backupsAlone: containing('broken') }],
  ['two snapshots are taken at once', neverReady, { snapshotsAlone: containing('broken') }],
  ['an old one fails and says nothing', saying({ messages: null }), neither],
  ['an old one says it in status.error', saying({ error: 'operation not permitted' }), neither],
  ['an old one says something else', saying({ messages: { error: 'no' } }), neither],
  ['an old one goes without Deleting', unseen, { byStore: { 2: 'broken' }, go: { 2: 'broken' } }],
])('a broken Longhorn would be noticed: %s', async ([, mutate, judged]) => {
  expect(await judge('immutable', mutate)).toMatchObject(judged);
});

test('a watch that lost a stretch proves nothing', async () => {
  await expect(judge('immutable', gap)).rejects.toMatchObject({ verdict: { state: 'not-provable' } });
});

// As v1.8.2 said it for another cause: no recording has this one yet.
test('the refusal of a read-only mount stands in the Backup', async () => {
  const judged = async (change?: Backup['status']) => {
    const mutate = change && whenIn('sa-b3', 'Error', change);
    const backups = (await replay('longhorn-v1.8.2/wrapped-engine', mutate)).timeline<Backup>('backups');
    const one = { backup: { name: 'sa-b3', label: 'the old one', from: 0 }, version: 'v1.8.2' };
    const by = (['the mount', 'the store'] as const).map((each) =>
      jobs.oldDeletionFails(backups, { ...one, by: each }),
    );
    return [...by, jobs.oldBackupIsDeleted(backups, one)].map((each) => evaluate(each).state);
  };
  const said = 'unlinkat /mnt/b/backups/backup_sa-b3.cfg: read-only file system';
  expect(
    await judged({ messages: { error: `Failed to delete the backup u in the backupstore, err ${said}` } }),
  ).toEqual([...['met', 'broken', 'met']]);
  expect(await judged()).toEqual(times(3, 'broken'));
});

test('a run that makes something where nothing was to be made is reported, and what a step made between the runs is not theirs', async () => {
  const { job, runs, backups, snapshots, volume } = await stageJob('backups denied');
  const problems = (change: object, others: string[] = [], by: string = job) => {
    const changed = runs.map((run) => ({ ...run, ...change }));
    return problemsOf(madeByRuns({ backups, snapshots }, { job: by, volume, runs: changed, others }));
  };
  const found = problems({ makes: false });
  expect(found).toContainEqual(expect.stringMatching(/^run 1 made 1 backups, not 0: backup-/));
  expect(found).toHaveLength(12);
  const [backup, snapshot] = ['backup-7afc457381794891', 'rj-b-c-74fb86ba-fa31-48de-a124-6038a3193667'];
  const none = ['run 2 made 0 backups, not 1: none', 'run 2 made 0 snapshots, not 1: none'];
  expect(problems({}, [backup, snapshot])).toEqual(none);
  const ofAnother = problems({}, [], 'another-job');
  expect(ofAnother.slice(2, 4)).toEqual(none);
  expect(ofAnother).toHaveLength(12);
  // A run that could make nothing left what it tried, and is judged like any other once it made it.
  expect(problems({ makes: false, tries: true }, [backup])).toEqual([]);
  expect(problems({ makes: true, tries: true }, [backup])).toEqual(none.slice(0, 1));
});
