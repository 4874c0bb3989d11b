import { waitUntilGone } from '../../history/expectation.ts';
import type { StateProbe } from '../../history/progress.ts';
import type { Timeline } from '../../history/timeline.ts';
import { follow } from '../../history/watch.ts';
import { type KubernetesObject, type Resource, resources, unlessGone } from '../../kube/cluster.ts';
import { ApiError } from '../../kube/errors.ts';
import { describeBackup } from '../../longhorn/backup-state.ts';
import { jobPodsLabel } from '../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../longhorn/resources.ts';
import type { SystemBackup, SystemRestore } from '../../longhorn/types.ts';
import { deleteStatefulSet } from './claim/workload.ts';
import type { Context } from './context.ts';
import { isBackupOf } from './created-objects.ts';
import { jobsFrom } from './job/job.ts';
import { runAllStages } from './run-all-stages.ts';
import { describeSystemBackup } from './system-backup/system-backup.ts';
import type { Timeout } from './timeouts.ts';
import { instancesProbe } from './volume/causes.ts';
import { describeSnapshot } from './volume/snapshot.ts';
import { describeVolume, detach, endStandby, untilDetached } from './volume/volume.ts';

type VolumeSnapshotContent = KubernetesObject & { spec: { volumeSnapshotClassName: string } };

type CleanupContext = Pick<Context, 'cluster' | 'timelines' | 'made' | 'timeouts'> & {
  own: Pick<Context['own'], 'targets' | 'removeWhenIdle'>;
};
type Collection<T extends KubernetesObject> = {
  resource: Resource;
  timeline: Timeline<T>;
  what: string;
  describe?: (object: T) => string;
  probe?: (name: string) => StateProbe;
};

/**
 * Removes everything that the steps made in Longhorn, and returns when it is gone. Continues after errors and throws
 * at the end. Backups come early, while their store exists: Longhorn removes a backup only after its files.
 */
export const removeCreatedObjects = async (deps: CleanupContext): Promise<void> => {
  const { timelines, made, timeouts } = deps;
  const backups = {
    resource: longhornResources.backups,
    timeline: timelines.backups,
    what: 'backup',
    describe: describeBackup,
  };
  const volumes = {
    resource: longhornResources.volumes,
    timeline: timelines.volumes,
    what: 'volume',
    describe: describeVolume,
    probe: (name: string) => instancesProbe(deps, name),
  };
  const snapshots = {
    resource: longhornResources.snapshots,
    timeline: timelines.snapshots,
    what: 'snapshot',
    describe: describeSnapshot,
  };
  const written = (what: 'backup' | 'volume'): string[] => made.written.map((each) => each[what]);
  await runAllStages([
    // Before all that it may make again.
    () => removeSystemRestores(deps),
    // Before their volumes.
    () => removeStatefulSets(deps),
    // Early, because they make new backups.
    () => removeVolumeSnapshots(deps),
    // Early, because recurring jobs make new backups.
    () => removeJobs(deps),
    // While a volume is on standby, Longhorn refuses to remove any backup target, and the volume itself may be stuck
    // (standby-stuck-without-its-backup).
    () => endStandbyOf(deps),
    // Deletions that a job requested may have failed several times, so they take longer.
    () =>
      remove(
        deps,
        backups,
        made.backups,
        made.jobs.length === 0 ? timeouts.backupsGone : timeouts.oldBackupsDeleted,
      ),
    () => removeBackupVolumes(deps, made.volumes),
    () => detachVolumes(deps),
    () => remove(deps, volumes, made.volumes, timeouts.volumeGone),
    () => removeLateJobs(deps),
    // After their volume, which may still be restoring from them.
    () => remove(deps, backups, written('backup'), timeouts.backupsGone),
    () => removeBackupVolumes(deps, written('volume')),
    // After their volume: Longhorn only marks the newest snapshot of an existing volume as removed, and keeps it
    // until there is a newer one.
    () => remove(deps, snapshots, made.snapshots, timeouts.snapshotsGone),
    () => removeSystemBackups(deps),
    () => removeStorageClasses(deps),
    () => removePersistentVolumes(deps),
  ]);
};

// The default backup target is on its own store again by now, if that could be healed. The files go with the store.
const removeSystemBackups = (deps: CleanupContext): Promise<void> =>
  removeFollowed<SystemBackup>(deps, deps.made.systemBackups, {
    resource: longhornResources.systemBackups,
    what: 'system backup',
    describe: describeSystemBackup,
  });

