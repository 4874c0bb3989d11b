import { onceGone } from '../../history/expectation.ts';
import type { Look } from '../../history/progress.ts';
import type { Timeline } from '../../history/timeline.ts';
import { follow } from '../../history/watch.ts';
import { type KubernetesObject, type Resource, resources, unlessGone } from '../../kube/cluster.ts';
import { describeBackup } from '../../longhorn/backup-state.ts';
import type { LonghornClocks } from '../../longhorn/clocks.ts';
import { jobPodsLabel } from '../../longhorn/job-types.ts';
import { longhornResources, longhornNamespace as namespace } from '../../longhorn/resources.ts';

import { StillAtWork } from '../../store/at-work.ts';
import type { BackupStore } from '../../store/store.ts';
import type { Context } from './context.ts';
import { isBackupOf } from './made.ts';
import { storeQuiet, type Timeout } from './timeouts.ts';
import { lookAtInstances } from './volume/causes.ts';
import { describeSnapshot } from './volume/snapshot.ts';
import { describeVolume, detach, untilDetached } from './volume/volume.ts';

type Deps = Pick<Context, 'cluster' | 'timelines' | 'made' | 'target' | 'timeouts'> & { whenIdle: WhenIdle };
type Collection<T extends KubernetesObject> = {
  resource: Resource;
  timeline: Timeline<T>;
  what: string;
  describe?: (object: T) => string;
  look?: (name: string) => Look;
};

/**
 * Removes everything that the steps made in Longhorn, and returns when it is gone. Goes on whatever fails,
 * and throws at the end. Backups first, while their store lives: Longhorn lets none go before its files are
 * removed.
 */
export const removeMade = async (deps: Deps): Promise<void> => {
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
    look: (name: string) => lookAtInstances(deps, name),
  };
  const snapshots = {
    resource: longhornResources.snapshots,
    timeline: timelines.snapshots,
    what: 'snapshot',
    describe: describeSnapshot,
  };
  const written = (what: 'backup' | 'volume'): string[] => made.written.map((each) => each[what]);
  await inTurn([
    // First, or they would go on making backups.
    () => removeJobs(deps),
    // The deletions that a job asked for may have failed a few times.
    () =>
      remove(deps, backups, made.backups, made.jobs.length === 0 ? timeouts.backupsGone : timeouts.oldOnesGo),
    () => removeBackupVolumes(deps, made.volumes),
    () => detachVolumes(deps),
    () => remove(deps, volumes, made.volumes, timeouts.volumeGone),
    // After their volume, which may still be being restored from them.
    () => remove(deps, backups, written('backup'), timeouts.backupsGone),
    () => removeBackupVolumes(deps, written('volume')),
    // After their volume: the youngest snapshot of a living volume is only marked as removed, and stays until
    // there is a younger one.
    () => remove(deps, snapshots, made.snapshots, timeouts.snapshotsGone),
  ]);
};

