import { describeBackup } from '../longhorn/backup-state.ts';
import { backupLabels, longhornResources, longhornNamespace as namespace } from '../longhorn/resources.ts';
import { ApiError, type KubernetesObject, type Resource } from '../observe/cluster.ts';
import { once, onceGone } from '../observe/expectation.ts';
import type { Timeline } from '../observe/timeline.ts';
import type { Context } from './context.ts';
import { type Limit, limits } from './limits.ts';
import { describeSnapshot } from './snapshot.ts';
import { describeVolume, detach } from './volume.ts';

type Ground = Pick<Context, 'cluster' | 'timelines' | 'made'>;
type Collection<T extends KubernetesObject> = { resource: Resource; timeline: Timeline<T>; what: string; describe?: (object: T) => string };

/**
 * Removes everything that the steps made in Longhorn, and returns when it is gone. Goes on whatever fails, and throws at the end.
 * Backups first, while their store lives: Longhorn lets none go before its files are removed.
 */
export const removeMade = async (ground: Ground): Promise<void> => {
  const { timelines, made } = ground;
  const stages: (() => Promise<void>)[] = [
    () =>
      remove(
        ground,
        { resource: longhornResources.backups, timeline: timelines.backups, what: 'backup', describe: describeBackup },
        made.backups,
        limits.backupsGone,
      ),
    () => removeBackupVolumes(ground),
    () => detachVolumes(ground),
    () =>
      remove(
        ground,
        { resource: longhornResources.volumes, timeline: timelines.volumes, what: 'volume', describe: describeVolume },
        made.volumes,
        limits.volumeGone,
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

const removeBackupVolumes = async (ground: Ground): Promise<void> => {
  const timeline = ground.timelines.backupVolumes;
  const belongs = ({ metadata }: KubernetesObject): boolean =>
    ground.made.volumes.some((volume) => Object.entries(backupLabels(volume)).every(([key, value]) => metadata.labels?.[key] === value));
  const names = timeline
    .objects()
    .filter(belongs)
    .map(({ metadata }) => metadata.name);
  await remove(ground, { resource: longhornResources.backupVolumes, timeline, what: 'backup volume' }, names, limits.backupVolumeGone);
};

const detachVolumes = async ({ cluster, timelines, made }: Ground): Promise<void> => {
  const attached = made.volumes.filter(
    (name) => timelines.volumes.current(name) !== undefined && timelines.attachments.current(name) !== undefined,
  );
  await Promise.all(
    attached.map(async (name) => {
      await detach({ cluster }, name).catch(unlessGone);
      await once(timelines.volumes, ({ status }) => status?.state === 'detached', {
        name,
        label: `volume ${name} is detached`,
        describe: describeVolume,
        ...limits.detached,
      });
    }),
  );
};

const unlessGone = (error: unknown): void => {
  if (!(error instanceof ApiError) || error.status !== 404) throw error;
};
