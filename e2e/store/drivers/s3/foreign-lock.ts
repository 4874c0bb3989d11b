import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import { type ForeignLock, type Heal, lockTypes, type StorePlace, type WantedLock } from '../../driver.ts';
import { volumeFolder } from '../../format/layout.ts';
import { type BucketFolder, serverTime } from './bucket.ts';
import { placeSchema } from './place.ts';

// Longhorn compares the server's time of the object with the clock of its own node: the two may be a moment
// apart.
const apart = 2;

// Ends the writing anew of a lock by its key. A heal waits for one that is under way: the server looks for the
// object first and writes it then, so that it would be there again.
const renewals = new Map<string, () => Promise<void>>();

/**
 * A lock on a volume of the store that none of Longhorn's processes holds. Its age is the time of its last
 * writing, which the server alone says: for as long as it is to count this process writes it anew, and if that
 * ends the lock counts for no more than its life.
 */
export const foreignLock = (
  { client, bucket, prefix }: BucketFolder,
  { place, volume, of, life, counts }: WantedLock & { place: StorePlace },
): ForeignLock => {
  const name = `lock-${randomBytes(8).toString('hex')}`;
  const Key = `${prefix}/${volumeFolder(volume)}/locks/${name}.lck`;
  const object = { Bucket: bucket, Key };
  const Body = JSON.stringify({ Name: name, Type: lockTypes[of], Acquired: true });
  const title = `the volume has a foreign lock of ${of}`;
  let renewal: NodeJS.Timeout | undefined;
  let renewing: Promise<void> | undefined;
  let until = 0;
  let etag: string | undefined;
  const stop = async (): Promise<void> => {
    clearInterval(renewal);
    renewals.delete(Key);
    await renewing;
  };
  // Only where it still is: whoever removes it meanwhile has removed it.
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
    title,
    data: { place, key: Key },
    name,
    inject: async () => {
      etag = (await client.putObject({ ...object, Body })).ETag;
      until = Date.now() + (counts - life) * 1000;
      renewal = setInterval(renew, (life * 1000) / 3);
      // It keeps no process alive that has nothing else to do.
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
    abandon: async () => {
      await stop();
      await client.putObject({ ...object, Body, IfMatch: etag });
    },
    outlived: async () => {
      await stop();
      const deadline = Date.now() + (life + 60) * 1000;
      for (;;) {
        const written = await age();
        if (written > life + apart) return written;
        if (Date.now() > deadline)
          throw new Error(
            `${title}: outlive failed: it was still written less than ${life + apart} s ago after ${life + 60} s`,
          );
        await sleep(200);
      }
    },
    settle: stop,
  };
};

const schema = z.object({ place: placeSchema, key: z.string() });

/**
 * Removes a lock; one whose store is gone went with that. By labels nothing is looked for: it counts no more
 * when whoever writes it anew has ended.
 */
export const removeLock = (find: (cluster: Cluster, place: StorePlace) => Promise<BucketFolder[]>): Heal => ({
  heal: async (cluster, data) => {
    const { place, key } = schema.parse(data);
    await renewals.get(key)?.();
    const folders = await find(cluster, place);
    await Promise.all(folders.map(({ client, bucket }) => client.deleteObject({ Bucket: bucket, Key: key })));
    return folders.length > 0 ? 'it is removed' : `the store of ${key} is gone, and the lock with it`;
  },
});
