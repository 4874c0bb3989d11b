import type { Cluster, KubernetesObject, PodTarget } from '../../../kube/cluster.ts';
import type { StartStore } from '../../driver.ts';
import { storeName } from '../place.ts';
import { readManifest, type ServerKind, startPod } from '../server.ts';
import { squashedClient } from './place.ts';

const file = new URL('../../../../fixtures/nfs-backupstore/manifest.yaml', import.meta.url);

/** What the servers of such stores are called, and found by. */
export const nfsServer: ServerKind = { called: 'the NFS server', container: 'nfs', app: 'backupstore' };

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
  });

/** Starts an NFS server and returns its pod when it answers on its port. */
export const startServer = async (
  cluster: Cluster,
  options: StartStore,
): Promise<{ pod: PodTarget; node: string }> =>
  startPod(cluster, { ...options, kind: nfsServer, objects: await storeManifest(options) });
