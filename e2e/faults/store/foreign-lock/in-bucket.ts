import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import type { BucketAccess, StoreDriver } from '../../../store/driver.ts';
import { serverTime } from '../../../store/drivers/s3/bucket.ts';
import { placeSchema } from '../../../store/drivers/s3/place.ts';
import type { FaultOperations } from '../../fault.ts';
import { type ForeignLock, maxClockSkew, newLock, type WantedLock } from './lock.ts';

// Functions that stop refreshing a lock, by the lock's key. A heal waits for a refresh in progress: the server checks
// that the object exists before it writes, so the refresh could recreate a deleted lock.
const renewals = new Map<string, () => Promise<void>>();

// The age of a lock in a bucket is the time since the server's Last-Modified, which no client can set. So this
// process rewrites the lock. If the process ends, the lock expires after its life.
const make = (
  { client, bucket, prefix, place }: BucketAccess,
  title: string,
  lock: WantedLock,
): FaultOperations<ForeignLock> => {
  const { of, life, counts } = lock;
  const { name, path, content: Body } = newLock(lock);
  const Key = `${prefix}/${path}`;
  const object = { Bucket: bucket, Key };
  let renewal: NodeJS.Timeout | undefined;
  let renewing: Promise<void> | undefined;
  let until = 0;
  let etag: string | undefined;
  const stop = async (): Promise<void> => {
    clearInterval(renewal);
    renewals.delete(Key);
    await renewing;
  };
  // `IfMatch` prevents the refresh from recreating a lock that somebody removed.
  const renew = (): void => {
    if (Date.now() > until) clearInterval(renewal);
    else
      renewing = client.putObject({ ...object, Body, IfMatch: etag }).then(
        () => {},
        ({ name }: Error) => {
          if (name === 'PreconditionFailed' || name === 'NoSuchKey') clearInterval(renewal);
        },
      );
  };
  const age = async (): Promise<number> => {
    const { LastModified } = await client.headObject(object).catch((cause: Error) => {
      throw new Error(`${title}, but ${name} is gone: ${cause.name}`, { cause });
    });
    return Math.round(((await serverTime({ client, bucket })) - (LastModified?.getTime() ?? 0)) / 1000);
  };
  return {
    data: { place, key: Key },
    inject: async () => {
      etag = (await client.putObject({ ...object, Body })).ETag;
      until = Date.now() + (counts - life) * 1000;
      renewal = setInterval(renew, (life * 1000) / 3);
      // A pending refresh must not keep the process alive.
      renewal.unref();
      renewals.set(Key, stop);
    },
    prove: async () => {
      const written = await age();
      if (written > life)
        throw new Error(
          `${title}, but it counts no more: ${name} was written ${written} s ago, and a lock counts for ${life} s`,
        );
      const ahead = Math.max(0, Math.round((until - Date.now()) / 1000));
      return `${Body}, written ${written} s ago by the server's clock, and again for another ${ahead} s: it counts for ${ahead + life - (ahead > 0 ? 0 : written)} s`;
    },
    settle: stop,
    handle: {
      name,
      of,
      abandon: async () => {
        await stop();
        await client.putObject({ ...object, Body, IfMatch: etag });
      },
      outlived: async () => {
        await stop();
        const deadline = Date.now() + (life + 60) * 1000;
        for (;;) {
          const written = await age();
          if (written > life + maxClockSkew) return written;
          if (Date.now() > deadline)
            throw new Error(
              `${title}: outlive failed: it was still written less than ${life + maxClockSkew} s ago after ${life + 60} s`,
            );
          await sleep(200);
        }
      },
    },
  };
};

const schema = z.object({ place: placeSchema, key: z.string() });

// A lock is gone with its store. There is no heal by labels: the lock expires after the process that refreshes it ends.
const heal = async (cluster: Cluster, data: unknown, { access }: StoreDriver): Promise<string> => {
  const { place, key } = schema.parse(data);
  await renewals.get(key)?.();
  const folders = (await access.bucket?.(cluster, place)) ?? [];
  await Promise.all(folders.map(({ client, bucket }) => client.deleteObject({ Bucket: bucket, Key: key })));
  return folders.length > 0 ? 'it is removed' : `the store of ${key} is gone, and the lock with it`;
};

/** The foreign lock in a bucket. */
export const lockInBucket = { make, heal };
