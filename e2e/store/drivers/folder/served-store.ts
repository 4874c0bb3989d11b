import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import type { RunningStore, ServerKind, StorePlace } from '../../driver.ts';
import type { BackupStore } from '../../store.ts';
import { servingPods } from '../server.ts';
import { exportPath } from './place.ts';
import { incoming, openPodStore, podSource, runInStore } from './pod-store.ts';

// Of a volume's blocks, in bytes on disk: four or more of the largest. They come over the API server as text,
// which takes a second or two.
const lookedInto = 8 << 20;

/**
 * A folder that a pod serves: by which program, how Longhorn is given it and logs in, how a node mounts it
 * (mount(8)) and where Longhorn's commands do.
 */
export type ServedFolder = {
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

/** The store that a pod serves from a folder of its own. */
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
    write: (volume) => incoming(served, { volume }),
    mountArguments,
    mountPoint,
    access: {
      folder: { ...served, program },
      ...(credentialSecret === '' && { managerMount: { cluster, url, mountPoint } }),
    },
  };
};

/** Opens what the servers of a kind serve at a place now. */
export const findStores = async (
  cluster: Cluster,
  place: StorePlace,
  kind: ServerKind,
): Promise<BackupStore[]> =>
  (await servingPods(cluster, place, kind)).map((pod) => openPodStore({ cluster, pod, root: exportPath }));
