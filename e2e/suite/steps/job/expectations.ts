import { type Expectation, expectHistory, gone, type StateStep } from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Pod } from '../../../kube/pods.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { isJobOver, type Job } from '../../../longhorn/job-types.ts';
import type { Backup, Snapshot } from '../../../longhorn/types.ts';
import { type BackupSubject, backupHistory, backupIs, completes } from '../backup/expectations.ts';
import { deletionFailed } from '../deletion/expectations.ts';
import { notProvable } from '../judging.ts';
import { describeSnapshot } from '../volume/snapshot.ts';
import type { JobRun } from './job.ts';

const isSo = ({ status }: Job, ...types: string[]): boolean =>
  status?.conditions?.some((condition) => types.includes(condition.type) && condition.status === 'True') ===
  true;

// Describes the state of a Job briefly.
export const describeJob = ({ status }: Job): string => {
  const conditions = status?.conditions
    ?.map(({ type, message }) => `${type}${message ? ` (${message})` : ''}`)
    .join(', ');
  return conditions || (status?.active ? `${status.active} active` : 'new');
};

const complete = namedState('job-complete', () => ({
  label: 'Complete',
  matches: (job: Job) => isSo(job, 'Complete'),
}));
const failed = namedState('job-failed', () => ({
  label: 'Failed',
  matches: (job: Job) => isSo(job, 'Failed'),
}));
const ended = namedState('job-ended', () => ({
  label: 'Complete or Failed',
  matches: isJobOver,
}));
const failing = namedState('job-failing', () => ({
  label: 'failing',
  matches: (job: Job) => isSo(job, 'FailureTarget') && !isSo(job, 'Failed'),
}));
const atWork = namedState('job-at-work', () => ({
  label: 'at work',
  matches: (job: Job) => !isSo(job, 'Complete', 'Failed', 'FailureTarget'),
}));

const history = (
  jobs: Timeline<Job>,
  { job, label, from }: Pick<JobRun, 'job' | 'label' | 'from'>,
): Expectation<Job> =>
  expectHistory(jobs, { name: job, label: `the Job of ${label}`, describe: describeJob }).from(from);

export const jobCompletes = (
  jobs: Timeline<Job>,
  run: Pick<JobRun, 'job' | 'label' | 'from'>,
): Expectation<Job> => history(jobs, run).startingAs(atWork()).goes(complete());

export const jobFails = (
  jobs: Timeline<Job>,
  run: Pick<JobRun, 'job' | 'label' | 'from'>,
): Expectation<Job> => history(jobs, run).startingAs(atWork(), failing()).goes(failed());

/** The Job of a run ends Complete or Failed. */
export const jobEnds = (jobs: Timeline<Job>, run: Pick<JobRun, 'job' | 'label' | 'from'>): Expectation<Job> =>
  history(jobs, run).startingAs(atWork(), failing()).goes(ended());

const backupBeingMade = namedState('backup-being-made', () => ({
  label: 'being made',
  matches: (backup: Backup) => ['', 'Pending', 'InProgress'].includes(backupState(backup)),
}));

/**
 * A backup completes, and at no time another one of `others` is being made too. All of them must be on their way to
 * Completed.
 */
export const isMadeAlone = (
  backups: Timeline<Backup>,
  { backup, others }: { backup: BackupSubject; others: readonly BackupSubject[] },
) =>
  others.reduce(
    (expectation, { name, label }) =>
      expectation.withoutEver(backupBeingMade()).while({ name, label, is: backupBeingMade() }),
    completes(backups, backup),
  );

const ready = namedState('snapshot-ready', () => ({
  label: 'ready',
  matches: ({ status }: Snapshot) => status?.readyToUse === true,
}));
const snapshotBeingMade = namedState('snapshot-being-made', () => ({
  label: 'being made',
  matches: ({ metadata, status }: Snapshot) =>
    status?.readyToUse !== true && metadata.deletionTimestamp === undefined,
}));

/** A snapshot becomes ready, and at no time another one of `others` is being made too. */
export const isTakenAlone = (
  snapshots: Timeline<Snapshot>,
  { snapshot, others }: { snapshot: BackupSubject; others: readonly BackupSubject[] },
) =>
  others.reduce(
    (expectation, { name, label }) =>
      expectation.withoutEver(snapshotBeingMade()).while({ name, label, is: snapshotBeingMade() }),
    expectHistory(snapshots, { ...snapshot, describe: describeSnapshot })
      .from(snapshot.from)
      .startingAs(snapshotBeingMade())
      .goes(ready()),
  );

/**
 * Returns one line for each container of a run's pod that was restarted, and for each Job with more than one pod.
 * Containers of the Jobs in `failing` may be restarted.
 */
export const restartsIn = ({ entries }: Timeline<Pod>, failing: readonly string[] = []): string[] => {
  const restarted = new Set<string>();
  const pods = new Map<string, Set<string>>();
  for (const entry of entries) {
    if (entry.kind === 'gap')
      throw notProvable(`the watch of the runs' pods lost a stretch: ${entry.reason}`);
    const { metadata, status } = entry.object;
    const job = jobOf(entry.object);
    pods.set(job, (pods.get(job) ?? new Set()).add(metadata.name));
    for (const { name, restartCount = 0 } of status?.containerStatuses ?? [])
      if (restartCount > 0 && !failing.includes(job))
        restarted.add(`container ${name} of pod ${metadata.name} was restarted`);
  }
  const more = [...pods].filter(([, names]) => names.size > 1);
  return [
    ...restarted,
    ...more.map(([job, names]) => `Job ${job} had ${names.size} pods: ${[...names].join(', ')}`),
  ];
};

/** Returns the name of the Job that a pod belongs to. Before Kubernetes 1.27 its label has no prefix. */
export const jobOf = ({ metadata: { labels = {} } }: Pod): string =>
  labels['batch.kubernetes.io/job-name'] ?? labels['job-name'] ?? '';

/** What refuses to remove an old backup's files, and the message of the Backup object for it. */
export const refusals = { 'the mount': 'deletion-read-only', 'the store': 'deletion-denied' } as const;

export type Refusing = keyof typeof refusals;

type OldOne = { backup: BackupSubject; version: string };

const untilOld = [backupIs(''), backupIs('Pending'), backupIs('InProgress'), backupIs('Completed')];

const isRefused = (by: readonly Refusing[], version: string): StateStep<Backup> =>
  deletionFailed(
    `Error (with the refusal of ${by.join(' or ')})`,
    by.map((each) => refusals[each]),
    version,
  );

// A deletion during an upload of another backup of the same volume loses the lock and is retried.
const isLocked = (version: string): StateStep<Backup> =>
  deletionFailed('Error (with the text on a lock)', ['deletion-lost-lock'], version);

/** A later run deletes a backup of an earlier run, and the deletion fails. */
export const oldDeletionFails = (
  backups: Timeline<Backup>,
  { backup, version, by }: OldOne & { by: Refusing },
): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(...untilOld)
    .goes(backupIs('Deleting'), isRefused([by], version))
    .allowing(isLocked(version));

/** A later run deletes a backup of an earlier run. The deletion may fail any number of times before. */
export const oldBackupIsDeleted = (
  backups: Timeline<Backup>,
  { backup, version }: OldOne,
): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(...untilOld)
    .goes(backupIs('Deleting'), gone)
    .allowing(isRefused(['the mount', 'the store'], version), isLocked(version));
