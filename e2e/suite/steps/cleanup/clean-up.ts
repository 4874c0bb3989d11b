import { describeBackup } from '../../../longhorn/backup-state.ts';
import { backupLabels, longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { type KubernetesObject, type Resource, unlessGone } from '../../../kube/cluster.ts';
import { onceGone } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Context } from '../context.ts';
import type { Limit } from '../limits.ts';
import { describeSnapshot } from '../volume/snapshot.ts';
import { describeVolume, detach, untilDetached } from '../volume/volume.ts';
import { removeJobs } from './clean-up-jobs.ts';
import type { WhenIdle } from './when-idle.ts';

type Ground = Pick<Context, 'cluster' | 'timelines' | 'made' | 'target' | 'limits'> & { whenIdle: WhenIdle };
type Collection<T extends KubernetesObject> = { resource: Resource; timeline: Timeline<T>; what: string; describe?: (object: T) => string };

/**
 * Removes everything that the steps made in Longhorn, and returns when it is gone. Goes on whatever fails, and throws at the end.
 * Backups first, while their store lives: Longhorn lets none go before its files are removed.
 */
export const removeMade = async (ground: Ground): Promise<void> => {
  const { timelines, made, limits } = ground;
  const stages: (() => Promise<void>)[] = [
    // First, or they would go on making backups.
    () => removeJobs(ground),
    () =>
      remove(
        ground,
        { resource: longhornResources.backups, timeline: timelines.backups, what: 'backup', describe: describeBackup },
        made.backups,
        // The deletions that a job asked for may have failed a few times.
        made.jobs.length === 0 ? limits.backupsGone : limits.oldOnesGo,
      ),
    () => removeBackupVolumes(ground, made.volumes),
    () => detachVolumes(ground),
    () =>
      remove(
        ground,
        { resource: longhornResources.volumes, timeline: timelines.volumes, what: 'volume', describe: describeVolume },
        made.volumes,
        limits.volumeGone,
      ),
    // After their volume, which may still be being restored from them.
    () =>
      remove(
        ground,
        { resource: longhornResources.backups, timeline: timelines.backups, what: 'backup', describe: describeBackup },
        made.written.map(({ backup }) => backup),
        limits.backupsGone,
      ),
    () =>
      removeBackupVolumes(
        ground,
        made.written.map(({ volume }) => volume),
      ),
    // After their volume: the youngest snapshot of a living volume is only marked as removed, and stays until there is a younger one.
    () =>
      remove(
        ground,
        { resource: longhornResources.snapshots, timeline: timelines.snapshots, what: 'snapshot', describe: describeSnapshot },
        made.snapshots,
        limits.snapshotsGone,
      ),
  ];
  await inTurn(stages);
};

/** Runs every stage, whatever fails before it; throws at the end, with all that went wrong. */
export const inTurn = async (stages: readonly (() => Promise<void>)[]): Promise<void> => {
  const errors: unknown[] = [];
  for (const stage of stages) await stage().catch((error: unknown) => errors.push(error));
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} stages of the clean-up failed`);
};

const remove = async <T extends KubernetesObject>(
  { cluster }: Pick<Ground, 'cluster'>,
  { resource, timeline, what, describe }: Collection<T>,
  names: readonly string[],
  limit: Limit,
): Promise<void> => {
  await Promise.all(
    names.map(async (name) => {
      await cluster.delete(resource, { namespace, name }).catch(unlessGone);
      await onceGone(timeline, { name, label: `${what} ${name} is gone`, ...limit, ...(describe === undefined ? {} : { describe }) });
    }),
  );
};

const removeBackupVolumes = async (ground: Ground, volumes: readonly string[]): Promise<void> => {
  const timeline = ground.timelines.backupVolumes;
  const belongs = ({ metadata }: KubernetesObject): boolean =>
    volumes.some((volume) =>
      Object.entries(backupLabels({ volume, target: ground.target })).every(([key, value]) => metadata.labels?.[key] === value),
    );
  const names = timeline
    .objects()
    .filter(belongs)
    .map(({ metadata }) => metadata.name);
  if (names.length === 0) return;
  const ofBackupVolumes = { resource: longhornResources.backupVolumes, timeline, what: 'backup volume' };
  await ground.whenIdle(
    `backup volume ${names.join(', ')}`,
    () => remove(ground, ofBackupVolumes, names, ground.limits.backupVolumeGone),
    volumes,
  );
};

const detachVolumes = async ({ cluster, timelines, made, limits }: Ground): Promise<void> => {
  const attached = made.volumes.filter(
    (name) => timelines.volumes.current(name) !== undefined && timelines.attachments.current(name) !== undefined,
  );
  await Promise.all(
    attached.map(async (name) => {
      await detach({ cluster }, name).catch(unlessGone);
      await untilDetached({ timelines, limits }, name);
    }),
  );
};
