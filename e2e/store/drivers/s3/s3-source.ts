import type { GetObjectCommandOutput, S3 } from '@aws-sdk/client-s3';
import { composePrecondition } from '../../../machine/precondition-error.ts';
import { storeFolder } from '../../format/layout.ts';
import { type StoreEntry, type StoreSource, StoreUnreadable, Unreadable } from '../../format/source.ts';
import { explainFailure } from './explain.ts';

/**
 * A bucket and the key prefix of a store, without slashes at its ends. The prefix contains the folder `backupstore`;
 * with `isStoreFolder`, it is that folder.
 */
type S3Place = { client: S3; bucket: string; prefix: string; isStoreFolder?: true };

/** The limit of concurrent requests for a store. */
export const requestsAtOnce = 16;

// From this depth on there are so many folders that listing all keys, a thousand at a time, needs fewer requests than
// listing each folder.
const deep = 4;

// The SDK does not retry after a connection breaks within an answer.
const attempts = 3;

/** The source of a store in a bucket. Its folders are the parts of keys before slashes. */
export const s3Source = (place: S3Place): StoreSource => {
  const { client, bucket, prefix, isStoreFolder } = place;
  const inTurn = atMost(requestsAtOnce);
  const root = [prefix, isStoreFolder ? '' : storeFolder]
    .filter((part) => part !== '')
    .map((part) => `${part}/`)
    .join('');
  const keyOf = (path: string): string => root + path.slice(storeFolder.length + 1);
  const fails = async (error: unknown): Promise<never> => {
    throw new StoreUnreadable(composePrecondition(await explainFailure(error, place)));
  };

  const listPages = async function* (folder: string, delimiter?: '/'): AsyncGenerator<StoreEntry[]> {
    const Prefix = keyOf(`${folder}/`);
    let token: string | undefined;
    do {
      const request = {
        Bucket: bucket,
        Prefix,
        EncodingType: 'url' as const,
        ...(delimiter && { Delimiter: delimiter }),
        ...(token !== undefined && { ContinuationToken: token }),
      };
      const page = await inTurn(() => client.listObjectsV2(request)).catch(fails);
      const pathOf = (key = ''): string =>
        `${folder}/${(page.EncodingType === 'url' ? decode(key) : key).slice(Prefix.length)}`;
      yield [
        ...(page.CommonPrefixes ?? []).map((each) => folderAt(pathOf(each.Prefix).slice(0, -1))),
        ...(page.Contents ?? []).map(
          ({ Key, Size = 0, LastModified }): StoreEntry => ({
            path: pathOf(Key),
            kind: 'file',
            size: Size,
            changedAt: LastModified?.getTime() ?? 0,
          }),
        ),
      ];
      token = page.NextContinuationToken;
      if (page.IsTruncated && token === undefined)
        throw new StoreUnreadable(
          `the server cuts off its list of ${Prefix} and does not say how it goes on`,
        );
    } while (token !== undefined);
  };

  const listFolder = async (folder: string): Promise<StoreEntry[]> => {
    const entries: StoreEntry[] = [];
    for await (const page of listPages(folder, '/')) entries.push(...page);
    // Without the key of the folder itself, which some programs create for an empty folder.
    return entries.filter(({ kind, path }) => kind === 'folder' || path !== `${folder}/`);
  };

  const byFolders = async function* (start: string, depth: number): AsyncGenerator<StoreEntry> {
    let level = [start];
    for (let left = depth; left > 0 && level.length > 0; left -= 1) {
      const below: string[] = [];
      for (const some of inParts(level, requestsAtOnce))
        for (const entries of await Promise.all(some.map(listFolder))) {
          yield* entries;
          below.push(...entries.filter(({ kind }) => kind === 'folder').map(({ path }) => path));
        }
      level = below;
    }
  };

  const byPages = async function* (start: string, depth: number): AsyncGenerator<StoreEntry> {
    const seen = new Set<string>();
    for await (const page of listPages(start))
      for (const entry of page) {
        const levels = entry.path.slice(start.length + 1).split('/');
        const folders = levels.slice(0, -1).slice(0, depth);
        for (const [level] of folders.entries()) {
          const path = `${start}/${folders.slice(0, level + 1).join('/')}`;
          if (seen.has(path)) continue;
          seen.add(path);
          yield folderAt(path);
        }
        if (levels.length <= depth && levels.at(-1) !== '') yield entry;
      }
  };

  const readOnce = async (path: string, limit: number): Promise<Buffer> => {
    const object = await client
      .getObject({ Bucket: bucket, Key: keyOf(path) })
      .catch((error) => unreadable(error) ?? fails(error));
    return take(object, limit);
  };

  return {
    walk: (folder, depth) => (depth < deep ? byFolders(folder, depth) : byPages(folder, depth)),
    read: (path, limit) =>
      inTurn(async () => {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await readOnce(path, limit);
          } catch (error) {
            if (error instanceof Unreadable || error instanceof StoreUnreadable) throw error;
            if (attempt === attempts) return fails(error);
          }
        }
      }),
  };
};

const folderAt = (path: string): StoreEntry => ({ path, kind: 'folder', size: 0, changedAt: 0 });

const decode = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

/** Reads into a buffer of its own memory, which can be transferred to another thread. Stops at the limit. */
const take = async ({ Body, ContentLength }: GetObjectCommandOutput, limit: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafeSlow(Math.min(limit, ContentLength ?? limit));
  let length = 0;
  for await (const chunk of Body as AsyncIterable<Uint8Array>) {
    const room = buffer.length - length;
    buffer.set(chunk.length > room ? chunk.subarray(0, room) : chunk, length);
    length += Math.min(chunk.length, room);
    if (chunk.length > room) break;
  }
  return buffer.subarray(0, length);
};

// Errors that concern only one object. Any other error means that the whole store is unreadable.
const unreadable = (error: { name?: string; $metadata?: { httpStatusCode?: number } }): undefined => {
  const { name, $metadata: { httpStatusCode: status } = {} } = error;
  if (name === 'NoSuchKey') throw new Unreadable('there is no such object', { gone: true });
  if (name === 'AccessDenied' || name === 'InvalidObjectState' || name === 'InternalError')
    throw new Unreadable(`the server answers ${status} ${name}`, { gone: false });
  return undefined;
};

const inParts = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, part) =>
    all.slice(part * size, (part + 1) * size),
  );

/** Limits concurrency. Further calls wait in order. */
const atMost = (atOnce: number) => {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
};
