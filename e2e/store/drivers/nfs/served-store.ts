import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { RunningStore, StartStore } from '../../driver.ts';
import { servedStore as servedFolder } from '../folder/served-store.ts';
import { storeMount } from './mounts.ts';
import { driverName, serverProgram, storeUrl } from './place.ts';
import { startNfsStoreServer } from './server.ts';

/** The store that a pod serves from a folder of its own, as Longhorn is given it by this URL. */
export const servedStore = (
  cluster: Cluster,
  served: { pod: PodTarget; node: string; url: string; root?: string; contents?: number },
): RunningStore =>
  servedFolder(cluster, {
    ...served,
    driver: driverName,
    program: serverProgram,
    mountArguments: `-t nfs4 -o nfsvers=4.2,actimeo=1,soft ${served.url.replace('nfs://', '')}`,
    mountPoint: () => storeMount(served.url),
  });

/** Starts a server, and opens what it serves. */
export const startStore = async (cluster: Cluster, options: StartStore): Promise<RunningStore> =>
  servedStore(cluster, { ...(await startNfsStoreServer(cluster, options)), url: storeUrl(options) });
