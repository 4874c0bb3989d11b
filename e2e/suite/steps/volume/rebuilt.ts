import type { InjectedFault } from '../../../faults/fault.ts';
import { managerKilled } from '../../../faults/killed-pod.ts';
import { waitUntil } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { managerPodOf } from '../../../longhorn/manager.ts';
import {
  longhornResources,
  longhornNamespace as namespace,
  volumeSelector,
} from '../../../longhorn/resources.ts';
import type { VolumeEngine } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle } from '../handles.ts';

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
