import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { onceGone } from '../../../history/expectation.ts';
import type { Context } from '../context.ts';
import type { VolumeHandle } from '../handles.ts';
import { describeVolume, detach, untilDetached } from './volume.ts';

/** Detaches a volume and removes it, with its snapshots; returns when it is gone. Its backups stay. */
export const removeVolume = async ({ cluster, timelines, limits }: Context, { name }: VolumeHandle): Promise<void> => {
  await detach({ cluster }, name);
  await untilDetached({ timelines, limits }, name);
  await cluster.delete(longhornResources.volumes, { namespace, name });
  await onceGone(timelines.volumes, { name, label: `volume ${name} is gone`, describe: describeVolume, ...limits.volumeGone });
};
