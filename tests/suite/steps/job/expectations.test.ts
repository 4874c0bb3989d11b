import { describe, expect, test } from 'vitest';
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
import { type Mutation, ofBackup, withStatus } from '../recordings.ts';
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

const all = (states: string[], state: string) => expect(new Set(states)).toEqual(new Set([state]));

describe('what a real Longhorn did', () => {
  test.each(names)(
    '%s: every Job Complete, nothing restarted, one backup and one snapshot a run, never two at once',
    async (name) => {
      const { complete, failed, restarts, problems, backupsAlone, snapshotsAlone, made } = await judge(name);
      all(complete, 'met');
      expect(complete).toHaveLength(recordedJobs[name].runs);
      all(failed, 'broken');
      expect(restarts).toEqual([]);
      expect(problems).toEqual([]);
      all(backupsAlone, 'met');
      all(snapshotsAlone, 'met');
      expect(backupsAlone.length).toBe(made.filter(({ tick }) => tick.makes).length);
    },
  );
});

const jobOf = (name: string, mutate: (job: Job) => Job): Mutation =>
  ofKind<Job>('jobs', (job) => (job.metadata.name === name ? mutate(job) : job));

const ofKind =
  <T>(resource: string, mutate: (object: T) => T | undefined): Mutation =>
  (line) => {
    if (!('object' in line) || line.resource !== resource) return line;
    const object = mutate(line.object as T);
    return object === undefined ? undefined : ({ ...line, object } as RecordedLine);
  };

// Names of the recording of the immutable configs.
const [secondBackup, thirdBackup] = ['backup-0ffeefbc577a4a98', 'backup-9b12114ac0f84523'];
const third = 'rj-a-29919398';

