import type { Cluster } from '../../../kube/cluster.ts';
import type { RunningStore, StartStore, StorePlace } from '../../driver.ts';
import type { BackupStore } from '../../store.ts';
import { secretOf } from '../login.ts';
import { type BucketFolder, openBucket, storeIn } from './bucket.ts';
import { deniedDeletion } from './denied-deletion.ts';
import { foreignLock, removeLock } from './foreign-lock.ts';
import { keptVersions } from './kept-versions.ts';
import { bucket, driverName, prefixOf, storeUrl } from './place.ts';
import { replacedKey } from './replaced-key.ts';
import { findServers, type Server, startServer } from './server.ts';
import { wrongAnswers } from './wrong-answers.ts';

type Place = { server: Server; place: StorePlace };

// With all rights: Longhorn's key may be one that has none any more.
const folderOf = ({ server: { root: client }, place }: Place): BucketFolder => ({
  client,
  bucket,
  prefix: prefixOf(place),
});

/** The store that a server has in its bucket. */
const servedStore = (
  cluster: Cluster,
  { server, place, node, needs = [] }: Place & { node: string; needs: StartStore['needs'] | undefined },
): RunningStore => {
  const folder = folderOf({ server, place });
  const { pod } = server;
  return {
    ...storeIn(folder),
    driver: driverName,
    url: storeUrl(place),
    credentialSecret: secretOf(place),
    node,
    logs: (since) => [
      {
        file: `${pod.name}.${pod.container}.log`,
        read: () => cluster.logs(pod, { timestamps: true, sinceTime: since.toISOString() }),
      },
    ],
    denyDeletion: (object) => deniedDeletion(server, { place, ...object }),
    foreignLock: (lock) => foreignLock(folder, { place, ...lock }),
    replaceKey: (title) => replacedKey(cluster, server, { place, title }),
    ...(needs.includes('keepVersions') && {
      keepVersions: (title) => keptVersions(server, { place, title }),
    }),
    ...(server.proxy && { wrongAnswers: (wrong) => wrongAnswers(server, { place, ...wrong }) }),
  };
};

const placeOf = ({ namespace, name }: StorePlace): StorePlace =>
  name === undefined ? { namespace } : { namespace, name };

/** Starts a server, and opens what it serves. */
export const startStore = async (cluster: Cluster, options: StartStore): Promise<RunningStore> => {
  const { node, ...server } = await startServer(cluster, options);
  return servedStore(cluster, { server, place: placeOf(options), node, needs: options.needs });
};

const findFolders = async (cluster: Cluster, place: StorePlace): Promise<BucketFolder[]> =>
  (await findServers(cluster, place)).map((server) => folderOf({ server, place }));

/** Opens what the servers of a place serve now. */
export const findStores = async (cluster: Cluster, place: StorePlace): Promise<BackupStore[]> =>
  (await findFolders(cluster, place)).map((folder) => openBucket(folder));

/** Removes a lock from such a store. */
export const removeServedLock = removeLock(findFolders);
