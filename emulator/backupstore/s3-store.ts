import { randomBytes } from 'node:crypto';
import { getSystemErrorMessage } from 'node:util';
import type { S3ServiceException } from '@aws-sdk/client-s3';
import type { Log } from '../log.ts';
import type { Mutant } from '../mutants.ts';
import { StoreError } from './errors.ts';
import type { FixableBug, Store } from './store.ts';

type Location = { bucket: string; region: string; prefix: string };

const locationOf = (url: string, mutant: Mutant | undefined): Location => {
  const { username, host, pathname } = new URL(url);
  const [bucket, region] = username ? [username, host] : [host, ''];
  if (!bucket || (!pathname && mutant !== 'bucket-url-unchecked'))
    throw new StoreError('invalid URL. Must be either s3://bucket@region/path/, or s3://bucket/path');
  return { bucket, region, prefix: pathname.replace(/^\/+/, '') };
};

// longhorn-manager checks this before it starts a command. Without keys here, Go's SDK would search elsewhere for them.
const check = ({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CERT }: NodeJS.ProcessEnv): void => {
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new StoreError('not emulated: S3 without AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  if (AWS_CERT && !AWS_CERT.includes('-----BEGIN CERTIFICATE-----'))
    throw new StoreError(`failed to append custom certificates: ${AWS_CERT}`);
};

/** Go's output for the parameters of a listing. For strings it prints addresses, which differ each time. */
const listParameters = (): string => {
  const at = randomBytes(5).readUIntBE(0, 5) * 0x10;
  const address = (offset: number): string => `0x${(at + offset).toString(16)}`;
  return `&{Bucket:${address(0)} ContinuationToken:<nil> Delimiter:${address(0x20)} EncodingType: ExpectedBucketOwner:<nil> FetchOwner:<nil> MaxKeys:<nil> OptionalObjectAttributes:[] Prefix:${address(0x10)} RequestPayer: StartAfter:<nil> noSmithyDocumentSerde:{}}`;
};

const regionOf = (region: string, { AWS_REGION = '' }: NodeJS.ProcessEnv): string => {
  if (region || AWS_REGION) return region || AWS_REGION;
  throw new StoreError(
    `failed to list objects with param: ${listParameters()} error: AWS Operation Error ListObjectsV2 failed to resolve service endpoint, endpoint rule error, A region must be set when sending requests to S3.`,
  );
};

/** The error text of Go's net/http for a request without an answer. */
const toNetworkError = (error: NodeJS.ErrnoException, host: string): string => {
  const { code = '', errno, message } = error;
  const { address = host, port } = error as { address?: string; port?: number };
  if (code === 'ENOTFOUND')
    return `rrdns lookup host: lookup ${host} on ${process.getBuiltinModule('node:dns').getServers()[0]}:53: no such host`;
  if (/SELF_SIGNED|UNABLE_TO/.test(code))
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  if (/wrong version number|packet length too long/i.test(message))
    return 'http: server gave HTTP response to HTTPS client';
  if (error.name === 'TimeoutError') return `dial tcp ${address}: i/o timeout`;
  const why = typeof errno === 'number' ? getSystemErrorMessage(errno) : message;
  return error.syscall === 'connect'
    ? `dial tcp ${address}:${port}: connect: ${why}`
    : `${error.syscall ?? 'read'} tcp ${address}: ${error.syscall ?? 'read'}: ${why}`;
};

/** Converts an error of the SDK to Longhorn's text (s3_service.go, parseAwsError). */
const toAwsError = (error: unknown, request: string): string => {
  const { $metadata, Code, name, message } = error as S3ServiceException & { Code?: string };
  if ($metadata?.httpStatusCode) return `AWS Error: ${Code ?? name} ${message}`;
  const [, address = ''] = /"(.*)"/.exec(request) ?? [];
  const why = toNetworkError(error as NodeJS.ErrnoException, new URL(address).hostname);
  return `AWS HTTP Error: 0 request send failed, ${request}: ${why}`;
};

type OpenS3 = { url: string; environment: NodeJS.ProcessEnv; log: Log; mutant?: Mutant | undefined };

/**
 * Opens the store in a bucket, with the credentials of an environment, and checks that it can be listed. A
 * bucket has no folders: any failed listing is an error, a removal leaves no empty parents, and modification
 * times are in whole seconds (s3.go).
 */
export const openS3Store = async ({ url, environment, log, mutant }: OpenS3): Promise<Store> => {
  const { bucket, region, prefix } = locationOf(url, mutant);
  check(environment);
  // Imported only here: the SDK costs a command 25 MB of memory and 0.1 s at its start.
  const { openBucketClient } = await import('./s3-client.ts');
  const objects = openBucketClient({ bucket, region: regionOf(region, environment), mutant }, environment);
  const own = log.with({ pkg: 's3' });
  const isFixed = (bug: FixableBug): boolean => mutant === `fixed:${bug}`;
  const keyOf = (path: string): string => [prefix.replace(/\/+$/, ''), path].filter(Boolean).join('/');
  const request = (verb: string, path: string): string =>
    `${verb} "${environment.AWS_ENDPOINTS || `https://s3.${region}.amazonaws.com`}/${bucket}${path}"`;

  const listObjects = (prefix: string, delimiter: string) =>
    objects.list(prefix, delimiter).catch((error) => {
      const query = new URLSearchParams({ delimiter, 'list-type': '2', prefix });
      throw new StoreError(
        `failed to list objects with param: ${listParameters()} error: ${toAwsError(error, request('Get', `?${query}`))}`,
      );
    });

  const list = async (path: string): Promise<string[]> => {
    const folder = keyOf(path).replace(/\/*$/, '/');
    const { keys, prefixes } = await listObjects(folder, '/').catch((error) => {
      own.error('Failed to list s3', { error });
      throw error;
    });
    return [...keys, ...prefixes]
      .map((key) => key.slice(folder.length).replace(/\/$/, ''))
      .filter((name) => name !== '');
  };

  const changedAt = (path: string): Promise<number> => {
    const key = keyOf(path);
    return objects.changedAt(key).catch((error) => {
      const isGone = (error as S3ServiceException).$metadata?.httpStatusCode === 404;
      if (!isFixed('unreadable-config-is-gone') || isGone) return 0;
      throw new StoreError(
        `failed to get metadata for object: ${key} error: ${toAwsError(error, request('Head', `/${key}`))}`,
      );
    });
  };
  const exists = async (path: string): Promise<boolean> => (await changedAt(path)) > 0;

  const readData = (path: string): Promise<Buffer> => {
    const key = keyOf(path);
    return objects.read(key).catch((error) => {
      throw new StoreError(
        `failed to get object: ${key}: ${toAwsError(error, request('Get', `/${key}?x-id=GetObject`))}`,
      );
    });
  };

  await list('');
  const destination = `s3://${bucket}${region && `@${region}`}/${prefix}`;
  own.info(`Loaded driver for ${destination}`);
  return {
    url: destination,
    log,
    isFixed,
    changedAt,
    exists,
    list,
    readData,
    read: async (path) => {
      if (!(await exists(path))) throw new StoreError(`cannot find ${path} in backupstore`);
      return (await readData(path)).toString();
    },
    write: (path, data) => {
      const key = keyOf(path);
      return objects.write(key, data).catch((error) => {
        throw new StoreError(
          `failed to put object in single part: ${key}: ${toAwsError(error, request('Put', `/${key}?x-id=PutObject`))}`,
        );
      });
    },
    // Removes all objects whose key begins with the path, one after the other. The path of a folder ends with
    // a slash: without it, other names with the same beginning would be removed too.
    remove: async (path) => {
      const key = keyOf(path);
      const { keys } = await listObjects(key, '').catch((error) => {
        throw new StoreError(
          `failed to list objects with prefix ${key} before removing them: ${error.message}`,
        );
      });
      const failed: string[] = [];
      for (const each of keys)
        await objects.remove(each).catch((error) => {
          const words = toAwsError(error, request('Delete', `/${each}?x-id=DeleteObject`));
          own.error(`Failed to delete object: ${each} error: ${words}`);
          failed.push(each);
        });
      if (failed.length > 0) throw new StoreError(`failed to delete objects [${failed.join(' ')}]`);
    },
  };
};
