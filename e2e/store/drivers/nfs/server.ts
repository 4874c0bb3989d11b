import type { Cluster, KubernetesObject, PodTarget } from '../../../kube/cluster.ts';
import type { StartStore } from '../../driver.ts';
import { diskOf, squashedClient } from '../folder/place.ts';
import { type ManifestOptions, readManifest, startPod } from '../server.ts';
import { nfsServer } from './place.ts';

const file = new URL('../../../../fixtures/nfs-backupstore/manifest.yaml', import.meta.url);

/** The objects of an NFS backup store, in order of creation. The first is its namespace. */
export const storeManifest = (options: ManifestOptions): Promise<KubernetesObject[]> =>
  readManifest(file, options, {
    ...(options.features?.includes('one-user')
      ? { SQUASH: 'All', OWNER: `${squashedClient}:${squashedClient}` }
      : { SQUASH: 'None', OWNER: '0:0' }),
    ...diskOf(options),
  });

/** Starts an NFS server. Returns its pod when the server answers on its port. */
export const startNfsStoreServer = async (
  cluster: Cluster,
  options: StartStore,
): Promise<{ pod: PodTarget; node: string }> =>
  startPod(cluster, { ...options, kind: nfsServer, objects: await storeManifest(options) });
