import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../kube/cluster.ts';
import type { RunningStore, StartStore, StorePlace } from '../../driver.ts';
import { volumeFolder, volumesFolder } from '../../format/layout.ts';
import { type StoreSource, Unreadable } from '../../format/source.ts';
import type { Incoming, NewFile } from '../../format/write-backup.ts';
import { sizeLimits } from '../../fsck/read-config.ts';
import { type BackupStore, type LivingLock, openStore, stillAtWork } from '../../store.ts';
import { deniedDeletion } from './denied-deletion.ts';
import { foreignLock } from './foreign-lock.ts';
import { bucket, driverName, prefixOf, secretOf, storeUrl } from './place.ts';
import { replacedKey } from './replaced-key.ts';
import { requestsAtOnce, s3Source } from './s3-source.ts';
import { findServers, type Server, serverTime, startServer } from './server.ts';
import { wrongAnswers } from './wrong-answers.ts';

// Of a volume's blocks, in bytes as they are stored: four or more of the largest.
const lookedInto = 8 << 20;

// Between two looks at the locks, in ms.
const pause = 300;

type Place = { server: Server; place: StorePlace };

// With all rights: Longhorn's key may be one that has none any more.
const sourceOf = ({ server: { root: client }, place }: Place): StoreSource =>
  s3Source({ client, bucket, prefix: prefixOf(place) });

const isLock = (path: string): boolean => /\/locks\/[^/]+\.lck$/.test(path);

/** The locks below these folders, with how long ago they were written, in seconds by the server's clock. */
const locksIn = async (
  source: StoreSource,
  { root }: Server,
  folders: readonly { folder: string; depth: number }[],
): Promise<{ path: string; age: number }[]> => {
  const found: { path: string; changedAt: number }[] = [];
  for (const { folder, depth } of folders)
    for await (const { path, changedAt } of source.walk(folder, depth))
      if (isLock(path)) found.push({ path, changedAt });
  if (found.length === 0) return [];
  const now = await serverTime(root);
  return found.map(({ path, changedAt }) => ({ path, age: Math.floor((now - changedAt) / 1000) }));
};

/**
 * Looks until there is nothing left, or so many seconds are over; returns what then is. A lock is an object on
 * somebody else's server, which tells nobody of its changes: each look is a request, and the wait is bounded.
 */
const untilNone = async <T>(look: () => Promise<T[]>, seconds: number): Promise<T[]> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const left = await look();
    if (left.length === 0 || Date.now() >= deadline) return left;
    await sleep(pause);
  }
};

const openBucket = ({ server, place }: Place, contents = 0): BackupStore => {
  const source = sourceOf({ server, place });
  const withContent = async ({ path, age }: { path: string; age: number }): Promise<LivingLock[]> => {
    try {
      return [{ path, age, content: await source.read(path, sizeLimits.lock) }];
    } catch (error) {
      if (error instanceof Unreadable) return [];
      throw error;
    }
  };
  return openStore({
    source,
    contents,
    untilUnlocked: async (folder, { seconds, abandonedAfter = Number.POSITIVE_INFINITY }) => {
      const left = await untilNone(async () => {
        const locks = await locksIn(source, server, [{ folder: `${folder}/locks`, depth: 1 }]);
        return locks.filter(({ age }) => age <= abandonedAfter);
      }, seconds);
      return left.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    },
    untilIdle: async ({ volumes = [], lockLife, seconds, owner }) => {
      const folders =
        volumes.length > 0
          ? volumes.map((volume) => ({ folder: `${volumeFolder(volume)}/locks`, depth: 1 }))
          : [{ folder: volumesFolder, depth: 5 }];
      const living = await untilNone(async () => {
        const locks = await locksIn(source, server, folders);
        return locks.filter(({ age }) => age <= lockLife);
      }, seconds);
      if (living.length > 0)
        throw stillAtWork((await Promise.all(living.map(withContent))).flat(), { seconds, owner });
    },
  });
};

/**
 * Opens the way into the folder of a volume that the store knows nothing of. Objects cannot be brought to their
 * place in one go: the configs, by which Longhorn knows a backup, come last.
 */
const incoming = ({ server: { user }, place }: Place, volume: string): Incoming => {
  const held: NewFile[] = [];
  const folder = `${prefixOf(place)}/${volumeFolder(volume)}`;
  const put = async (files: readonly NewFile[]): Promise<void> => {
    const left = files.values();
    const writers = Array.from({ length: requestsAtOnce }, async () => {
      for (const { path, bytes } of left)
        await user.putObject({ Bucket: bucket, Key: `${folder}/${path}`, Body: bytes });
    });
    await Promise.all(writers);
  };
  return {
    put: async (files) => {
      held.push(...files.filter(({ path }) => path.endsWith('.cfg')));
      await put(files.filter(({ path }) => !path.endsWith('.cfg')));
    },
    publish: () => put(held.splice(0)),
  };
};

/** The store that a server has in its bucket. */
const servedStore = (cluster: Cluster, { server, place, node }: Place & { node: string }): RunningStore => {
  const served = { server, place };
  const { pod } = server;
  return {
    ...openBucket(served, lookedInto),
    driver: driverName,
    url: storeUrl(place),
    credentialSecret: secretOf(place),
    node,
    source: sourceOf(served),
    logs: (since) => [
      {
        file: `${pod.name}.${pod.container}.log`,
        read: () => cluster.logs(pod, { timestamps: true, sinceTime: since.toISOString() }),
      },
    ],
    write: (volume) => incoming(served, volume),
    mountArguments: undefined,
    mountPoint: undefined,
    denyDeletion: (object) => deniedDeletion(server, { place, ...object }),
    foreignLock: (lock) => foreignLock(server, { place, ...lock }),
    replaceKey: (title) => replacedKey(cluster, server, { place, title }),
    ...(server.proxy && { wrongAnswers: (wrong) => wrongAnswers(server, { place, ...wrong }) }),
  };
};

const placeOf = ({ namespace, name }: StorePlace): StorePlace =>
  name === undefined ? { namespace } : { namespace, name };

/** Starts a server, and opens what it serves. */
export const startStore = async (cluster: Cluster, options: StartStore): Promise<RunningStore> => {
  const { node, ...server } = await startServer(cluster, options);
  return servedStore(cluster, { server, place: placeOf(options), node });
};

/** Opens what the servers of a place serve now. */
export const findStores = async (cluster: Cluster, place: StorePlace): Promise<BackupStore[]> =>
  (await findServers(cluster, place)).map((server) => openBucket({ server, place }));
