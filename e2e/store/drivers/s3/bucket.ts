import { setTimeout as sleep } from 'node:timers/promises';
import type { BucketFolder, RunningStore } from '../../driver.ts';
import { volumeFolder, volumesFolder } from '../../format/layout.ts';
import { type StoreSource, Unreadable } from '../../format/source.ts';
import type { NewFile, VolumeFolderWriter } from '../../format/write-backup.ts';
import { sizeLimits } from '../../fsck/read-config.ts';
import { type BackupStore, openStore } from '../../store.ts';
import type { ActiveLock } from '../../wait-until-idle.ts';
import { requestsAtOnce, s3Source } from './s3-source.ts';

// The time between searches for locks, in ms.
const pause = 300;

/** Whether a path is the path of a lock. */
export const isLock = (path: string): boolean => /\/locks\/[^/]+\.lck$/.test(path);

/** Lists the locks in some folders, with their ages in seconds by the server's clock. */
const locksIn = async (
  source: StoreSource,
  place: BucketFolder,
  folders: readonly { folder: string; depth: number }[],
): Promise<Omit<ActiveLock, 'content'>[]> => {
  const found: { path: string; changedAt: number }[] = [];
  for (const { folder, depth } of folders)
    for await (const { path, changedAt } of source.walk(folder, depth))
      if (isLock(path)) found.push({ path, changedAt });
  if (found.length === 0) return [];
  const now = await serverTime(place);
  return found.map(({ path, changedAt }) => ({
    path,
    written: changedAt / 1000,
    age: Math.floor((now - changedAt) / 1000),
  }));
};

/**
 * Repeats a search until it finds nothing or the time (in seconds) is over. Returns what the last search found. S3
 * reports no changes to clients, so each search is a request.
 */
const untilNone = async <T>(list: () => Promise<T[]>, seconds: number): Promise<T[]> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const left = await list();
    if (left.length === 0 || Date.now() >= deadline) return left;
    await sleep(pause);
  }
};

/** Opens a store in a bucket. `contents` is how many bytes of a volume's blocks an inspection reads. */
export const openBucket = (place: BucketFolder, contents = 0): BackupStore => {
  const source = s3Source(place);
  const withContent = async (lock: Omit<ActiveLock, 'content'>): Promise<ActiveLock[]> => {
    try {
      return [{ ...lock, content: await source.read(lock.path, sizeLimits.lock) }];
    } catch (error) {
      if (error instanceof Unreadable) return [];
      throw error;
    }
  };
  return openStore({
    source,
    contents,
    locks: async ({ volumes, life, seconds }) => {
      const folders =
        volumes.length > 0
          ? volumes.map((volume) => ({ folder: `${volumeFolder(volume)}/locks`, depth: 1 }))
          : [{ folder: volumesFolder, depth: 5 }];
      const living = await untilNone(async () => {
        const locks = await locksIn(source, place, folders);
        return locks.filter(({ age }) => age <= life);
      }, seconds);
      return (await Promise.all(living.map(withContent))).flat();
    },
  });
};

/** Runs `work` for each item, as many at once as there may be concurrent requests. */
export const forEachConcurrently = async <T>(
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> => {
  const left = all.values();
  await Promise.all(
    Array.from({ length: requestsAtOnce }, async () => {
      for (const one of left) await work(one);
    }),
  );
};

/**
 * Starts writing into the folder of a volume. S3 cannot publish several objects at once, so the configs are written
 * last, one after the other: Longhorn finds a backup by its config, and the last one by volume.cfg.
 */
const openVolumeFolderWriter = (
  { client, bucket, prefix }: BucketFolder,
  volume: string,
): VolumeFolderWriter => {
  const held: NewFile[] = [];
  const folder = `${prefix}/${volumeFolder(volume)}`;
  const put = (files: readonly NewFile[]): Promise<void> =>
    forEachConcurrently(files, ({ path, bytes }) =>
      client.putObject({ Bucket: bucket, Key: `${folder}/${path}`, Body: bytes }),
    );
  return {
    put: async (files) => {
      held.push(...files.filter(({ path }) => path.endsWith('.cfg')));
      await put(files.filter(({ path }) => !path.endsWith('.cfg')));
    },
    publish: async () => {
      for (const file of held.splice(0)) await put([file]);
    },
  };
};

// How many bytes of a volume's blocks an inspection reads, as stored: at least four of the largest.
const lookedInto = 8 << 20;

/** The common parts of all stores in buckets. */
export const storeIn = (
  folder: BucketFolder,
): BackupStore & Pick<RunningStore, 'source' | 'write' | 'mountArguments' | 'mountPoint'> => ({
  ...openBucket(folder, lookedInto),
  source: s3Source(folder),
  write: (volume) => openVolumeFolderWriter(folder, volume),
  mountArguments: undefined,
  mountPoint: undefined,
});

/** The time of the server's clock, in ms. Ages of objects must be measured with it. */
export const serverTime = async ({
  client,
  bucket,
}: Pick<BucketFolder, 'client' | 'bucket'>): Promise<number> => {
  const { HeadBucketCommand } = await import('@aws-sdk/client-s3');
  const command = new HeadBucketCommand({ Bucket: bucket });
  let said: string | undefined;
  command.middlewareStack.add(
    (next) => async (request) => {
      const done = await next(request);
      said = (done.response as { headers: Record<string, string> }).headers.date;
      return done;
    },
    { step: 'deserialize' },
  );
  await client.send(command);
  const time = Date.parse(said ?? '');
  if (Number.isNaN(time)) throw new Error(`the S3 server does not say what time it has, but ${said}`);
  return time;
};
