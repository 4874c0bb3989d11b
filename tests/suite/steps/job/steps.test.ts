import { describe, expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { KubernetesObject } from '../../../../e2e/kube/objects.ts';
import type { Pod } from '../../../../e2e/kube/pods.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { Event, Job } from '../../../../e2e/longhorn/job-types.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import type { RunningStore } from '../../../../e2e/store/driver.ts';
import type { BackupHandle } from '../../../../e2e/suite/steps/handles.ts';
import type { JobHandle } from '../../../../e2e/suite/steps/job/job.ts';
import { jobSteps } from '../../../../e2e/suite/steps/job/steps.ts';
import { bind } from '../../../../e2e/suite/steps/step.ts';
import { type Timeouts, timeoutsOn } from '../../../../e2e/suite/steps/timeouts.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { createTestContext } from '../../../support/test-context.ts';
import { type Mutation, ofBackup, whenIn } from '../recordings.ts';
import { type RecordedJob, recordedLogs, stageJob } from './recordings.ts';

// Nothing more comes on a recording.
const timeouts = Object.fromEntries(
  Object.entries(timeoutsOn(longhornClocks)).map(([name, limit]) => [name, { ...limit, within: '30ms' }]),
) as unknown as Timeouts;

const saw = (job: string, reason: string, message: string) => {
  const metadata = { name: `${job}-${reason}` };
  const object: Event = { metadata, involvedObject: { kind: 'CronJob' }, reason, message, type: 'Normal' };
  return { kind: 'added' as const, at: 0, object };
};

type Situation = {
  until: number;
  mutate?: Mutation;
  stored?: string[];
  /** The checksum of the one block that each backup in the store has. */
  blocks?: Record<string, string>;
  version?: string;
  log?: string;
  /** No step has reported the runs. */
  isStarted?: true;
};

// The steps on a recorded job, at a time (s) of its recording; the runs until then are those that the steps
// started.
const setUp = async (
  name: RecordedJob,
  {
    until,
    mutate = (line) => line,
    stored = [],
    blocks = {},
    version = 'v1.12.1',
    log,
    isStarted,
  }: Situation,
) => {
  const { job, volume, runs, jobs, pods, backups, snapshots, volumes } = await stageJob(name, (line) =>
    line.at > until ? undefined : mutate(line),
  );
  const logs = await recordedLogs(name);
  const events = runs.flatMap(({ job }) => [
    saw(job, 'SuccessfulCreate', `Created job ${job}`),
    saw(job, 'SawCompletedJob', `Saw completed job: ${job}, condition: Complete`),
  ]);
  const podOf = (run: string): string =>
    pods.objects().find(({ metadata }) => metadata.name.startsWith(`${run}-`))?.metadata.name ?? '';
  const logOf = (index: number): string => (index === runs.length - 1 ? log : undefined) ?? logs[index] ?? '';
  const makes = (index: number): boolean => name !== 'snapshots denied' || index < 2;
  const config = async (_: string, backup: string) =>
    blocks[backup] && { blocks: [{ offset: 0, checksum: blocks[backup] }] };
  const store = { backups: async () => stored, config } as unknown as RunningStore;
  const target = { name: 'default', store };
  const handle: JobHandle = {
    ...{ name: job, volume: { name: volume, target, node: 'node1', size: 0 }, retain: 1, others: [] },
    spec: { name: job, task: 'backup', cron: '', retain: 1, concurrency: 1, groups: [job], labels: {} },
    watched: { jobs, pods, cronJobs: replayTimeline('cronjobs'), events: replayTimeline('events', events) },
    logs: new Map(runs.map(({ job }, index) => [podOf(job), Promise.resolve(logOf(index))])),
    runs: isStarted ? [] : runs.map((run, index) => ({ ...run, makes: makes(index) })),
  };
  const timelines = { backups, snapshots, volumes };
  const cluster = { ...stubCluster(), list: async () => ({ items: backups.objects() }) } as never;
  const { context, ...reported } = createTestContext({ timelines, version, timeouts, cluster });
  const found = () => reported.findings.map(({ code }) => code);
  const { expected } = context;
  return { ...reported, found, backups, job: handle, expected, steps: bind(context, jobSteps, 'then') };
};

test('a run that ends has deleted the old backup and made one, and only where it was disturbed may it not', async () => {
  const all = await setUp('nothing wrong', { until: Number.POSITIVE_INFINITY });
  const [old, made] = await all.steps.oneBackupEachTick(all.job);
  if (old === undefined || made === undefined) throw new Error('the recording has two runs');
  const undisturbed = { old: [old], disturbed: false };
  const disturbed = { old: [old], disturbed: true };
  expect(await all.steps.runEnds(all.job, undisturbed)).toEqual([made]);

  const none = await setUp('nothing wrong', {
    until: Number.POSITIVE_INFINITY,
    mutate: ofBackup(made.name, () => undefined),
  });
  await expect(none.steps.runEnds(none.job, undisturbed)).rejects.toThrow('made 0 backups, not 1');
  expect(await none.steps.runEnds(none.job, disturbed)).toEqual([]);

  const kept = await setUp('nothing wrong', {
    until: Number.POSITIVE_INFINITY,
    mutate: (line) =>
      'object' in line && line.object.metadata.name === old.name && isGoing(line) ? undefined : line,
  });
  await expect(kept.steps.runEnds(kept.job, undisturbed)).rejects.toMatchObject(timedOut);
  expect(await kept.steps.runEnds(kept.job, disturbed)).toMatchObject([{ name: made.name }]);
});

const isGoing = ({ type, object }: { type: string; object: KubernetesObject }): boolean =>
  type === 'DELETED' || object.metadata.deletionTimestamp !== undefined;

const last = 'backup-7afc457381794891';
/** The last run's backup ends in Error. */
const lastFails = whenIn(last, 'Completed', { state: 'Error', error: 'no space left' });
const timedOut = { verdict: { state: 'timed-out' } };

test('a real job that the API server refuses the deletion of backups, reported', async () => {
  const { steps, job, ended, found } = await setUp('backups denied', { until: 222 });
  await steps.jobsComplete(job);
  const backups = await steps.oneBackupEachTick(job);
  await steps.jobLogs(job, { cleanup: 'backups refused', backups });
  await steps.neverTwoAtOnce(job);
  await steps.nothingRestarted(job);
  expect(backups).toMatchObject([
    { name: 'backup-7ab0d6e8e5a54b22', label: 'the backup of run 1' },
    { name: last, snapshot: { name: 'rj-b-c-74fb86ba-fa31-48de-a124-6038a3193667' } },
  ]);
  expect(ended()).toEqual([
    'Then the Job of run 2 is Complete, as were those before: "Saw completed job: rj-b-29919396, condition: Complete"',
    `Then each of the 2 runs that made something made one backup, completed, and one snapshot: ${last}`,
    expect.stringMatching(
      /^Then the log of run 2 reports its cleanup: backups refused: "Created backup successfully but errored on cleanup for rb: /,
    ),
    'Then no two backups and no two snapshots of the volume were made at the same time',
    'Then no container was restarted, and no Job has a second pod',
  ]);
  expect(found()).toEqual(['completed-job-wording', 'cleanup-warning-wording']);
});

test('its old ones stay, while it lasts, and go after the heal', async () => {
  const stored = ['backup-7ab0d6e8e5a54b22', last];
  const { steps, job } = await setUp('backups denied', { until: 222, stored });
  const backups = await steps.oneBackupEachTick(job);
  await steps.allInStore(backups);
  await expect(steps.oldBackupsDeleted(job, backups)).rejects.toMatchObject(timedOut);
  await expect(steps.oldDeletionsFail(job, { by: 'the store', backups })).rejects.toMatchObject(timedOut);

  const healed = await setUp('backups denied', { until: 800, stored: ['backup-a58cc07229d9442e', 'other'] });
  const all = await healed.steps.oneBackupEachTick(healed.job);
  await healed.steps.oldBackupsDeleted(healed.job, all);
  const stays: Mutation = (line) =>
    'type' in line && line.type === 'DELETED' && line.resource === 'snapshots' ? undefined : line;
  const piling = await setUp('backups denied', { until: 800, mutate: stays });
  await expect(piling.steps.oldBackupsDeleted(piling.job, all)).rejects.toThrow(
    /not seen that the snapshot of the backup of run \d is gone/,
  );
  await expect(healed.steps.allInStore(all)).rejects.toThrow(
    `the store has no config of the backup of run 1 (backup-7ab0d6e8e5a54b22), the backup of run 2 (${last}), `,
  );
  await expect(healed.steps.allInStore(all.slice(-1))).rejects.toThrow('has backups that no run made: other');
});

test('a backup that is made though nothing was written has the same blocks as the one before', async () => {
  const first = 'backup-7ab0d6e8e5a54b22';
  const judge = async (blocks: Record<string, string>) => {
    const { steps, job, found } = await setUp('backups denied', { until: 222, blocks });
    const [before, backup] = (await steps.oneBackupEachTick(job)) as [BackupHandle, BackupHandle];
    await steps.madeUnchanged(backup, { before });
    return found();
  };
  expect(await judge({ [first]: 'a', [last]: 'a' })).toEqual(['job-backs-up-unchanged']);
  await expect(judge({ [first]: 'a', [last]: 'b' })).rejects.toThrow(
    'the backup of run 2 is not of the same data as the backup of run 1:\n- 1 of its blocks hold other data',
  );
  await expect(judge({ [first]: 'a' })).rejects.toThrow('the store has no config of the backup of run 2');
});

test('a real job whose old configs are immutable: only the Backups say so', async () => {
  const { steps, job, found, expected } = await setUp('immutable', { until: 511 });
  await steps.jobsComplete(job);
  const backups = await steps.oneBackupEachTick(job);
  await steps.jobLogs(job, { cleanup: 'done', backups });
  await steps.oldDeletionsFail(job, { by: 'the store', backups });
  expect(expected).toEqual(backups.slice(0, 3).map(({ name }) => ({ id: 'deletion-denied', of: name })));
  expect(found()).toContain('cleanup-fails-unseen');
  await expect(steps.jobLogs(job, { cleanup: 'backups refused', backups })).rejects.toThrow(
    'the log of run 4 (rj-a-29919400) is not as expected:\n- nothing says job-backup-cleanup-refused',
  );
});

describe('a real job that is refused the deletion of snapshots', () => {
  test('makes one more backup, then nothing, and its Job is Complete all the same', async () => {
    const { steps, job, found, ended } = await setUp('snapshots denied', { until: 340 });
    await steps.nothingMadeAnyMore(job);
    const backups = await steps.oneBackupEachTick(job);
    await steps.jobLogs(job, { cleanup: 'nothing made', backups });
    await steps.jobsComplete(job);
    expect(backups).toHaveLength(2);
    expect(ended()[0]).toBe('Then run 3 makes no backup and no snapshot, and its Job ends Complete');
    expect(found()).toEqual(['snapshot-cleanup-stops-the-job', 'job-hides-failure', 'completed-job-wording']);
    const again = await setUp('snapshots denied', { until: 460 });
    await again.steps.nothingMadeAnyMore(again.job);
    expect(again.findings).toEqual([]);
  });

  test('makes something all the same: that is not what this Longhorn is known for', async () => {
    const { steps, job } = await setUp('backups denied', { until: 340 });
    await expect(steps.nothingMadeAnyMore(job)).rejects.toThrow(
      'did not do as Longhorn v1.12.1 is known to:\n- run 3 made 1 backups, not 0: backup-90197889348d4c73',
    );
  });

  // A run's Job and pod as they are of a v1.8, which returns a volume's error: the container is started again,
  // and the Job fails.
  const failing =
    (run: string): Mutation =>
    (line) => {
      if (!('object' in line)) return line;
      const { metadata, status } = line.object as Job & Pod;
      const changed = (change: object) => {
        const object = { ...line.object, status: { ...status, ...change } } as Job;
        return { ...line, object };
      };
      if (line.resource === 'jobs' && metadata.name === run) {
        const toType = (type: string) => (type === 'Complete' ? 'Failed' : 'FailureTarget');
        return changed({
          conditions: status?.conditions?.map((each) => ({ ...each, type: toType(each.type) })),
        });
      }
      if (line.resource !== 'pods' || !metadata.name.startsWith(`${run}-`)) return line;
      return changed({
        containerStatuses: status?.containerStatuses?.map((each) => ({ ...each, restartCount: 1 })),
      });
    };
  const denied = 'Bad response statusCode [500]. Body: [message=failed to delete snapshot CR: denied]';
  const log = [
    'level=info msg="Creating job"',
    `level=error msg="Failed to run job for volume" error="${denied}"`,
    `level=fatal msg="Failed to do a recurring job" error="${denied}"`,
  ]
    .map((line) => `time="2026-11-22T08:30:00Z" ${line}\n`)
    .join('');

  test('in a v1.8 its container is started again, its Job ends Failed, its log ends with a fatal line; in no other, and no other run', async () => {
    const asV18 = { until: 340, version: 'v1.8.2', mutate: failing('rj-c-29919398'), log };
    const { steps, job, found } = await setUp('snapshots denied', asV18);
    await steps.nothingMadeAnyMore(job);
    await steps.jobLogs(job, { cleanup: 'nothing made', backups: [] });
    await steps.nothingRestarted(job);
    expect(found()).toEqual(['snapshot-cleanup-fails-the-job']);
    const hiding = await setUp('snapshots denied', { until: 340, version: 'v1.8.2' });
    await expect(hiding.steps.nothingMadeAnyMore(hiding.job)).rejects.toThrow(
      /^Expected: the Job of run 3 goes Failed.*\nGot: .*.*Complete.*/,
    );
    const later = await setUp('snapshots denied', { ...asV18, version: 'v1.12.1' });
    await expect(later.steps.nothingMadeAnyMore(later.job)).rejects.toThrow(
      /^Expected: the Job of run 3 goes Complete.*\nGot: .*Fail.*/,
    );
    await expect(later.steps.jobLogs(later.job, { cleanup: 'nothing made', backups: [] })).rejects.toThrow(
      /- unclassified was not expected: "Failed to do a recurring job: Bad response/,
    );
    const other = await setUp('snapshots denied', { ...asV18, mutate: failing('rj-c-29919396') });
    const restarted = ({ steps, job }: typeof other) => expect(steps.nothingRestarted(job)).rejects;
    await restarted(later).toThrow(/rj-c-29919398-\w+ was restarted/);
    await restarted(other).toThrow(/rj-c-29919396-\w+ was restarted/);
  });
});

test('a run that makes no backup, or one that fails, or that is not the last of its volume, or a job that no step started, is an error', async () => {
  const none = await setUp('backups denied', { until: 222, mutate: ofBackup(last, () => undefined) });
  await expect(none.steps.oneBackupEachTick(none.job)).rejects.toThrow(
    /not seen that run 2 has made a backup[\s\S]*What the log of run 2 says:\n {2}log info: Creating volume job[\s\S]*\n {2}log warning: Created backup/,
  );
  const failed = await setUp('backups denied', { until: 222, mutate: lastFails });
  await expect(failed.steps.oneBackupEachTick(failed.job)).rejects.toThrow(
    /^Expected: the backup of run 2 goes Completed.*\nGot: +Error \(error "no space left"\)/,
  );
  // The next run would remove its snapshot.
  const early = await setUp('backups denied', { until: 199 });
  await expect(early.steps.oneBackupEachTick(early.job)).rejects.toThrow(
    'not seen that Longhorn knows the backup of run 2 to be the last of volume rb',
  );
  await expect(early.steps.jobsComplete({ ...early.job, runs: [] })).rejects.toThrow(
    'no step has started recurring',
  );
});

describe('runs that Kubernetes started, and no step', () => {
  const isStarted = true;

  test('each end with a backup, or say that they made none; one that does not end, or fails in silence, is an error', async () => {
    const made = await setUp('backups denied', { until: 222, isStarted });
    await made.steps.startedRunsEnd(made.job);
    expect(made.job.runs.map(({ makes }) => makes)).toEqual([true, true]);
    const none = await setUp('snapshots denied', { until: 1000, isStarted });
    await none.steps.startedRunsEnd(none.job);
    expect(none.job.runs.map(({ makes }) => makes)).toEqual([true, true, false, false, false, true]);
    const silent = await setUp('backups denied', { until: 222, mutate: lastFails, isStarted });
    const open = await setUp('backups denied', { until: 200, isStarted });
    const ended = ({ steps, job }: typeof open) => expect(steps.startedRunsEnd(job)).rejects;
    await ended(silent).toThrow(/nothing says job-stopped or job-fails/);
    await ended(open).toThrow('the Job of the second run');
  });

  test('are not overlapped by the next, which Kubernetes says; without its word, or with a second run, that is an error', async () => {
    const { steps, job } = await setUp('backups denied', { until: 222, isStarted });
    await expect(steps.tickLeftOut(job)).rejects.toThrow('the first run ended before the next tick');
    const none = { ...job, name: 'another' };
    await expect(steps.tickLeftOut(none)).rejects.toThrow('a tick at which no run was started');
    const said = [saw(job.name, 'JobAlreadyActive', 'Not starting job')];
    const watched = { ...job.watched, events: replayTimeline('events', said) };
    expect(await steps.tickLeftOut({ ...none, watched })).toBe('Not starting job');
    const entries = watched.jobs.entries.map((entry) =>
      entry.kind === 'gap' ? entry : { ...entry, object: { ...entry.object, status: {} } },
    );
    const atWork = { ...watched, jobs: { ...watched.jobs, entries } };
    await expect(steps.tickLeftOut({ ...job, watched: atWork })).rejects.toThrow('was started while rj-');
  });

  test('complete nothing for some ticks, or it is said which backup did', async () => {
    const { steps, job, backups } = await setUp('backups denied', { until: 222, isStarted });
    await steps.nothingCompletes(job, { ticks: 0.001 });
    const judged = steps.nothingCompletes(job, { ticks: 1 });
    const metadata = { name: 'late', labels: { 'backup-volume': job.volume.name } };
    const object = { ...backups.objects()[0], metadata, status: { state: 'Completed' } } as Backup;
    backups.push({ kind: 'added', at: 0, object });
    await expect(judged).rejects.toThrow('backup late is Completed, and nothing can have been written');
    await expect(steps.nothingCompletes({ ...job, name: 'another' }, { ticks: 0.001 })).rejects.toThrow(
      'Kubernetes started no run',
    );
  });
});
