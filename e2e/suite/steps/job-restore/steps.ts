import { isDeepStrictEqual } from 'node:util';
import { waitUntil } from '../../../history/expectation.ts';
import {
  defaultGroup,
  type RecurringJob,
  volumeGroupLabel,
  volumeJobLabel,
} from '../../../longhorn/job-types.ts';
import { managersLogged } from '../../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { BackupVolume } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import { changeCron, followJob, foreignJob, type JobHandle, jobsFrom } from '../job/job.ts';
import { jobLabelsOf } from '../job-tasks/tasks.ts';
import { PromiseBroken, throwIfAny } from '../judging.ts';
import type { RestoreHandle } from '../restore/restore.ts';
import { step } from '../step.ts';
import { describeRestore } from '../volume/restored.ts';

/** The names of the recurring jobs that Longhorn keeps with a volume's backups, as JSON in one label. */
const storedJobsOf = ({ status }: BackupVolume): string[] =>
  Object.keys(JSON.parse(status?.labels?.VolumeRecurringJobInfo || '{}'));

// Longhorn restores the jobs of a volume before it notes that it has begun to restore the volume, and never after
// (volume_controller.go, shouldRestoreRecurringJobs).
const jobsAfter = async (context: Context, { name, label }: RestoreHandle, of: { name: string }) => {
  const { timelines, timeouts } = context;
  const volume = await waitUntil(timelines.volumes, ({ status }) => status?.restoreInitiated === true, {
    name,
    label: `Longhorn has begun to restore ${label}`,
    describe: describeRestore,
    ...timeouts.restoreBegins,
  });
  // Longhorn puts each new volume into the group default.
  const labels = jobLabelsOf(volume).filter((each) => each !== volumeGroupLabel(defaultGroup));
  return { labels, jobs: await jobsFrom(context, [of.name]) };
};

const listOf = (names: readonly string[]): string => [...names].sort().join(', ') || 'none';

const differences = (what: string, found: readonly string[], wanted: readonly string[]): string[] =>
  listOf(found) === listOf(wanted) ? [] : [`${what}: ${listOf(found)}, and not ${listOf(wanted)}`];

// With what Longhorn fills in, from v1.13 on two fields more.
const settingsOf = ({
  parameters = {},
  retentionPolicy = 'count-based',
  retainAge = '0s',
  ...spec
}: RecurringJob['spec']) => ({ ...spec, parameters, retentionPolicy, retainAge, name: '' });

/** The steps for the recurring jobs that Longhorn restores with a volume. */
export const jobRestoreSteps = {
  /** Of a volume in another cluster, for the backups that another Longhorn makes of it. */
  'given.refusedJob': step({
    sentence: 'Given a recurring job of another Longhorn, which keeps more backups than this one allows',
    action: (context: Context) => foreignJob(context),
    detail: ({ name, retain }) => `${name}, ${retain} backups`,
  }),
  'then.jobRestoredOrReported': step({
    sentence:
      'Then {restore} takes part in the recurring job of the other Longhorn, or an event says why not',
    action: async (context: Context, restore: RestoreHandle, { name }: RecurringJob['spec']) => {
      const { labels } = await jobsAfter(context, restore, { name });
      if (labels.includes(volumeJobLabel(name))) return;
      if (restore.events.objects().some(({ message }) => message?.includes(name))) return;
      const message = `${restore.label} takes part in ${listOf(labels)}, and no event names recurring job ${name}`;
      if (!(await managersLogged(context.cluster, `failed to create a recurring job ${name}`)))
        throw new Error(message);
      throw new PromiseBroken(
        `${message}: that it could not be made is only in the log of a longhorn-manager`,
        { kind: 'Volume', name: restore.name, state: 'without its recurring job' },
      );
    },
  }),
  'then.jobStored': step({
    sentence: 'Then Longhorn keeps the recurring job with the backups of the volume',
    action: async (
      { timelines, timeouts }: Context,
      { name, volume }: Pick<JobHandle, 'name' | 'volume'>,
    ) => {
      const isOf = isBackupOf(volume);
      await waitUntil(timelines.backupVolumes, (each) => isOf(each) && storedJobsOf(each).includes(name), {
        label: `the backup volume of ${volume.name} has recurring job ${name}`,
        describe: (each) => `it has ${listOf(storedJobsOf(each))}`,
        ...timeouts.lastBackupReported,
      });
    },
  }),
  /** To another time that is far away. */
  'when.jobChanged': step({
    sentence: 'When the cron of the recurring job is changed',
    action: (context: Context, job: JobHandle) =>
      changeCron(context, job, job.spec.cron.replace(/^0 /, '30 ')),
  }),
  'when.jobKeepsMore': step({
    sentence: 'When the recurring job is to keep {retain} from now on',
    parameters: (_, retain) => ({ retain }),
    action: async ({ cluster }: Context, { name }: JobHandle, retain: number) => {
      await cluster.patch(longhornResources.recurringJobs, { namespace, name }, { spec: { retain } });
    },
  }),
  /**
   * The volume takes part in `as`, or in a new job without it. That has the settings of `of` when that was backed up, and
   * no further job was made of `of`. Returns the job, for the restored volume.
   */
  'then.jobRestored': step({
    sentence: 'Then {restore} takes part in {job} with the settings that were backed up, and in no other',
    parameters: (restore, { as }) => ({
      restore,
      job: as === undefined ? 'a new recurring job' : `recurring job ${as.name}`,
    }),
    action: async (
      context: Context,
      restore: RestoreHandle,
      { of, as }: { of: JobHandle; as?: JobHandle },
    ): Promise<JobHandle> => {
      const { labels, jobs } = await jobsAfter(context, restore, of);
      const names = jobs.map(({ metadata }) => metadata.name);
      const name =
        as?.name ?? names.find((each) => each !== of.name && labels.includes(volumeJobLabel(each)));
      const spec = jobs.find(({ metadata }) => metadata.name === name)?.spec;
      if (name === undefined || spec === undefined)
        throw new Error(
          `${restore.label} takes part in ${listOf(labels)}; of recurring job ${of.name} there are ${listOf(names)}`,
        );
      throwIfAny(
        [
          ...differences('the volume takes part in', labels, [volumeJobLabel(name)]),
          ...differences('of the recurring job there are', names, [...new Set([of.name, name])]),
          ...(isDeepStrictEqual(settingsOf(spec), settingsOf(of.spec))
            ? []
            : [`${name} has other settings than were backed up: ${JSON.stringify(spec)}`]),
        ],
        `the recurring job of ${restore.label} is not restored as it was`,
      );
      const { size, target } = restore.backup.volume;
      const volume = { name: restore.name, target, node: '', size };
      return { ...(await followJob(context, spec)), volume, others: [] };
    },
    detail: ({ name }) => name,
  }),
  /** `left`: the jobs that there are of `of`. */
  'then.noJobRestored': step({
    sentence: 'Then {restore} takes part in no recurring job of its own, and none was made for it',
    action: async (
      context: Context,
      restore: RestoreHandle,
      { of, left }: { of: JobHandle; left: readonly JobHandle[] },
    ) => {
      const { labels, jobs } = await jobsAfter(context, restore, of);
      const names = jobs.map(({ metadata }) => metadata.name);
      throwIfAny(
        [
          ...differences('the volume takes part in', labels, []),
          ...differences(
            'of the recurring job there are',
            names,
            left.map(({ name }) => name),
          ),
        ],
        `${restore.label} was not to get a recurring job`,
      );
    },
  }),
};
