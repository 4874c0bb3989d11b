import { describeDecision, ExpectationError, waitUntil, waitUntilGone } from '../../history/expectation.ts';
import type { Timeline } from '../../history/timeline.ts';
import { follow } from '../../history/watch.ts';
import { type Cluster, unlessGone } from '../../kube/cluster.ts';
import { formatDuration } from '../../kube/duration.ts';
import type { Timeout, Timeouts } from '../steps/timeouts.ts';
import { instancesProbe } from '../steps/volume/causes.ts';
import { describeVolume, detach } from '../steps/volume/volume.ts';
import { leftOverName } from './explain.ts';
import { finalizersOf, isLonghornFinalizer } from './finalizers.ts';
import type { LeftOver } from './find.ts';
import type { CleanupKind } from './kind.ts';
import { cleanupKinds, type KindName } from './kinds.ts';

/** How objects are removed. */
export type Removal = {
  cluster: Cluster;
  timeouts: Timeouts;
  /** Whether Longhorn's finalizers are removed from an object that is not gone within its time. */
  force: boolean;
  print(line: string): void;
};

/**
 * Removes objects of one kind in parallel and prints the result of each. Returns when each is gone or its time is over.
 */
export const removeAll = async (
  removal: Removal,
  kind: KindName,
  leftOver: readonly LeftOver[],
): Promise<void> => {
  const { resource } = cleanupKinds[kind];
  for (const [namespace, there] of Map.groupBy(leftOver, ({ object }) => object.metadata.namespace)) {
    const where = namespace === undefined ? {} : { namespace };
    await using timeline = await follow(removal.cluster, resource, where);
    await Promise.all(there.map((each) => removeOne(removal, each, timeline)));
  }
};

const removeOne = async (removal: Removal, leftOver: LeftOver, timeline: Timeline): Promise<void> => {
  const { timeouts, print, force } = removal;
  const { kind, object } = leftOver;
  const { describe = () => '' }: CleanupKind = cleanupKinds[kind];
  const name = leftOverName(leftOver);
  const start = performance.now();
  const gone = (limit: Timeout): Promise<void> =>
    waitUntilGone(timeline, {
      name: object.metadata.name,
      label: 'it is gone',
      describe,
      ...(kind === 'volumes' && { probe: instancesProbe(removal, object.metadata.name) }),
      ...limit,
    });
  try {
    if (kind === 'volumes') await detachFirst(removal, leftOver, timeline);
    await askFor(removal, leftOver);
    await gone(cleanupKinds[kind].limit(timeouts, object)).catch(async (error: unknown) => {
      if (!force || !(await removeFinalizers(removal, leftOver, timeline))) throw error;
      await gone(timeouts.unblockedDeletion);
    });
    print(`${name}: gone after ${formatDuration(performance.now() - start)}`);
  } catch (error) {
    print(`${name}: ${reasonOf(error)}`);
  }
};

const askFor = async ({ cluster }: Removal, { kind, object }: LeftOver): Promise<void> => {
  const { resource, waitsForItsOwn }: CleanupKind = cleanupKinds[kind];
  const { namespace, name, uid } = object.metadata;
  const options = {
    ...(uid !== undefined && { uid }),
    ...(waitsForItsOwn && { propagationPolicy: 'Foreground' as const }),
  };
  await cluster
    .delete(resource, { name, ...(namespace !== undefined && { namespace }) }, options)
    .catch(unlessGone);
};

// As in a scenario's cleanup. A volume that stays attached is removed anyway.
const detachFirst = async (
  { cluster, timeouts, print }: Removal,
  leftOver: LeftOver,
  timeline: Timeline,
): Promise<void> => {
  const { name } = leftOver.object.metadata;
  const stateOf = (object: LeftOver['object']): string =>
    ((object.status ?? {}) as { state?: string }).state ?? '';
  await detach({ cluster }, name).catch(unlessGone);
  if (['', 'detached'].includes(stateOf(leftOver.object))) return;
  await waitUntil(timeline, (object) => stateOf(object) === 'detached', {
    name,
    label: 'it is detached',
    describe: describeVolume as never,
    probe: instancesProbe({ cluster }, name),
    ...timeouts.detached,
  }).catch((error: unknown) => print(`${leftOverName(leftOver)}: ${reasonOf(error)}: removed as it is`));
};

/**
 * Removes Longhorn's finalizers from an object that is being deleted, and prints it. Returns false if there are none.
 */
const removeFinalizers = async (
  { cluster, print }: Removal,
  leftOver: LeftOver,
  timeline: Timeline,
): Promise<boolean> => {
  const { resource }: CleanupKind = cleanupKinds[leftOver.kind];
  const { namespace, name } = leftOver.object.metadata;
  const current = timeline.current(name);
  const own = current === undefined ? [] : finalizersOf(current).filter(isLonghornFinalizer);
  if (current === undefined || current.metadata.deletionTimestamp === undefined || own.length === 0)
    return false;
  const finalizers = (current.metadata.finalizers ?? []).filter((each) => !isLonghornFinalizer(each));
  // With the observed resourceVersion, so that the patch fails if the object was changed meanwhile: its controller
  // may be about to remove the finalizer.
  const { resourceVersion } = current.metadata;
  await cluster.patch(
    resource,
    { name, ...(namespace !== undefined && { namespace }) },
    { metadata: { finalizers, ...(resourceVersion !== undefined && { resourceVersion }) } },
  );
  print(
    `${leftOverName(leftOver)}: finalizer ${own.join(', ')} removed (--force): what it protects may be left in the store and on the nodes`,
  );
  return true;
};

const reasonOf = (error: unknown): string =>
  error instanceof ExpectationError ? describeDecision(error.verdict) : (error as Error).message;
