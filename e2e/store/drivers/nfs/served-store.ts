import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { RunningStore, StartStore } from '../../driver.ts';
import { servedStore as servedFolder } from '../folder/served-store.ts';
import { storeMount } from './mounts.ts';
import { driverName, serverProgram, storeUrl } from './place.ts';
import { startNfsStoreServer } from './server.ts';

/** The running store of a folder that an NFS pod serves under a URL. */
export const servedStore = (
  cluster: Cluster,
  served: { pod: PodTarget; node: string; url: string; root?: string; contents?: number },
): RunningStore => {
  const { access, ...store } = servedFolder(cluster, {
    ...served,
    driver: driverName,
    program: serverProgram,
    mountArguments: `-t nfs4 -o nfsvers=4.2,actimeo=1,soft ${served.url.replace('nfs://', '')}`,
    mountPoint: () => storeMount(served.url),
  });
  return { ...store, access: { ...access, ...(access.folder && { endableServer: access.folder }) } };
};

/** Starts an NFS server and opens its store. */
export const startStore = async (cluster: Cluster, options: StartStore): Promise<RunningStore> =>
  servedStore(cluster, { ...(await startNfsStoreServer(cluster, options)), url: storeUrl(options) });
