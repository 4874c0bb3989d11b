import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { RunningStore, ServerKind, StorePlace } from '../../driver.ts';
import type { BackupStore } from '../../store.ts';
import { servingPods } from '../server.ts';
import { exportPath } from './place.ts';
import { openPodStore, openVolumeFolderWriter, podSource, runInStore } from './pod-store.ts';

// How many bytes of a volume's blocks an inspection reads, on disk: at least four of the largest. They come through
// the API server as text, which takes one or two seconds.
const lookedInto = 8 << 20;

/**
 * A folder that a pod serves: the program that serves it, the URL and Secret for Longhorn, the arguments of mount(8)
 * on a node, and the mount point for Longhorn's commands.
 */
type ServedFolder = {
  driver: string;
  pod: PodTarget;
  program: string;
  node: string;
  url: string;
  credentialSecret?: string;
  mountArguments: string | undefined;
  mountPoint: () => string;
  root?: string;
  contents?: number;
};

/** The running store of a folder that a pod serves. */
export const servedStore = (
  cluster: Cluster,
  {
    driver,
    pod,
    program,
    node,
    url,
    credentialSecret = '',
    mountArguments,
    mountPoint,
    root = exportPath,
    contents = lookedInto,
  }: ServedFolder,
): RunningStore => {
  const served = { cluster, pod, root };
  return {
    ...openPodStore(served, contents),
    driver,
    url,
    credentialSecret,
    node,
    source: podSource(runInStore(served), served),
    logs: (since) => [
      {
        file: `${pod.name}.${pod.container}.log`,
        read: () => cluster.logs(pod, { timestamps: true, sinceTime: since.toISOString() }),
      },
    ],
    write: (volume) => openVolumeFolderWriter(served, { volume }),
    mountArguments,
    mountPoint,
    access: {
      folder: { ...served, program },
      ...(credentialSecret === '' && { managerMount: { cluster, url, mountPoint } }),
    },
  };
};

/** Opens the stores that servers of a kind serve at a place now. */
export const findStores = async (
  cluster: Cluster,
  place: StorePlace,
  kind: ServerKind,
): Promise<BackupStore[]> =>
  (await servingPods(cluster, place, kind)).map((pod) => openPodStore({ cluster, pod, root: exportPath }));