const removeSystemRestores = (deps: CleanupContext): Promise<void> =>
  removeFollowed<SystemRestore>(deps, deps.made.systemRestores, {
    resource: longhornResources.systemRestores,
    what: 'system restore',
    describe: describeSystemBackup,
  });

// The setting that named one is healed by now.
const removeStorageClasses = async ({ cluster, made }: CleanupContext): Promise<void> => {
  for (const name of made.storageClasses)
    await cluster.delete(resources.storageClasses, { name }).catch(unlessGone);
  for (const name of made.keySecrets)
    await cluster.delete(resources.secrets, { namespace, name }).catch(unlessGone);
};

const removeStatefulSets = async ({ cluster, made, timeouts }: CleanupContext): Promise<void> => {
  const stop = new AbortController();
  const deps = { cluster, timeouts, scenarioSignal: stop.signal };
  for (const name of made.statefulSets) await deleteStatefulSet(deps, name);
};

// No pod uses one any more.
const removePersistentVolumes = async ({ cluster, made }: CleanupContext): Promise<void> => {
  for (const name of made.persistentVolumeClaims)
    await cluster.delete(resources.persistentVolumeClaims, { namespace, name }).catch(unlessGone);
  for (const name of made.persistentVolumes)
    await cluster.delete(resources.persistentVolumes, { name }).catch(unlessGone);
};

// A class with the policy Retain leaves its contents.
const removeVolumeSnapshots = async (deps: CleanupContext): Promise<void> => {
  const { cluster, made, timeouts } = deps;
  if (made.snapshotClasses.length === 0) return;
  const stop = new AbortController();
  const { signal } = stop;
  const [snapshots, contents, classes] = [
    resources.volumeSnapshots,
    resources.volumeSnapshotContents,
    resources.volumeSnapshotClasses,
  ];
  try {
    const timeline = await follow(cluster, snapshots, { namespace, signal });
    const of = { resource: snapshots, timeline, what: 'VolumeSnapshot' };
    await remove(deps, of, made.volumeSnapshots, timeouts.volumeSnapshotGone);
    const { items } = await cluster.list<VolumeSnapshotContent>(contents);
    const left = items.filter(({ spec }) => made.snapshotClasses.includes(spec.volumeSnapshotClassName));
    for (const { metadata } of left)
      await cluster.delete(contents, { name: metadata.name }).catch(unlessGone);
    for (const name of made.snapshotClasses) await cluster.delete(classes, { name }).catch(unlessGone);
    // Early, because the volume of a claim that CSI served goes with it.
    for (const name of made.persistentVolumeClaims)
      await cluster.delete(resources.persistentVolumeClaims, { namespace, name }).catch(unlessGone);
  } finally {
    stop.abort(new Error('each VolumeSnapshot is gone'));
    enterMade(deps);
  }
};

const removeFollowed = async <T extends KubernetesObject>(
  { cluster, timeouts }: CleanupContext,
  names: readonly string[],
  of: Omit<Collection<T>, 'timeline'>,
): Promise<void> => {
  if (names.length === 0) return;
  const stop = new AbortController();
  try {
    const timeline = await follow<T>(cluster, of.resource, { namespace, signal: stop.signal });
    await remove({ cluster }, { ...of, timeline }, names, timeouts.systemBackupGone);
  } finally {
    stop.abort(new Error(`each ${of.what} is gone`));
  }
};

// Longhorn's webhook reads the backup in the store first. Kubernetes gives it 10 s, which a busy machine can exceed. A
// volume that is still on standby when its backups go is stuck.
const standbyAttempts = 6;

const endStandbyOf = async ({ cluster, timelines, made }: CleanupContext): Promise<void> => {
  const names = made.volumes.filter((name) => timelines.volumes.current(name)?.spec.Standby);
  for (const name of names)
    for (let attempt = 1; ; attempt += 1)
      try {
        await endStandby({ cluster }, name).catch(unlessGone);
        break;
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 500) || attempt === standbyAttempts) throw error;
      }
};

const remove = async <T extends KubernetesObject>(
  { cluster }: Pick<CleanupContext, 'cluster'>,
  { resource, timeline, what, describe, probe }: Collection<T>,
  names: readonly string[],
  limit: Timeout,
): Promise<void> => {
  await Promise.all(
    names.map(async (name) => {
      await cluster.delete(resource, { namespace, name }).catch(unlessGone);
      await waitUntilGone(timeline, {
        name,
        label: `${what} ${name} is gone`,
        ...limit,
        ...(describe === undefined ? {} : { describe }),
        ...(probe === undefined ? {} : { probe: probe(name) }),
      });
    }),
  );
};

