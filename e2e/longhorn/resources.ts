import type { Resource } from '../kube/cluster.ts';

/** Where Longhorn lives; its own manifests allow no other namespace. */
export const longhornNamespace = 'longhorn-system';

/** The one backup target that every Longhorn since v1.8 has. */
export const defaultBackupTarget = 'default';

const longhorn = (plural: string): Resource => ({ group: 'longhorn.io', version: 'v1beta2', plural });

/** Longhorn's collections that the suite reads or writes. */
export const longhornResources = {
  volumes: longhorn('volumes'),
  volumeAttachments: longhorn('volumeattachments'),
  engines: longhorn('engines'),
  replicas: longhorn('replicas'),
  snapshots: longhorn('snapshots'),
  backups: longhorn('backups'),
  backupVolumes: longhorn('backupvolumes'),
  backupTargets: longhorn('backuptargets'),
  settings: longhorn('settings'),
  nodes: longhorn('nodes'),
  engineImages: longhorn('engineimages'),
  recurringJobs: longhorn('recurringjobs'),
  supportBundles: longhorn('supportbundles'),
};

/** The selector of what belongs to a volume: its engine and replicas. */
export const ofVolume = (volume: string): string => `longhornvolume=${volume}`;

/** The `apiVersion` of everything Longhorn has. */
export const longhornApiVersion = 'longhorn.io/v1beta2';

/**
 * The labels that tie a backup to its volume and, where that is named, to its target.
 * v1.8 and v1.9 demand the volume's, later versions can derive both; given always, they work everywhere.
 */
export const backupLabels = ({
  volume,
  target,
}: {
  volume: string;
  target?: string;
}): Record<string, string> => ({
  'backup-volume': volume,
  ...(target !== undefined && { 'backup-target': target }),
});