describe('what a broken one would have done', () => {
  test('a Job ends Failed', async () => {
    const broken = await judge(
      'immutable',
      jobOf(third, (job) => ({
        ...job,
        status: {
          ...job.status,
          conditions:
            job.status?.conditions?.map(({ type, status }) => ({
              type: type === 'Complete' ? 'Failed' : 'FailureTarget',
              status,
            })) ?? null,
        },
      })),
    );
    expect(broken.complete).toEqual(['met', 'met', 'broken', 'met', 'met', 'met']);
    expect(broken.failed[2]).toBe('met');
  });

  test('a Job never ends', async () => {
    const stuck = await judge(
      'immutable',
      jobOf(third, (job) => ({ ...job, status: { ...job.status, conditions: null } })),
    );
    expect(stuck.complete[2]).toBe('timed-out');
  });

  test('a container is restarted, or a Job has a second pod', async () => {
    const restarted = await judge(
      'immutable',
      ofKind<JobPod>('pods', (pod) => ({
        ...pod,
        status: {
          ...pod.status,
          containerStatuses:
            pod.status?.containerStatuses?.map((each) => ({ ...each, restartCount: 1 })) ?? null,
        },
      })),
    );
    expect(restarted.restarts).toContainEqual(
      expect.stringMatching(/^container rj-a of pod rj-a-29919394-hrnvt was restarted$/),
    );
    const twice = await judge(
      'immutable',
      ofKind<JobPod>('pods', ({ metadata, ...pod }) => ({
        ...pod,
        metadata: {
          ...metadata,
          labels: {
            ...metadata.labels,
            'batch.kubernetes.io/job-name':
              metadata.labels?.['batch.kubernetes.io/job-name']?.replace(/2991939[68]/, '29919394') ?? '',
          },
        },
      })),
    );
    expect(twice.restarts).toContainEqual(expect.stringMatching(/^Job rj-a-29919394 had 3 pods: /));
  });

  test('a run makes two backups, and another none', async () => {
    const early = new Set<string>();
    const second = await judge('immutable', (line) => {
      // The third run's backup appears as soon as the second's does.
      if (
        !('object' in line) ||
        line.resource !== 'backups' ||
        line.object.metadata.name !== secondBackup ||
        early.size > 0
      )
        return line;
      early.add('done');
      return {
        ...line,
        object: { ...line.object, metadata: { ...line.object.metadata, name: thirdBackup, uid: 'early' } },
      };
    });
    expect(second.problems).toEqual([`run 2 made 2 backups, not 1: ${thirdBackup}, ${secondBackup}`]);
    const none = await judge(
      'immutable',
      ofBackup(thirdBackup, () => undefined),
    );
    expect(none.problems).toEqual(['run 3 made 0 backups, not 1: none']);
  });

  test('a run backs up the snapshot of another one', async () => {
    const { problems } = await judge(
      'immutable',
      ofBackup(thirdBackup, (backup) => ({
        ...backup,
        spec: { ...backup.spec, snapshotName: 'rj-a-c-other' },
      })),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^run 3 backed up snapshot rj-a-c-other, and not rj-a-c-1c7aee60/),
    ]);
  });

  test('a run makes something where nothing was to be made', async () => {
    const { ticks, backups, snapshots, volume } = await stageJob('backups denied');
    const told = problemsOf(
      madeByTicks(
        { backups, snapshots },
        { volume, ticks: ticks.map((tick) => ({ ...tick, makes: false })) },
      ),
    );
    expect(told).toContainEqual(expect.stringMatching(/^run 1 made 1 backups, not 0: backup-/));
    expect(told).toHaveLength(12);
  });

  test('a run that could make nothing left what it tried, and is judged like any other once it made it', async () => {
    const { ticks, backups, snapshots, volume } = await stageJob('backups denied');
    const others = ['backup-7afc457381794891'];
    const told = (makes: boolean) =>
      problemsOf(
        madeByTicks(
          { backups, snapshots },
          { volume, ticks: ticks.map((tick) => ({ ...tick, makes, tries: true })), others },
        ),
      );
    expect(told(false)).toEqual([]);
    expect(told(true)).toEqual(['run 2 made 0 backups, not 1: none']);
  });

  test('what a step made between the runs is not theirs', async () => {
    const { ticks, backups, snapshots, volume } = await stageJob('backups denied');
    const others = ['backup-7afc457381794891', 'rj-b-c-74fb86ba-fa31-48de-a124-6038a3193667'];
    expect(problemsOf(madeByTicks({ backups, snapshots }, { volume, ticks, others }))).toEqual([
      'run 2 made 0 backups, not 1: none',
      'run 2 made 0 snapshots, not 1: none',
    ]);
  });

  test('two backups are being made at the same time', async () => {
    // The second run's goes on being made until the third one's is.
    const { backupsAlone } = await judge(
      'immutable',
      ofBackup(secondBackup, (backup) =>
        backup.status?.state ? withStatus(backup, { state: 'InProgress' }) : backup,
      ),
    );
    expect(backupsAlone.filter((state) => state === 'broken').length).toBeGreaterThan(1);
  });

  test('two snapshots are being taken at the same time', async () => {
    const second = 'rj-a-c-c092ce7a-4f26-4fa3-bd50-c565ba76efe0';
    const { snapshotsAlone } = await judge(
      'immutable',
      ofKind<Snapshot>('snapshots', (snapshot) =>
        snapshot.metadata.name === second && snapshot.metadata.deletionTimestamp === undefined
          ? { ...snapshot, status: { ...snapshot.status, readyToUse: false } }
          : snapshot,
      ),
    );
    expect(snapshotsAlone).toContain('broken');
  });

  test('a watch that lost a stretch proves nothing', async () => {
    let lost = false;
    await expect(
      judge('immutable', (line) => {
        if (lost || !('object' in line) || line.resource !== 'backups' || line.at < 250) return line;
        lost = true;
        return { at: line.at, type: 'GAP', resource: 'backups', reason: '410 Gone' };
      }),
    ).rejects.toMatchObject({ verdict: { state: 'not-provable' } });
  });
});
