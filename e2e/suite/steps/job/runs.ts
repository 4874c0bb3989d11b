import { ExpectationError, waitUntil } from '../../../history/expectation.ts';
import { entriesOf } from '../../../history/history.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { KubernetesObject } from '../../../kube/cluster.ts';
import { shorten } from '../../../kube/text.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { type Event, madeByLabel } from '../../../longhorn/job-types.ts';
import { classify } from '../../../longhorn/messages/classify.ts';
import type { Message } from '../../../longhorn/messages/row.ts';
import type { Backup, Snapshot } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { notProvable } from '../judging.ts';
import type { Timeout } from '../timeouts.ts';
import { type JobHandle, type JobRun, lastRun } from './job.ts';
import { readLogOf } from './log.ts';

/** What appeared for a volume between the start of one run and of the next. */
export type MadeByRun = { run: JobRun; backups: Backup[]; snapshots: Snapshot[] };

type Timelines = { backups: Timeline<Backup>; snapshots: Timeline<Snapshot> };

/**
 * Returns what each run of a job made, without `others` (made by steps) and objects with another job's label. What
 * appeared after the start of the last run counts for that run. Throws `not-provable` if a watch had a gap.
 */
export const madeByRuns = (
  { backups, snapshots }: Timelines,
  {
    job,
    volume,
    runs,
    others = [],
  }: { job: string; volume: string; runs: readonly JobRun[]; others?: readonly string[] },
): MadeByRun[] => {
  const from = runs[0]?.from ?? 0;
  const ofVolume = appeared(backups, from).filter(
    ({ object }) => object.metadata.labels?.['backup-volume'] === volume,
  );
  const taken = appeared(snapshots, from).filter(({ object }) => object.spec.volume === volume);
  const isOwn = ({ object: { metadata, spec } }: { object: Backup | Snapshot }): boolean =>
    !others.includes(metadata.name) && [undefined, job].includes(spec.labels?.[madeByLabel]);
  return runs.map((run, index) => {
    const end = runs[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    const within = ({ sequence }: { sequence: number }): boolean => sequence > run.from && sequence <= end;
    return {
      run,
      backups: ofVolume
        .filter(isOwn)
        .filter(within)
        .map(({ object }) => object),
      snapshots: taken
        .filter(isOwn)
        .filter(within)
        .map(({ object }) => object),
    };
  });
};

/**
 * Returns one line for each problem: a run makes one snapshot and one backup of it. Runs that could not make a backup
 * are judged elsewhere.
 */
export const problemsOf = (made: readonly MadeByRun[]): string[] =>
  made.flatMap(({ run, backups, snapshots }) => {
    if (run.tries && !run.makes) return [];
    const wanted = run.makes ? 1 : 0;
    const kinds = [
      [backups, 'backup'],
      [snapshots, 'snapshot'],
    ] as const;
    const counts = kinds.flatMap(([found, what]) =>
      found.length === wanted
        ? []
        : [
            `${run.label} made ${found.length} ${what}s, not ${wanted}: ${found.map(({ metadata }) => metadata.name).join(', ') || 'none'}`,
          ],
    );
    const [backup, snapshot] = [backups[0], snapshots[0]];
    const isOfAnother =
      backup !== undefined && snapshot !== undefined && backup.spec.snapshotName !== snapshot.metadata.name;
    return isOfAnother
      ? [
          ...counts,
          `${run.label} backed up snapshot ${backup.spec.snapshotName}, and not ${snapshot.metadata.name}, which it took`,
        ]
      : counts;
  });

const appeared = <T extends KubernetesObject>({ entries, label }: Timeline<T>, from: number) => {
  const seen = new Set<string | undefined>();
  const found: { sequence: number; object: T }[] = [];
  for (const entry of entries) {
    if (entry.kind === 'gap') {
      if (entry.sequence > from)
        throw notProvable(
          `the watch of ${label} lost a stretch (${entry.reason}): what the runs made is not known`,
        );
      continue;
    }
    const { uid } = entry.object.metadata;
    if (!seen.has(uid) && entry.sequence > from)
      found.push({ sequence: entry.sequence, object: entry.object });
    seen.add(uid);
  }
  return found;
};

/** Whether a backup of a volume appeared after a sequence. */
export const isBackupSince =
  (backups: Timeline<Backup>, { from, volume }: { from: number; volume: string }) =>
  ({ metadata }: Backup): boolean =>
    metadata.labels?.['backup-volume'] === volume && isSince(backups, metadata.name, from);

const isSince = (timeline: Timeline, name: string, from: number): boolean =>
  entriesOf(timeline, name).every(({ sequence }) => sequence > from);

/** Waits until a backup is Completed, or in Error because the store did not answer. Returns its state. */
export const endOfBackup = async (
  { timelines, timeouts, expected }: Context,
  { name, label }: { name: string; label: string },
): Promise<string> => {
  expected.push({ id: 'creation-without-store', of: name });
  // A later run may already have deleted it.
  const completed = entriesOf(timelines.backups, name).some(
    ({ object }) => backupState(object) === 'Completed',
  );
  if (completed) return 'Completed';
  const ended = await waitUntil(timelines.backups, (each) => isFinal(backupState(each)), {
    name,
    label: `${label} is Completed, or in Error`,
    ...timeouts.startedRunEnds,
  });
  return backupState(ended);
};

const isFinal = (state: string): boolean => ['Completed', 'Error'].includes(state);

/**
 * Waits until the watches have shown what the last run made: each collection has its own watch, and the one of Jobs
 * may be ahead. If nothing was made, the error contains the run's log.
 */
export const waitUntilObjectsSeen = async (context: Context, job: JobHandle): Promise<void> => {
  if (!lastRun(job).makes) return;
  await untilSeen(context, job).catch((error: unknown) => withLog(context, job, error));
};

const untilSeen = async ({ timelines, timeouts }: Context, job: JobHandle): Promise<void> => {
  const run = lastRun(job);
  await waitUntil(
    timelines.backups,
    isBackupSince(timelines.backups, { from: run.from, volume: job.volume.name }),
    {
      label: `${run.label} has made a backup`,
      ...timeouts.jobMakes,
    },
  );
  await waitUntil(
    timelines.snapshots,
    (each) =>
      each.spec.volume === job.volume.name && isSince(timelines.snapshots, each.metadata.name, run.from),
    {
      label: `${run.label} has made a snapshot`,
      ...timeouts.jobMakes,
    },
  );
};

/**
 * Waits until Longhorn reports a run's backup as the volume's last: a run that cleans up first keeps only the
 * snapshot of that backup. On a real v1.12.1 this took 1 to 3 s after completion.
 */
export const waitUntilLastBackup = async (
  { timelines, timeouts }: Context,
  { name, label, volume }: BackupHandle,
): Promise<void> => {
  await waitUntil(timelines.volumes, ({ status }) => status?.lastBackup === name, {
    name: volume.name,
    label: `Longhorn knows ${label} to be the last of volume ${volume.name}`,
    describe: ({ status }) => `the last backup is ${status?.lastBackup || 'none'}`,
    ...timeouts.backupVolumeKnown,
  });
};

// Only the log of a run gives the reason why it made nothing.
const withLog = async ({ version, timeouts }: Context, job: JobHandle, error: unknown): Promise<never> => {
  if (!(error instanceof ExpectationError)) throw error;
  const { verdict } = error;
  const lines = await readLogOf(job, { run: lastRun(job), version, limit: timeouts.jobLogEnds });
  const said = lines.map(({ message }) => `  ${message.field}: ${shorten(message.text, 500)}`).join('\n');
  throw new ExpectationError({
    ...verdict,
    details: `${verdict.details}\n\nWhat the log of ${lastRun(job).label} says:\n${said || '  nothing'}`,
  });
};

/**
 * Waits for the events SuccessfulCreate and SawCompletedJob of Kubernetes' cron controller for a run that it started.
 * Returns the message of the second. Throws if the run did not end Complete.
 */
export const waitUntilJobEvents = async (
  { watched }: JobHandle,
  { run, limit }: { run: JobRun; limit: Timeout },
): Promise<string> => {
  const untilEvent = (reason: string): Promise<Event> =>
    waitUntil(watched.events, (event) => event.reason === reason && namesJob(event, run.job), {
      label: `an event ${reason} names Job ${run.job}`,
      describe: ({ reason, message }) => `${reason}: ${message}`,
      ...limit,
    });
  await untilEvent('SuccessfulCreate');
  const { message = '' } = await untilEvent('SawCompletedJob');
  if (!message.endsWith(': Complete'))
    throw new Error(`the event about the end of ${run.label} says: ${message}`);
  return message;
};

/** Returns one line for each event about a job that is unknown or reports a failure. */
export const problemsOfEvents = ({ entries }: Timeline<Event>, version: string): string[] => {
  const problems = entries.flatMap((entry) => {
    if (entry.kind === 'gap' || entry.kind === 'deleted') return [];
    const { type, reason = '', message: text = '', involvedObject } = entry.object;
    const speaker = involvedObject.kind === 'CronJob' ? 'CronJob' : 'RecurringJob';
    const field: Message['field'] = type === 'Normal' ? 'event Normal' : 'event Warning';
    const found = classify({ speaker, field, state: reason, text }, version);
    if (found.class !== 'unclassified' && found.class !== 'failure') return [];
    const because =
      found.class === 'unclassified'
        ? 'unknown event (unclassified)'
        : `${found.id} (failure) was not expected`;
    return [`${because}: ${speaker}, ${reason}: "${text}"`];
  });
  return [...new Set(problems)];
};

const namesJob = ({ message = '' }: Event, job: string): boolean => message.split(/[\s,]+/).includes(job);
