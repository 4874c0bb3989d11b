import type { InjectedFault } from '../../../faults/fault.ts';
import { managerKilled } from '../../../faults/killed-pod.ts';
import { waitUntil } from '../../../history/expectation.ts';
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

/** Lets a volume have one more replica. Returns when Longhorn has it, without its data. */
export const wantReplica = async (
  { cluster, timelines: { volumes }, timeouts }: Context,
  { name }: VolumeHandle,
): Promise<void> => {
  const from = volumes.lastSequence();
  const numberOfReplicas = (volumes.current(name)?.spec.numberOfReplicas ?? 0) + 1;
  await cluster.patch(longhornResources.volumes, { namespace, name }, { spec: { numberOfReplicas } });
  await judgeWithin(lacksReplica(volumes, { name, from }), timeouts.rebuilt);
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
  { cluster, faults, timeouts }: Context,
  { name, node }: VolumeHandle,
): Promise<InjectedFault> => {
  await using engines = await follow<VolumeEngine>(cluster, longhornResources.engines, {
    namespace,
    labelSelector: volumeSelector(name),
  });
  const pod = await managerPodOf(cluster, node);
  await waitUntil(
    engines,
    ({ status }) => Object.values(status?.rebuildStatus ?? {}).some((each) => each?.isRebuilding),
    { label: `a replica of volume ${name} is being rebuilt`, ...timeouts.rebuilt },
  );
  return faults.inject(managerKilled(cluster, pod));
};
