import { expect, test } from 'vitest';
import { evaluate } from '../../../../e2e/history/expectation.ts';
import type { RecordedLine } from '../../../../e2e/history/recording.ts';
import type { Job, JobPod } from '../../../../e2e/longhorn/job-types.ts';
import type { Backup, Snapshot } from '../../../../e2e/longhorn/types.ts';
import {
  isMadeAlone,
  isTakenAlone,
  jobCompletes,
  jobFails,
  restartsIn,
} from '../../../../e2e/suite/steps/job/expectations.ts';
import { madeByTicks, problemsOf } from '../../../../e2e/suite/steps/job/runs.ts';
import { type Mutation, ofBackup, whenIn } from '../recordings.ts';
import { type RecordedJob, recordedJobs, stageJob } from './recordings.ts';

const names = Object.keys(recordedJobs) as RecordedJob[];

const judge = async (name: RecordedJob, mutate?: Mutation) => {
  const { jobs, pods, backups, snapshots, volume, ticks } = await stageJob(name, mutate);
  const made = madeByTicks({ backups, snapshots }, { volume, ticks });
  const subjects = <T extends Backup | Snapshot>(of: (each: (typeof made)[number]) => T[]) =>
    made.flatMap((each) =>
      of(each).map(({ metadata }) => ({ name: metadata.name, label: metadata.name, from: each.tick.from })),
    );
  const alone = <T>(all: T[], judge: (one: T, others: T[]) => { state: string }) =>
    all.map((one) =>
      judge(
        one,
        all.filter((each) => each !== one),
      ),
    );
  return {
    complete: ticks.map((tick) => evaluate(jobCompletes(jobs, tick)).state),
    failed: ticks.map((tick) => evaluate(jobFails(jobs, tick)).state),
    restarts: restartsIn(pods),
    problems: problemsOf(made),
    made,
    backupsAlone: alone(
      subjects(({ backups }) => backups),
      (backup, others) => evaluate(isMadeAlone(backups, { backup, others })),
    ).map(({ state }) => state),
    snapshotsAlone: alone(
      subjects(({ snapshots }) => snapshots),
      (snapshot, others) => evaluate(isTakenAlone(snapshots, { snapshot, others })),
    ).map(({ state }) => state),
  };
};

const only = (state: string) => (states: string[]) => expect(new Set(states)).toEqual(new Set([state]));
const [allMet, allBroken] = [only('met'), only('broken')];

test.each(names)(
  'a real Longhorn, %s: every Job Complete, nothing restarted, one backup and one snapshot a run, never two at once',
  async (name) => {
    const { complete, failed, restarts, problems, backupsAlone, snapshotsAlone, made } = await judge(name);
    for (const states of [complete, backupsAlone, snapshotsAlone]) allMet(states);
    allBroken(failed);
    expect(complete).toHaveLength(recordedJobs[name].runs);
    expect([restarts, problems]).toEqual([[], []]);
    expect(backupsAlone.length).toBe(made.filter(({ tick }) => tick.makes).length);
  },
);

const ofKind =
  <T>(resource: string, mutate: (object: T) => T | undefined): Mutation =>
  (line) => {
    if (!('object' in line) || line.resource !== resource) return line;
    const object = mutate(line.object as T);
    return object === undefined ? undefined : ({ ...line, object } as RecordedLine);
  };

// Names of the recording of the immutable configs.
const [secondBackup, thirdBackup] = ['backup-0ffeefbc577a4a98', 'backup-9b12114ac0f84523'];
const secondSnapshot = 'rj-a-c-c092ce7a-4f26-4fa3-bd50-c565ba76efe0';
type Conditions = NonNullable<NonNullable<Job['status']>['conditions']>;
const ended = (change: (conditions: Conditions) => Conditions | null): Mutation =>
  ofKind<Job>('jobs', (job) =>
    job.metadata.name === 'rj-a-29919398'
      ? { ...job, status: { ...job.status, conditions: change(job.status?.conditions ?? []) } }
      : job,
  );
const jobLabel = 'batch.kubernetes.io/job-name';
const containing = (text: RegExp) => expect.arrayContaining([expect.stringMatching(text)]);

let appeared = false;
let lost = false;

