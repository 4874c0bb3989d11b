import type { Cluster, KubernetesObject, PodTarget } from '../../../kube/cluster.ts';
import type { StartStore } from '../../driver.ts';
import { littleSpace, squashedClient } from '../folder/place.ts';
import { storeName } from '../place.ts';
import { readManifest, startPod } from '../server.ts';
import { nfsServer } from './place.ts';

const file = new URL('../../../../fixtures/nfs-backupstore/manifest.yaml', import.meta.url);

/** The objects of an NFS backup store, in the order in which to make them: first its namespace. */
export const storeManifest = ({
  namespace,
  name = storeName,
  run,
  image,
  needs = [],
}: Pick<StartStore, 'namespace' | 'name' | 'run' | 'image' | 'needs'>): Promise<KubernetesObject[]> =>
  readManifest(file, {
    NAMESPACE: namespace,
    NAME: name,
    RUN: run,
    IMAGE: image,
    ...(needs.includes('denyReading')
      ? { SQUASH: 'All', OWNER: `${squashedClient}:${squashedClient}` }
      : { SQUASH: 'None', OWNER: '0:0' }),
    ...(needs.includes('littleSpace')
      ? { MEDIUM: 'Memory', SIZE: `${littleSpace}` }
      : { MEDIUM: '', SIZE: null }),
  });

/** Starts an NFS server and returns its pod when it answers on its port. */
export const startServer = async (
  cluster: Cluster,
  options: StartStore,
): Promise<{ pod: PodTarget; node: string }> =>
  startPod(cluster, { ...options, kind: nfsServer, objects: await storeManifest(options) });
