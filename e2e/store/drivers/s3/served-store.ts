import type { Cluster } from '../../../kube/cluster.ts';
import type { BucketFolder, RunningStore, S3Server, StartStore, StorePlace } from '../../driver.ts';
import type { BackupStore } from '../../store.ts';
import { secretOf } from '../login.ts';
import { openBucket, storeIn } from './bucket.ts';
import { bucket, driverName, prefixOf, storeUrl } from './place.ts';
import { findServers, startS3StoreServer } from './server.ts';

type Place = { server: S3Server; place: StorePlace };

// With root rights, because Longhorn's key may have lost its rights.
const folderOf = ({ server: { root: client }, place }: Place): BucketFolder => ({
  client,
  bucket,
  prefix: prefixOf(place),
});

/** The running store of a server. */
const servedStore = (cluster: Cluster, { server, place, node }: Place & { node: string }): RunningStore => {
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
    access: { bucket: { ...folder, place }, s3Server: { cluster, server, place } },
  };
};

const placeOf = ({ namespace, name }: StorePlace): StorePlace =>
  name === undefined ? { namespace } : { namespace, name };

/** Starts an S3 server and opens its store. */
export const startStore = async (cluster: Cluster, options: StartStore): Promise<RunningStore> => {
  const { node, ...server } = await startS3StoreServer(cluster, options);
  return servedStore(cluster, { server, place: placeOf(options), node });
};

/** The folders of the running servers of a place. */
export const findServedFolders = async (cluster: Cluster, place: StorePlace): Promise<BucketFolder[]> =>
  (await findServers(cluster, place)).map((server) => folderOf({ server, place }));

/** Opens the stores of the running servers of a place. */
export const findStores = async (cluster: Cluster, place: StorePlace): Promise<BackupStore[]> =>
  (await findServedFolders(cluster, place)).map((folder) => openBucket(folder));
