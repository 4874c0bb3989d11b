import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { S3 } from '@aws-sdk/client-s3';
import { registerSecret } from '../../../kube/redact/registered-secrets.ts';
import { composePrecondition } from '../../../machine/precondition-error.ts';
import type { LocalReader } from '../../driver.ts';
import { StoreUnreadable } from '../../format/source.ts';
import { openClient } from './client.ts';
import { explainFailure } from './explain.ts';
import { s3Source } from './s3-source.ts';

/** Reads a store in a bucket, by the URL that Longhorn uses and the credentials that the AWS CLI would use. */
export const s3LocalReader: LocalReader = {
  scheme: 's3',
  words: {
    url: 's3://BUCKET@REGION/PREFIX with the variables of the AWS CLI (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL, AWS_CA_BUNDLE, …)',
    wanted: 'the s3:// URL of a store in a bucket',
  },
  find: async (url) => {
    const { bucket, region, prefix } = parseUrl(url) ?? {};
    if (bucket === undefined || prefix === undefined)
      return {
        problem: `${url}: the URL of a store in S3 is s3://BUCKET@REGION/PREFIX, without a password`,
        wrong: true,
      };
    return findStore(await clientFor(region, bucket), { url, bucket, prefix });
  },
};

const parseUrl = (url: string) => {
  try {
    const { username, password, host, pathname } = new URL(url);
    if (password !== '' || host === '' || !pathname.startsWith('/')) return undefined;
    const prefix = posix.normalize(decodeURIComponent(pathname)).replace(/^\/+|\/+$/g, '');
    return username === '' ? { bucket: host, prefix } : { bucket: username, region: host, prefix };
  } catch {
    return undefined;
  }
};

const clientFor = async (region: string | undefined, bucket: string): Promise<S3> => {
  const { AWS_CA_BUNDLE: bundle, VIRTUAL_HOSTED_STYLE: virtualHosted } = process.env;
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined;
  if (endpoint !== undefined && !/^https?:\/\/[^/]/i.test(endpoint))
    throw new StoreUnreadable(
      'AWS_ENDPOINT_URL is no URL: it is to be http://HOST:PORT or https://HOST:PORT',
    );
  const ca = bundle
    ? await readFile(bundle, 'utf8').catch(({ code }) => {
        throw new StoreUnreadable(`the file that AWS_CA_BUNDLE names cannot be read: ${code}`);
      })
    : undefined;
  const client = await openClient({ endpoint, region, ca, virtualHosted: virtualHosted === 'true' });
  const unreadable = async (error: unknown): Promise<never> => {
    throw new StoreUnreadable(composePrecondition(await explainFailure(error, { client, bucket })));
  };
  await client.config.region().catch(unreadable);
  // Credentials of a profile or of the instance metadata are in no environment variable, so they must be registered
  // for redaction here.
  const { secretAccessKey, sessionToken } = await client.config.credentials().catch(unreadable);
  registerSecret(secretAccessKey, 'secret key of S3');
  registerSecret(sessionToken, 'session token of S3');
  return client;
};

type Wanted = { url: string; bucket: string; prefix: string };

// The URL may name the folder `backupstore` itself, as a path on this machine may.
const findStore = async (client: S3, { url, bucket, prefix }: Wanted) => {
  const place = { client, bucket };
  const holds = async (folder: string): Promise<boolean> => {
    try {
      const { KeyCount = 0 } = await client.listObjectsV2({ Bucket: bucket, Prefix: folder, MaxKeys: 1 });
      return KeyCount > 0;
    } catch (error) {
      throw new StoreUnreadable(composePrecondition(await explainFailure(error, place)));
    }
  };
  const below = (name: string): string => posix.join(prefix, `${name}/`);
  if (await holds(below('backupstore'))) return { source: s3Source({ ...place, prefix }) };
  if (await holds(below('volumes'))) return { source: s3Source({ ...place, prefix, isStoreFolder: true }) };
  return {
    problem: `${url} holds no backup store: no key there begins with backupstore/ or volumes/`,
    wrong: false,
  };
};
