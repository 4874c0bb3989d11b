import { ExpectationError, once } from '../../../history/expectation.ts';
import { shorten } from '../../../kube/shorten.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import type { JobHandle } from './handles.ts';
import { readLogOf } from './log.ts';
import { lastTick } from './ticks.ts';

/**
 * Waits until what the last run of a job made was seen: each collection has a watch of its own, and that of the Jobs may be ahead.
 * Where nothing was made, the error says what the run's log says.
 */
export const untilMade = async (context: Context, job: JobHandle): Promise<void> => {
  if (!lastTick(job).makes) return;
  await untilSeen(context, job).catch((error: unknown) => withLog(context, job, error));
};

const untilSeen = async ({ timelines, limits }: Context, job: JobHandle): Promise<void> => {
  const tick = lastTick(job);
  const isNew = (
    { metadata }: { metadata: { name: string } },
    { entries }: (typeof timelines)['backups'] | (typeof timelines)['snapshots'],
  ) => !entries.some((entry) => entry.kind !== 'gap' && entry.sequence <= tick.from && entry.object.metadata.name === metadata.name);
  await once(timelines.backups, (each) => each.metadata.labels?.['backup-volume'] === job.volume.name && isNew(each, timelines.backups), {
    label: `${tick.label} has made a backup`,
    ...limits.jobMakes,
  });
  await once(timelines.snapshots, (each) => each.spec.volume === job.volume.name && isNew(each, timelines.snapshots), {
    label: `${tick.label} has made a snapshot`,
    ...limits.jobMakes,
  });
};

/**
 * Waits until Longhorn knows a run's backup to be its volume's last: the snapshot of that one is all that the next run leaves alone when it
 * cleans up before it makes anything. On a real v1.12.1 that was 1 to 3 s after the backup completed.
 */
export const untilLast = async ({ timelines, limits }: Context, { name, label, volume }: BackupHandle): Promise<void> => {
  await once(timelines.volumes, ({ status }) => status?.lastBackup === name, {
    name: volume.name,
    label: `Longhorn knows ${label} to be the last of volume ${volume.name}`,
    describe: ({ status }) => `the last backup is ${status?.lastBackup || 'none'}`,
    ...limits.backupVolumeKnown,
  });
};

// A run that makes nothing says why in its log alone.
const withLog = async ({ version, limits }: Context, job: JobHandle, error: unknown): Promise<never> => {
  if (!(error instanceof ExpectationError)) throw error;
  const { verdict } = error;
  const lines = await readLogOf(job, { tick: lastTick(job), version, limit: limits.jobLogEnds });
  const said = lines.map(({ message }) => `  ${message.field}: ${shorten(message.text, 500)}`).join('\n');
  throw new ExpectationError({
    ...verdict,
    text: `${verdict.text}\n\nWhat the log of ${lastTick(job).label} says:\n${said || '  nothing'}`,
  });
};
