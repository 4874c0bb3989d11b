import type { Timeline } from '../../history/timeline.ts';
import { follow } from '../../history/watch.ts';
import { type Cluster, resources } from '../../kube/cluster.ts';
import type { Pod } from '../../kube/pods.ts';
import { managerLabel } from '../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../longhorn/resources.ts';
import type {
  Backup,
  BackupTarget,
  BackupVolume,
  Snapshot,
  Volume,
  VolumeAttachment,
} from '../../longhorn/types.ts';

/** The watches of a scenario, from before its first action to its end. */
export type Timelines = {
  volumes: Timeline<Volume>;
  attachments: Timeline<VolumeAttachment>;
  snapshots: Timeline<Snapshot>;
  backups: Timeline<Backup>;
  backupVolumes: Timeline<BackupVolume>;
  backupTargets: Timeline<BackupTarget>;
  managers: Timeline<Pod>;
};

/** Opens all watches and returns when all are running. They end when the signal aborts. */
export const openTimelines = async (cluster: Cluster, signal: AbortSignal): Promise<Timelines> => {
  const [volumes, attachments, snapshots, backups, backupVolumes, backupTargets, managers] =
    await Promise.all([
      follow<Volume>(cluster, longhornResources.volumes, { namespace, signal }),
      follow<VolumeAttachment>(cluster, longhornResources.volumeAttachments, { namespace, signal }),
      follow<Snapshot>(cluster, longhornResources.snapshots, { namespace, signal }),
      follow<Backup>(cluster, longhornResources.backups, { namespace, signal }),
      follow<BackupVolume>(cluster, longhornResources.backupVolumes, { namespace, signal }),
      follow<BackupTarget>(cluster, longhornResources.backupTargets, { namespace, signal }),
      follow<Pod>(cluster, resources.pods, { namespace, labelSelector: managerLabel, signal }),
    ]);
  return { volumes, attachments, snapshots, backups, backupVolumes, backupTargets, managers };
};
