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
import { lacksReplica, recovers } from './volume.ts';

/** Lets a volume have one more replica. Returns their number when Longhorn has it, without its data. */
export const wantReplica = async (
  { cluster, timelines: { volumes }, timeouts }: Context,
  { name }: VolumeHandle,
): Promise<number> => {
  const from = volumes.lastSequence();
  const numberOfReplicas = (volumes.current(name)?.spec.numberOfReplicas ?? 0) + 1;
  await cluster.patch(longhornResources.volumes, { namespace, name }, { spec: { numberOfReplicas } });
  await judgeWithin(lacksReplica(volumes, { name, from }), timeouts.rebuilt);
  return numberOfReplicas;
};

const followEngine = ({ cluster }: Context, volume: string): Promise<Timeline<VolumeEngine>> =>
  follow<VolumeEngine>(cluster, longhornResources.engines, {
    namespace,
    labelSelector: volumeSelector(volume),
  });

/**
 * Lets a volume have one more replica. Returns when its engine has the address of that, which is when Longhorn begins to
 * prepare the rebuild. In v1.12.1 that takes it 10 s or more.
 */
export const wantRebuild = async (context: Context, volume: VolumeHandle): Promise<void> => {
  const wanted = await wantReplica(context, volume);
  await using engines = await followEngine(context, volume.name);
  await waitUntil(
    engines,
    ({ status }) => Object.keys(status?.currentReplicaAddressMap ?? {}).length >= wanted,
    { label: `the engine of volume ${volume.name} has ${wanted} replicas`, ...context.timeouts.rebuilt },
  );
};

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
