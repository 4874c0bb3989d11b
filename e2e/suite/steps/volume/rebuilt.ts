import type { InjectedFault } from '../../../faults/fault.ts';
import { managerKilled } from '../../../faults/killed-pod.ts';
import { waitUntil } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { managerPodOf } from '../../../longhorn/manager.ts';
import {
  longhornResources,
  longhornNamespace as namespace,
  volumeSelector,
} from '../../../longhorn/resources.ts';
import type { VolumeEngine } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError } from '../judging.ts';
import { judgeWithin } from '../timeouts.ts';
import { becomesDegraded, recovers } from './volume.ts';

type Engines = Timeline<VolumeEngine>;

const followEngine = ({ cluster }: Context, volume: string): Promise<Engines> =>
  follow<VolumeEngine>(cluster, longhornResources.engines, {
    namespace,
    labelSelector: volumeSelector(volume),
  });

/** Lets a volume have one more replica. Waits until its engine has that among its replicas, by what `replicas` reads. */
const wantOneMore = async (
  context: Context,
  { name }: VolumeHandle,
  replicas: (status: NonNullable<VolumeEngine['status']>) => object | null | undefined,
): Promise<void> => {
  const { cluster, timelines, timeouts } = context;
  const { volumes } = timelines;
  const from = volumes.lastSequence();
  const numberOfReplicas = (volumes.current(name)?.spec.numberOfReplicas ?? 0) + 1;
  await cluster.patch(longhornResources.volumes, { namespace, name }, { spec: { numberOfReplicas } });
  await judgeWithin(becomesDegraded(volumes, { name, from }), timeouts.rebuilt);
  await using engines = await followEngine(context, name);
  await waitUntil(
    engines,
    ({ status = {} }) => Object.keys(replicas(status) ?? {}).length >= numberOfReplicas,
    { label: `the engine of volume ${name} has ${numberOfReplicas} replicas`, ...timeouts.rebuilt },
  );
};

/** Lets a volume have one more replica. Returns when the rebuild of that has begun. */
export const wantReplica = (context: Context, volume: VolumeHandle): Promise<void> =>
  wantOneMore(context, volume, ({ replicaModeMap }) => replicaModeMap);

/** The same. Returns when Longhorn begins to prepare the rebuild, for which v1.12.1 takes 10 s or more. */
export const wantRebuild = (context: Context, volume: VolumeHandle): Promise<void> =>
  wantOneMore(context, volume, ({ currentReplicaAddressMap }) => currentReplicaAddressMap);

/** Waits until a volume is healthy again. Throws unless a backup was uploaded all the time since its replica was wanted. */
export const untilRebuiltDuring = async (
  { timelines: { backups, volumes }, timeouts }: Context,
  { name }: VolumeHandle,
  backup: BackupHandle,
): Promise<void> => {
  await judgeWithin(recovers(volumes, { name, from: backup.since.made }), timeouts.rebuilt);
  const found = backups.current(backup.name);
  const state = found === undefined ? 'gone' : backupState(found);
  if (state !== 'InProgress')
    throw new InconclusiveError(`${backup.label} was ${state} before volume ${name} was healthy again`);
};

/** Kills the longhorn-manager on the node of a volume as soon as a replica is being rebuilt: it waits for the end. */
export const killRebuilder = async (
  context: Context,
  { name, node }: VolumeHandle,
): Promise<InjectedFault> => {
  const { cluster, faults, timeouts } = context;
  await using engines = await followEngine(context, name);
  const pod = await managerPodOf(cluster, node);
  await waitUntil(
    engines,
    ({ status }) => Object.values(status?.rebuildStatus ?? {}).some((each) => each?.isRebuilding),
    { label: `a replica of volume ${name} is being rebuilt`, ...timeouts.rebuilt },
  );
  return faults.inject(managerKilled(cluster, pod));
};