const removeBackupVolumes = async (deps: CleanupContext, volumes: readonly string[]): Promise<void> => {
  const timeline = deps.timelines.backupVolumes;
  const ofBackupVolumes = { resource: longhornResources.backupVolumes, timeline, what: 'backup volume' };
  await runAllStages(
    deps.own.targets.map((target) => async () => {
      const isOf = volumes.map((volume) => isBackupOf({ name: volume, target }));
      const found = timeline.objects().filter((object) => isOf.some((is) => is(object)));
      const names = found.map(({ metadata }) => metadata.name);
      if (names.length === 0) return;
      await deps.own.removeWhenIdle(target)(
        `backup volume ${names.join(', ')}`,
        () => remove(deps, ofBackupVolumes, names, deps.timeouts.backupVolumeGone),
        volumes,
      );
    }),
  );
};

const detachVolumes = async ({ cluster, timelines, made, timeouts }: CleanupContext): Promise<void> => {
  // Longhorn keeps a volume on standby attached, and one that is being restored or grows until that ends, which it may
  // never do.
  const isDetachable = (name: string): boolean => {
    const volume = timelines.volumes.current(name);
    return (
      volume !== undefined &&
      !volume.status?.isStandby &&
      !volume.status?.restoreRequired &&
      !volume.status?.expansionRequired &&
      timelines.attachments.current(name) !== undefined
    );
  };
  const attached = made.volumes.filter(isDetachable);
  await Promise.all(
    attached.map(async (name) => {
      await detach({ cluster }, name).catch(unlessGone);
      await untilDetached({ cluster, timelines, timeouts }, name);
    }),
  );
};

type Jobs = Pick<CleanupContext, 'cluster' | 'timelines' | 'made' | 'timeouts'>;

/**
 * Removes the recurring jobs that the steps made, and those that Longhorn made of them in restores. Adds what their runs
 * made to `made`, so that it is removed too.
 */
const removeJobs = async (deps: Jobs): Promise<void> => {
  const { jobs } = deps.made;
  if (jobs.length === 0) return;
  try {
    const found = (await jobsFrom(deps, jobs)).map(({ metadata }) => metadata.name);
    await Promise.all([...new Set([...jobs, ...found])].map((name) => removeJob(deps, name)));
  } finally {
    enterMade(deps);
  }
};

// A restore that had just begun may have made one meanwhile.
const removeLateJobs = async (deps: Jobs): Promise<void> => {
  const { jobs } = deps.made;
  if (jobs.length > 0)
    await Promise.all((await jobsFrom(deps, jobs)).map(({ metadata }) => removeJob(deps, metadata.name)));
};

const enterMade = ({ timelines, made }: Jobs): void => {
  const backups = timelines.backups
    .objects()
    .filter(({ metadata }) => made.volumes.includes(metadata.labels?.['backup-volume'] ?? ''));
  const snapshots = timelines.snapshots.objects().filter(({ spec }) => made.volumes.includes(spec.volume));
  made.backups = [...new Set([...made.backups, ...backups.map(({ metadata }) => metadata.name)])];
  made.snapshots = [...new Set([...made.snapshots, ...snapshots.map(({ metadata }) => metadata.name)])];
};

// Returns when the last pod of its runs is gone, because only then it makes nothing more.
const removeJob = async ({ cluster, timeouts }: Jobs, name: string): Promise<void> => {
  const stop = new AbortController();
  const where = { namespace, signal: stop.signal };
  try {
    const [recurringJobs, cronJobs, pods] = await Promise.all([
      follow(cluster, longhornResources.recurringJobs, { ...where, fieldSelector: `metadata.name=${name}` }),
      follow(cluster, resources.cronJobs, { ...where, fieldSelector: `metadata.name=${name}` }),
      follow(cluster, resources.pods, { ...where, labelSelector: jobPodsLabel(name) }),
    ]);
    const wait = { describe: () => 'still there', ...timeouts.jobsGone };
    await cluster.delete(longhornResources.recurringJobs, { namespace, name }).catch(unlessGone);
    await waitUntilGone(recurringJobs, { name, label: `recurring job ${name} is gone`, ...wait });
    await waitUntilGone(cronJobs, { name, label: `CronJob ${name} is gone`, ...wait });
    const left = pods.objects().map(({ metadata }) => metadata.name);
    await Promise.all(
      left.map((pod) =>
        waitUntilGone(pods, { name: pod, label: `pod ${pod} of recurring job ${name} is gone`, ...wait }),
      ),
    );
  } finally {
    stop.abort(new Error('the recurring job is gone'));
  }
};
