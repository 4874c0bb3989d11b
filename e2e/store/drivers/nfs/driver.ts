import { type Cluster, type PodTarget, resources } from '../../../kube/cluster.ts';
import type { RunningStore, StoreDriver } from '../../driver.ts';
import { volumeFolder } from '../../format/layout.ts';
import { foreignLock, removeLock } from './foreign-lock.ts';
import { immutableFile, makeMutable } from './immutable-file.ts';
import { exportPath, placeOfUrl, serverProgram, storeUrl } from './manifest.ts';
import { mountedHere } from './mounts.ts';
import { incoming, openPodStore, podSource, runInStore } from './pod-store.ts';
import { makeWritable, readOnlyBackups } from './read-only-backups.ts';
import { removeServer, servingPods, startServer } from './server.ts';
import { frozenServer, letServerRun, slowServer } from './stalled-server.ts';

const name = 'nfs';

// Of a volume's blocks, in bytes on disk: four or more of the largest. They come over the API server as text, which takes a second or two.
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
    driver: name,
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
    denyDeletion: ({ path, title }) => immutableFile(cluster, { pod, path: `${root}/${path}`, title }),
    foreignLock: ({ volume, ...lock }) => foreignLock(cluster, { pod, folder: `${root}/${volumeFolder(volume)}`, ...lock }),
    stall: (how, title) => ({ frozen: frozenServer, slow: slowServer })[how](cluster, { pod, program: serverProgram, title }),
    readOnlyBackups: ({ path, title }) => readOnlyBackups(cluster, { url, path, title }),
  };
};

/** An NFS server of its own for each scenario, in a pod that keeps the files on its node's disk. */
export const nfs: StoreDriver = {
  name,
  called: { store: 'an NFS backup store', server: 'an NFS server' },
  image: 'an image with nfs-ganesha, e2fsprogs and bash',
  start: async (cluster, options) => servedStore(cluster, { ...(await startServer(cluster, options)), url: storeUrl(options) }),
  remove: removeServer,
  placeOf: placeOfUrl,
  find: async (cluster, place) => (await servingPods(cluster, place)).map((pod) => openPodStore({ cluster, pod, root: exportPath })),
  rights: {
    always: [
      { resource: resources.configMaps, verbs: ['create'] },
      { resource: resources.services, verbs: ['create'] },
      { resource: resources.deployments, verbs: ['create'] },
      { resource: resources.pods, verbs: ['list', 'watch'] },
      { resource: resources.pods, subresource: 'exec', verbs: ['get', 'create'] },
      { resource: resources.pods, subresource: 'log', verbs: ['get'], seldom: 'read where a scenario does not pass' },
      { resource: resources.events, verbs: ['list'], seldom: 'read where a scenario does not pass' },
    ],
    inSharedNamespace: [
      { resource: resources.configMaps, verbs: ['delete'] },
      { resource: resources.services, verbs: ['delete'] },
      { resource: resources.deployments, verbs: ['list', 'watch', 'delete'] },
    ],
  },
  heals: { denyDeletion: makeMutable, foreignLock: removeLock, stall: letServerRun, readOnlyBackups: makeWritable },
  here: {
    scheme: 'nfs',
    words: {
      folder: 'what an NFS server exports, a mount of it',
      url: 'nfs://HOST:/PATH where that is mounted on this\nmachine',
      wanted: 'the nfs:// URL of a store that is mounted here',
    },
    folderOf: mountedHere,
  },
};
