import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { RunningStore, StartStore, StorePlace } from '../../driver.ts';
import { volumeFolder } from '../../format/layout.ts';
import type { BackupStore } from '../../store.ts';
import { servingPods } from '../server.ts';
import { deniedReading } from './denied-reading.ts';
import { emptiedFile } from './emptied-file.ts';
import { filledStore } from './filled-store.ts';
import { foreignLock } from './foreign-lock.ts';
import { hiddenFile } from './hidden-file.ts';
import { immutableFile } from './immutable-file.ts';
import { storeMount } from './mounts.ts';
import { driverName, exportPath, serverProgram, storeUrl } from './place.ts';
import { incoming, openPodStore, podSource, runInStore } from './pod-store.ts';
import { readOnlyBackups } from './read-only-backups.ts';
import { nfsServer, startServer } from './server.ts';
import { frozenServer, lostServer, slowServer } from './stalled-server.ts';

// Of a volume's blocks, in bytes on disk: four or more of the largest. They come over the API server as text,
// which takes a second or two.
const lookedInto = 8 << 20;

/** The store that a pod serves from a folder of its own, as Longhorn is given it by this URL. */
export const servedStore = (
  cluster: Cluster,
  {
    pod,
    node,
    url,
    root = exportPath,
    contents = lookedInto,
  }: { pod: PodTarget; node: string; url: string; root?: string; contents?: number },
): RunningStore => {
  const served = { cluster, pod, root };
  return {
    ...openPodStore(served, contents),
    driver: driverName,
    url,
    credentialSecret: '',
    node,
    source: podSource(runInStore(served), served),
    logs: (since) => [
      {
        file: `${pod.name}.${pod.container}.log`,
        read: () => cluster.logs(pod, { timestamps: true, sinceTime: since.toISOString() }),
      },
    ],
    write: (volume) => incoming(served, { volume }),
    mountArguments: `-t nfs4 -o nfsvers=4.2,actimeo=1,soft ${url.replace('nfs://', '')}`,
    mountPoint: () => storeMount(url),
    denyDeletion: ({ path, title }) => immutableFile(cluster, { pod, path: `${root}/${path}`, title }),
    foreignLock: ({ volume, ...lock }) =>
      foreignLock(cluster, { pod, folder: `${root}/${volumeFolder(volume)}`, ...lock }),
    stall: (how, title) =>
      ({ frozen: frozenServer, slow: slowServer, gone: lostServer })[how](cluster, {
        pod,
        program: serverProgram,
        title,
      }),
    readOnlyBackups: ({ path, title }) => readOnlyBackups(cluster, { url, path, title }),
    denyReading: ({ path, ...denied }) => deniedReading(cluster, { pod, path: `${root}/${path}`, ...denied }),
    emptyFile: ({ path, title }) => emptiedFile(cluster, { pod, path: `${root}/${path}`, title }),
    hideFile: ({ path, title }) => hiddenFile(cluster, { pod, path: `${root}/${path}`, title }),
    littleSpace: (space) => filledStore(cluster, { pod, root, ...space }),
  };
};

/** Starts a server, and opens what it serves. */
export const startStore = async (cluster: Cluster, options: StartStore): Promise<RunningStore> =>
  servedStore(cluster, { ...(await startServer(cluster, options)), url: storeUrl(options) });

/** Opens what the servers of a place serve now. */
export const findStores = async (cluster: Cluster, place: StorePlace): Promise<BackupStore[]> =>
  (await servingPods(cluster, place, nfsServer)).map((pod) =>
    openPodStore({ cluster, pod, root: exportPath }),
  );
