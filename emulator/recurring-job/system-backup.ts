import { setTimeout as sleep } from 'node:timers/promises';
import { formatGoMap } from '../go.ts';
import type { SystemBackup } from '../longhorn/objects.ts';
import { jobLabels } from '../modelled-on.ts';
import { systemBackupCaller } from './caller.ts';
import { systemBackups, systemBackupsWithLabel } from './kubernetes.ts';
import { expired, retentionOf } from './retention.ts';
import { nameOfRun, prefixOfRun, type RecurringJobRun } from './volume-job.ts';

const callerAt = (func: string, line: number) => systemBackupCaller(`(*SystemBackupJob).${func}`, line);

const hasEnded = ({ status }: SystemBackup): boolean => ['Ready', 'Error'].includes(status?.state ?? '');

/** Those that count for a job. Longhorn finds them by its label, which one that a sync has found does not have. */
const ownOf = async ({ name, kubernetes, mutant }: RecurringJobRun): Promise<SystemBackup[]> => {
  if (mutant === 'job-removes-manual-system-backups') return systemBackupsWithLabel(kubernetes, '');
  if (mutant !== 'fixed:recurring-system-backup-forgotten')
    return systemBackupsWithLabel(kubernetes, `${jobLabels.madeSystemBackup}=${name}`);
  const all = await systemBackupsWithLabel(kubernetes, '');
  return all.filter(({ metadata }) => metadata.name.startsWith(prefixOfRun(name)));
};

/** Deletes all but the newest `retain`. One in Error was never created, so it goes first. An error is only logged. */
const cleanUp = async (job: RecurringJobRun, log: RecurringJobRun['log']): Promise<void> => {
  const { name, kubernetes, mutant, recurringJob } = job;
  log.info('Cleaning up expired system backups', callerAt('cleanup', 101));
  job.log.info(
    `Getting SystemBackups by label ${jobLabels.madeSystemBackup}=${name}`,
    systemBackupCaller('(*Job).ListSystemBackup', 141),
  );
  const isCreated = mutant === 'failed-system-backup-counts';
  const dated = (await ownOf(job)).filter(hasEnded).map(({ metadata, status }) => ({
    name: metadata.name,
    at: (isCreated ? metadata.creationTimestamp : status?.createdAt) ?? '0001-01-01T00:00:00Z',
  }));
  const old = mutant === 'system-backups-pile-up' ? [] : expired(dated, retentionOf(recurringJob, job));
  for (const each of old) {
    log.info(`Deleting system backup ${each}`, callerAt('cleanup', 126));
    await systemBackups(kubernetes)
      .delete(each)
      .catch((error) =>
        log.warning(`Failed to delete system backup ${each}`, { ...callerAt('cleanup', 129), error }),
      );
  }
  log.info('Finished cleaning up expired system backups', callerAt('cleanup', 132));
};

/** Makes a system backup, waits for its end, whatever that is, and deletes old ones. Throws if it is refused. */
export const runSystemBackupTask = async (job: RecurringJobRun): Promise<void> => {
  const { name, recurringJob, kubernetes, clock } = job;
  const { task, retain, parameters } = recurringJob.spec;
  const systemBackupName = nameOfRun(name);
  const volumeBackupPolicy = parameters?.['volume-backup-policy'] ?? '';
  const log = job.log.with({
    ...{ job: name, task, retain, parameters: formatGoMap(parameters) },
    executionCount: recurringJob.status?.executionCount ?? 0,
    ...{ systemBackupName, volumeBackupPolicy },
  });
  try {
    log.info('Starting system backup job', callerAt('run', 63));
    const labels = { [jobLabels.madeSystemBackup]: name };
    const collection = systemBackups(kubernetes);
    await collection.create({ metadata: { name: systemBackupName, labels }, spec: { volumeBackupPolicy } });
    log.info('Waiting for system backup to complete', callerAt('waitForSystemBackupToStates', 148));
    while (!hasEnded(await collection.fetch(systemBackupName))) await sleep(clock.jobPoll);
    log.info('Finished running system backup job', callerAt('run.func1', 68));
  } catch (error) {
    log.error('Failed to run system backup job', {
      ...systemBackupCaller('StartSystemBackupJob', 30),
      error,
    });
    throw error;
  } finally {
    await cleanUp(job, log);
  }
  log.info('Created system backup job', systemBackupCaller('StartSystemBackupJob', 34));
};
