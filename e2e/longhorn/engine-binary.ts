import { type Cluster, unlessGone } from '../kube/cluster.ts';
import { longhornNamespace, longhornResources } from './resources.ts';
import type { Setting } from './types.ts';

// Longhorn's folder on a node. After v1.12.1 a setting can name another folder.
const usualFolder = '/var/lib/longhorn';

const controlFolder = async (cluster: Cluster): Promise<string> => {
  const name = 'default-control-path';
  const setting = await cluster
    .get<Setting>(longhornResources.settings, { namespace: longhornNamespace, name })
    .catch(unlessGone);
  return setting?.value?.trim().replace(/\/+$/, '') || usualFolder;
};

/** The folder of an engine image's binary, under that of all engine images. */
export const folderOfEngineImage = (image: string): string => image.replaceAll(/[:/]/g, '-');

/**
 * The path of the default engine image's binary, on a node and in its manager pod. Longhorn deletes backups with this
 * binary, whatever the volume's own image (longhorn-manager, engineapi/backups.go and types/types.go).
 */
export const engineBinary = async (cluster: Cluster): Promise<string> => {
  const name = 'default-engine-image';
  const { value } = await cluster.get<Setting>(longhornResources.settings, {
    namespace: longhornNamespace,
    name,
  });
  if (!value)
    throw new Error(`Longhorn's setting ${name} is empty: where the engine's binary lies is not known`);
  return `${await controlFolder(cluster)}/engine-binaries/${folderOfEngineImage(value)}/longhorn`;
};