test.for<[string, Mutation, object]>([
  [
    'a Job ends Failed',
    ended((all) =>
      all.map((each) => ({ ...each, type: each.type === 'Complete' ? 'Failed' : 'FailureTarget' })),
    ),
    { complete: ['met', 'met', 'broken', 'met', 'met', 'met'], failed: { 2: 'met' } },
  ],
  ['a Job never ends', ended(() => null), { complete: { 2: 'timed-out' } }],
  [
    'a container is restarted',
    ofKind<JobPod>('pods', (pod) => {
      const statuses = pod.status?.containerStatuses?.map((each) => ({ ...each, restartCount: 1 }));
      return { ...pod, status: { ...pod.status, containerStatuses: statuses ?? null } };
    }),
    { restarts: containing(/^container rj-a of pod rj-a-29919394-hrnvt was restarted$/) },
  ],
  [
    'a Job has a second pod',
    ofKind<JobPod>('pods', ({ metadata, ...pod }) => {
      const of = metadata.labels?.[jobLabel]?.replace(/2991939[68]/, '29919394') ?? '';
      return { ...pod, metadata: { ...metadata, labels: { ...metadata.labels, [jobLabel]: of } } };
    }),
    { restarts: containing(/^Job rj-a-29919394 had 3 pods: /) },
  ],
  [
    'a run makes two backups',
    // The third run's backup appears as soon as the second's does.
    (line) => {
      if (appeared || !('object' in line) || line.object.metadata.name !== secondBackup) return line;
      appeared = line.resource === 'backups';
      const metadata = { ...line.object.metadata, name: thirdBackup, uid: 'early' };
      return appeared ? { ...line, object: { ...line.object, metadata } } : line;
    },
    { problems: [`run 2 made 2 backups, not 1: ${thirdBackup}, ${secondBackup}`] },
  ],
  [
    'a run makes none',
    ofBackup(thirdBackup, () => undefined),
    { problems: ['run 3 made 0 backups, not 1: none'] },
  ],
  [
    'a run backs up the snapshot of another one',
    ofBackup(thirdBackup, (backup) => ({
      ...backup,
      spec: { ...backup.spec, snapshotName: 'rj-a-c-other' },
    })),
    {
      problems: [expect.stringMatching(/^run 3 backed up snapshot rj-a-c-other, and not rj-a-c-1c7aee60/)],
    },
  ],
  [
    'two backups are being made at the same time',
    // The second run's goes on being made until the third one's is.
    whenIn(secondBackup, 'Pending|InProgress|Completed|Deleting|Error', { state: 'InProgress' }),
    { backupsAlone: expect.arrayContaining(['broken']) },
  ],
  [
    'two snapshots are being taken at the same time',
    ofKind<Snapshot>('snapshots', (snapshot) =>
      snapshot.metadata.name === secondSnapshot && snapshot.metadata.deletionTimestamp === undefined
        ? { ...snapshot, status: { ...snapshot.status, readyToUse: false } }
        : snapshot,
    ),
    { snapshotsAlone: expect.arrayContaining(['broken']) },
  ],
])('a broken Longhorn would be told: %s', async ([, mutate, judged]) => {
  expect(await judge('immutable', mutate)).toMatchObject(judged);
});

test('a watch that lost a stretch proves nothing', async () => {
  const judged = judge('immutable', (line) => {
    if (lost || !('object' in line) || line.resource !== 'backups' || line.at < 250) return line;
    lost = true;
    return { at: line.at, type: 'GAP', resource: 'backups', reason: '410 Gone' };
  });
  await expect(judged).rejects.toMatchObject({ verdict: { state: 'not-provable' } });
});

test('a run that makes something where nothing was to be made is told, and what a step made between the runs is not theirs', async () => {
  const { ticks, backups, snapshots, volume } = await stageJob('backups denied');
  const problems = (options: Parameters<typeof madeByTicks>[1]) =>
    problemsOf(madeByTicks({ backups, snapshots }, options));
  const told = problems({ volume, ticks: ticks.map((tick) => ({ ...tick, makes: false })) });
  expect(told).toContainEqual(expect.stringMatching(/^run 1 made 1 backups, not 0: backup-/));
  expect(told).toHaveLength(12);
  const others = ['backup-7afc457381794891', 'rj-b-c-74fb86ba-fa31-48de-a124-6038a3193667'];
  expect(problems({ volume, ticks, others })).toEqual([
    'run 2 made 0 backups, not 1: none',
    'run 2 made 0 snapshots, not 1: none',
  ]);
  // A run that could make nothing left what it tried, and is judged like any other once it made it.
  const tried = (makes: boolean) =>
    problems({
      volume,
      ticks: ticks.map((tick) => ({ ...tick, makes, tries: true })),
      others: others.slice(0, 1),
    });
  expect(tried(false)).toEqual([]);
  expect(tried(true)).toEqual(['run 2 made 0 backups, not 1: none']);
});