/** Runs every stage, whatever fails before it; throws at the end, with all that went wrong. */
export const inTurn = async (stages: readonly (() => Promise<void>)[]): Promise<void> => {
  const errors: unknown[] = [];
  for (const stage of stages) await stage().catch((error: unknown) => errors.push(error));
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} stages of the cleanup failed`);
};

const remove = async <T extends KubernetesObject>(
  { cluster }: Pick<Deps, 'cluster'>,
  { resource, timeline, what, describe, look }: Collection<T>,
  names: readonly string[],
  limit: Timeout,
): Promise<void> => {
  await Promise.all(
    names.map(async (name) => {
      await cluster.delete(resource, { namespace, name }).catch(unlessGone);
      await onceGone(timeline, {
        name,
        label: `${what} ${name} is gone`,
        ...limit,
        ...(describe === undefined ? {} : { describe }),
        ...(look === undefined ? {} : { look: look(name) }),
      });
    }),
  );
};

const removeBackupVolumes = async (deps: Deps, volumes: readonly string[]): Promise<void> => {
  const timeline = deps.timelines.backupVolumes;
  const names = volumes.flatMap((volume) =>
    timeline
      .objects()
      .filter(isBackupOf({ volume, target: deps.target }))
      .map(({ metadata }) => metadata.name),
  );
  if (names.length === 0) return;
  const ofBackupVolumes = { resource: longhornResources.backupVolumes, timeline, what: 'backup volume' };
  await deps.whenIdle(
    `backup volume ${names.join(', ')}`,
    () => remove(deps, ofBackupVolumes, names, deps.timeouts.backupVolumeGone),
    volumes,
  );
};

const detachVolumes = async ({ cluster, timelines, made, timeouts }: Deps): Promise<void> => {
  const attached = made.volumes.filter(
    (name) =>
      timelines.volumes.current(name) !== undefined && timelines.attachments.current(name) !== undefined,
  );
  await Promise.all(
    attached.map(async (name) => {
      await detach({ cluster }, name).catch(unlessGone);
      await untilDetached({ cluster, timelines, timeouts }, name);
    }),
  );
};

type Jobs = Pick<Deps, 'cluster' | 'timelines' | 'made' | 'timeouts'>;

/**
 * Removes the recurring jobs that the steps made, and enters what their runs made: that is to be removed like
 * everything else.
 */
const removeJobs = async (deps: Jobs): Promise<void> => {
  try {
    await Promise.all(deps.made.jobs.map((name) => removeJob(deps, name)));
  } finally {
    if (deps.made.jobs.length > 0) enterMade(deps);
  }
};

const enterMade = ({ timelines, made }: Jobs): void => {
  const backups = timelines.backups
    .objects()
    .filter(({ metadata }) => made.volumes.includes(metadata.labels?.['backup-volume'] ?? ''));
  const snapshots = timelines.snapshots.objects().filter(({ spec }) => made.volumes.includes(spec.volume));
  made.backups = [...new Set([...made.backups, ...backups.map(({ metadata }) => metadata.name)])];
  made.snapshots = [...new Set([...made.snapshots, ...snapshots.map(({ metadata }) => metadata.name)])];
};

// Returns when the last pod of its runs is gone, so that it makes nothing any more.
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
    await onceGone(recurringJobs, { name, label: `recurring job ${name} is gone`, ...wait });
    await onceGone(cronJobs, { name, label: `CronJob ${name} is gone`, ...wait });
    const left = pods.objects().map(({ metadata }) => metadata.name);
    await Promise.all(
      left.map((pod) =>
        onceGone(pods, { name: pod, label: `pod ${pod} of recurring job ${name} is gone`, ...wait }),
      ),
    );
  } finally {
    stop.abort(new Error('the recurring job is gone'));
  }
};

type WorkedOn = { store: Pick<BackupStore, 'untilIdle'>; clocks: LonghornClocks; run: string };

/**
 * Takes something of a backup store away as soon as nobody works there; `what` is named when it has to be
 * left.
 */
export type WhenIdle = (
  what: string,
  take: () => Promise<void>,
  volumes?: readonly string[],
) => Promise<void>;

/**
 * Lets go of a store only when nothing works in it: Longhorn's command that removes a backup's blocks goes on
 * after that Backup is gone, and when it fails because its folder is taken away, managers of v1.8.0 to
 * v1.11.2 panic (longhorn#13245). All waits share one bound. What is worked on when the patience is over is
 * left, and that is an error, without another wait for what comes after it; where the store cannot be looked
 * into, it is taken, and that is told as well.
 */
export const createWhenIdle = ({ store, clocks, run }: WorkedOn): WhenIdle => {
  const { seconds, atMost = seconds, owner } = storeQuiet(clocks);
  const lockLife = Math.ceil(clocks.lockLife / 1000);
  let left = atMost;
  return async (what, take, volumes = []) => {
    const start = performance.now();
    const patience = { seconds: Math.min(seconds, Math.ceil(left)), atMost: Math.ceil(left), owner };
    const problem = await store.untilIdle({ volumes, lockLife, ...patience }).then(
      () => undefined,
      (error: Error) => error,
    );
    left = problem instanceof StillAtWork ? 0 : Math.max(0, left - (performance.now() - start) / 1000);
    if (problem instanceof StillAtWork)
      throw new Error(
        `${what} is left: ${problem.message}; when that has ended, remove it with npx corral cleanup --run ${run}`,
      );
    await take();
    if (problem !== undefined)
      throw new Error(
        `nobody knows whether ${what} was still worked on when it was removed: ${problem.message}`,
      );
  };
};
