import type { Cluster, KubernetesObject, Resource } from '../kube/cluster.ts';

/** Longhorn's namespace. Longhorn's own manifests allow no other. */
export const longhornNamespace = 'longhorn-system';

/** The backup target that every Longhorn since v1.8 has. */
export const defaultBackupTarget = 'default';

const longhorn = (plural: string): Resource => ({ group: 'longhorn.io', version: 'v1beta2', plural });

/** The resources of Longhorn that the suite reads or writes. */
export const longhornResources = {
  volumes: longhorn('volumes'),
  volumeAttachments: longhorn('volumeattachments'),
  engines: longhorn('engines'),
  replicas: longhorn('replicas'),
  snapshots: longhorn('snapshots'),
  backups: longhorn('backups'),
  backupVolumes: longhorn('backupvolumes'),
  backupTargets: longhorn('backuptargets'),
  systemBackups: longhorn('systembackups'),
  systemRestores: longhorn('systemrestores'),
  settings: longhorn('settings'),
  nodes: longhorn('nodes'),
  instanceManagers: longhorn('instancemanagers'),
  engineImages: longhorn('engineimages'),
  recurringJobs: longhorn('recurringjobs'),
  supportBundles: longhorn('supportbundles'),
};

/** The label selector for the engine and the replicas of a volume. */
export const volumeSelector = (volume: string): string => `longhornvolume=${volume}`;

/** The `apiVersion` of all Longhorn objects. */
export const longhornApiVersion = 'longhorn.io/v1beta2';

/** The label of a Backup with the name of its backup target. */
export const backupTargetLabel = 'backup-target';

/**
 * The labels that connect a backup to its volume and, if given, to its target. v1.8 and v1.9 require the volume's
 * label; later versions can derive both labels, and accept them.
 */
export const backupLabels = ({
  volume,
  target,
}: {
  volume: string;
  target?: string;
}): Record<string, string> => ({
  'backup-volume': volume,
  ...(target !== undefined && { [backupTargetLabel]: target }),
});

/**
 * Reads an object of Longhorn anew, because its watch may be behind others. Undefined if it is gone. It lists, because
 * scenarios may not get all of these kinds.
 */
export const readNow = async <T extends KubernetesObject>(
  cluster: Pick<Cluster, 'list'>,
  resource: Resource,
  name: string,
): Promise<T | undefined> => {
  const fieldSelector = `metadata.name=${name}`;
  return (await cluster.list<T>(resource, { namespace: longhornNamespace, fieldSelector })).items[0];
};
