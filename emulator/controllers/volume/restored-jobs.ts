import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { decodeBackupURL } from '../../backupstore/url.ts';
import { ignoreMissing } from '../../kubernetes/client.ts';
import type { RecurringJob, Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { backupVolumeName, jobLabels, restoredJobPrefix } from '../../modelled-on.ts';
import { findBackupVolume } from './status.ts';

type Spec = RecurringJob['spec'];

/** What a backup volume keeps of a recurring job of its volume, by the job's name. */
type StoredJobs = Record<string, { jobSpec: Spec; fromGroup?: string[]; fromJob: boolean }>;

const withoutEmpty = ({ groups, labels, parameters, ...spec }: Spec): Spec => ({
  ...spec,
  ...(groups?.length && { groups }),
  ...(labels && Object.keys(labels).length > 0 && { labels }),
  ...(parameters && Object.keys(parameters).length > 0 && { parameters }),
});

const withDefaults = ({ groups = [], labels = {}, parameters = {}, ...spec }: Spec): Spec => ({
  ...spec,
  groups,
  labels,
  parameters,
});

/** The jobs that a volume takes part in, as JSON: a backup takes them along into the config of its volume. */
export const storedJobsOf = ({ datastore }: ManagerContext, { metadata }: Volume): string => {
  const isIn = (label: string): boolean => metadata.labels?.[label] === 'enabled';
  const jobs = datastore.recurringJobs.list().flatMap(({ metadata: { name }, spec }) => {
    const fromGroup = (spec.groups ?? []).filter((group) => isIn(jobLabels.ofGroup(group)));
    const fromJob = isIn(jobLabels.ofJob(name));
    return fromJob || fromGroup.length > 0
      ? [[name, { jobSpec: withoutEmpty(spec), ...(fromGroup.length && { fromGroup }), fromJob }] as const]
      : [];
  });
  return JSON.stringify(Object.fromEntries(jobs.sort()));
};

const isToRestore = async (
  { datastore, mutant }: ManagerContext,
  { metadata: { labels = {} }, spec, status }: Volume,
): Promise<boolean> => {
  if (!spec.fromBackup || status?.restoreInitiated) return false;
  if (spec.Standby) return mutant === 'standby-restores-jobs' && spec.restoreVolumeRecurringJob === 'enabled';
  const choice = mutant === 'choice-of-jobs-ignored' ? 'ignored' : spec.restoreVolumeRecurringJob;
  if (choice === 'enabled' || choice === 'disabled') return choice === 'enabled';
  const chosen = Object.keys(labels).filter(
    (label) => label.startsWith(jobLabels.ofJob('')) || label.startsWith(jobLabels.ofGroup('')),
  );
  return (
    chosen.every((label) => label === jobLabels.ofGroup('default')) &&
    (await datastore.settings.fetch('restore-volume-recurring-jobs')).value === 'true' &&
    mutant !== 'jobs-not-restored'
  );
};

/** Finds or creates the job that a stored one becomes, and returns its name. */
const jobFor = async (
  { datastore: { recurringJobs, settings }, mutant }: ManagerContext,
  [name, stored]: [string, Spec],
): Promise<string> => {
  const spec = withDefaults(stored);
  const isSame = (found: RecurringJob): boolean =>
    isDeepStrictEqual(withDefaults(found.spec), { ...spec, name: found.spec.name });
  const found = await recurringJobs.fetch(name).catch(ignoreMissing);
  const most = Number((await settings.fetch('recurring-job-max-retention')).value);
  const create = async (free: string): Promise<string> => {
    if (spec.retain > most)
      throw new Error(
        `failed to create a recurring job ${free}: admission webhook "validator.longhorn.io" denied the request: retain value should be less than or equal to ${most}`,
      );
    await recurringJobs.create({ metadata: { name: free }, spec: { ...spec, name: free } });
    return free;
  };
  if (!found) return create(name);
  if (isSame(found)) return name;
  const again = recurringJobs
    .list()
    .find((job) => job.metadata.name.startsWith(restoredJobPrefix) && isSame(job));
  return again && mutant !== 'restored-jobs-double'
    ? again.metadata.name
    : create(`${restoredJobPrefix}${randomBytes(8).toString('hex')}`);
};

/**
 * Makes a volume that is about to be restored take part in the jobs that its backup volume keeps, if it is to. Returns
 * the labels that it gets for that. A failure is only logged, and nothing tries again: so what users may have changed just
 * before is read anew.
 */
export const restoreJobs = async (
  context: ManagerContext,
  volume: Volume,
): Promise<Record<string, string>> => {
  const labels: Record<string, string> = {};
  if (!(await isToRestore(context, volume))) return labels;
  try {
    const { fromBackup = '', backupTargetName } = volume.spec;
    const source = decodeBackupURL(fromBackup).volume;
    const seen = findBackupVolume(context, source, backupTargetName)?.metadata.name;
    const known = await context.datastore.backupVolumes
      .fetch(seen ?? backupVolumeName(source, backupTargetName))
      .catch(ignoreMissing);
    if (!known) throw new Error(`failed to get the backup volume ${source}`);
    const stored: StoredJobs = JSON.parse(known.status?.labels?.VolumeRecurringJobInfo ?? '{}');
    for (const [name, { jobSpec, fromGroup = [], fromJob }] of Object.entries(stored)) {
      const restored = await jobFor(context, [name, jobSpec]);
      if (fromJob) labels[jobLabels.ofJob(restored)] = 'enabled';
      for (const group of fromGroup) labels[jobLabels.ofGroup(group)] = 'enabled';
    }
  } catch (error) {
    if (context.mutant === 'fixed:refused-job-is-not-restored')
      context.recorder(volume, {
        type: 'Warning',
        reason: 'FailedRestoringRecurringJobs',
        message: (error as Error).message,
      });
    context.log.warning('Failed to restore the volume recurring jobs/groups', { error });
  }
  return labels;
};
