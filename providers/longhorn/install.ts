import { type Cluster, connect } from '../../e2e/kube/cluster.ts';
import { openHealth } from '../../e2e/kube/health.ts';
import { defaultBackupTarget } from '../../e2e/longhorn/resources.ts';
import type { BackupTarget } from '../../e2e/longhorn/types.ts';
import { readVersion } from '../../e2e/longhorn/version.ts';
import { driverNamed } from '../../e2e/store/drivers/index.ts';
import { applyManifests } from '../../lab/manifests/apply.ts';
import { retryUntilSuccess, setTargetURL, touchUnreconciledManagers, tryCreateVolume } from './attempts.ts';
import { type AttemptFailures, type ReadinessCondition, readinessConditions } from './conditions.ts';
import { type ReleaseObject, writeObjects } from './manifest.ts';
import { untilLonghornReady } from './readiness.ts';
import { describeRelease } from './release.ts';
import { describeMissingImage, explainStuck } from './stuck.ts';
import { type InstallationWatches, openInstallationWatches } from './watches.ts';

type InstallOptions = {
  kubeconfig: string;
  /** The objects to apply, already adapted to the cluster. */
  objects: readonly ReleaseObject[];
  /** Names of the nodes for Longhorn. Nodes that are still booting are waited for. */
  nodes: readonly string[];
  storeImage: string;
  signal: AbortSignal;
  /**
   * Time-out of the whole installation, in ms. A v1.12.1 took 97 s on two processors, and a machine may be
   * six times slower.
   */
  timeout?: number;
  onProgress?: (text: string) => void;
};

/** The store of the default backup target. Scenarios have their own stores. */
const store = { namespace: 'corral-default-backupstore', run: 'set-up' };

/** Resolves when these conditions hold, now or later. */
const waitForConditions = (
  watches: InstallationWatches,
  conditions: readonly ReadinessCondition[],
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const check = (): void => {
      if (conditions.every(({ findMissing }) => (findMissing?.(watches) ?? []).length === 0)) resolve();
    };
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    watches.onChange(check);
    check();
  });

type InstallContext = {
  cluster: Cluster;
  watches: InstallationWatches;
  attempts: AttemptFailures;
  conditions: ReturnType<typeof readinessConditions>;
  signal: AbortSignal;
};

/** Starts only after the webhooks are registered, because before that every volume is accepted. */
const tryVolumes = async ({
  cluster,
  watches,
  attempts,
  conditions,
  signal,
}: InstallContext): Promise<void> => {
  if (conditions.volumes.findMissing === undefined) return;
  await waitForConditions(watches, [conditions.customResources, conditions.webhooks], signal);
  const onMissing = (missing: string[]): void => {
    attempts.volumes = missing;
    watches.changed();
  };
  await retryUntilSuccess(() => tryCreateVolume(cluster), { signal, onMissing });
};

/** Runs until there is an instance manager on each node. */
const touchUntilRunning = async ({ cluster, watches, conditions, signal }: InstallContext): Promise<void> => {
  const { findMissing } = conditions.instanceManagers;
  if (findMissing === undefined) return;
  const attempt = async (): Promise<void> => {
    if (findMissing(watches).length === 0) return;
    await touchUnreconciledManagers(cluster, watches);
    throw new Error('not all of them run yet');
  };
  await retryUntilSuccess(attempt, { signal });
};

/**
 * Sets the target's URL only when Longhorn can list the store at once. A list that fails without an engine or an
 * instance manager is only repeated at the next resync, 30 s later (M:controller/backup_target_controller.go).
 */
const setTargetURLWhenReady = async (
  work: InstallContext,
  { url }: { url: Promise<string> },
): Promise<void> => {
  const { cluster, watches, attempts, conditions, signal } = work;
  const onMissing = (missing: string[]): void => {
    attempts.target = missing;
    watches.changed();
  };
  const known = await url;
  onMissing([
    `not yet pointed at ${known}, which waits for the engine, the instance managers and the webhooks`,
  ]);
  const target = (): BackupTarget | undefined => watches.find('backupTargets', defaultBackupTarget);
  const there = { title: '', findMissing: () => (target() === undefined ? ['it'] : []), notApplicable: '' };
  const { managers, engineImage, instanceManagers, volumes } = conditions;
  await waitForConditions(watches, [managers, engineImage, instanceManagers, volumes, there], signal);
  const point = async (): Promise<void> => {
    const found = target();
    if (found === undefined) throw new Error(`the backup target ${defaultBackupTarget} has gone again`);
    await setTargetURL(cluster, { url: known, target: found });
  };
  await retryUntilSuccess(point, { signal, onMissing });
};

/**
 * Applies a release, gives its default backup target a store, and returns when Longhorn can be used. Returns
 * its version and a text about each condition. Throws NotReady if this takes too long.
 */
export const installRelease = async (
  options: InstallOptions,
): Promise<{ version: string; summary: string }> => {
  const {
    kubeconfig,
    objects,
    nodes,
    storeImage,
    signal,
    timeout = 600_000,
    onProgress = () => {},
  } = options;
  const start = performance.now();
  const cluster = connect({ kubeconfig, health: openHealth() });
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const failed = Promise.withResolvers<never>();
  const fail = (error: Error): void => (either.aborted ? undefined : failed.reject(error));
  const attempts: AttemptFailures = {
    volumes: ['not asked yet'],
    target: ['its store is not up yet'],
  };
  const watches = await openInstallationWatches(cluster, { signal: either, onFailure: fail });
  const conditions = readinessConditions(describeRelease(objects), nodes, attempts);
  const work: InstallContext = { cluster, watches, attempts, conditions, signal: either };
  const inBackground = (part: Promise<unknown>): void => void part.catch(fail);
  try {
    const url = driverNamed()
      .start(cluster, { ...store, image: storeImage, signal: either })
      .then((running) => running.url);
    inBackground(applyManifests({ kubeconfig, signal: either, manifests: writeObjects(objects) }));
    inBackground(
      waitForConditions(watches, [conditions.customResources], either).then(() => watches.watchLonghorn()),
    );
    inBackground(tryVolumes(work));
    inBackground(touchUntilRunning(work));
    inBackground(setTargetURLWhenReady(work, { url }));
    const ready = untilLonghornReady(watches, {
      conditions: Object.values(conditions),
      start,
      timeout,
      signal: either,
      onProgress,
      fatal: describeMissingImage,
      explain: () => explainStuck(cluster),
    });
    const summary = await Promise.race([ready, failed.promise]);
    return { version: await readVersion(cluster), summary };
  } finally {
    ended.abort(new Error('Longhorn is no longer waited for'));
    await watches.stop();
  }
};
