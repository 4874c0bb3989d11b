import { z } from 'zod';
import type { StorePlace } from '../../driver.ts';
import { hostOf, placeOfNames, storeName } from '../place.ts';

export const driverName = 's3';

/** The bucket of every store, and the region that its server reports. */
export const bucket = 'backups';
export const region = 'us-east-1';

/** The key prefix of a store. The store is found again by it. */
export const prefixOf = ({ namespace, name = storeName }: StorePlace): string => `${namespace}/${name}`;

/** The URL for Longhorn's backup target. */
export const storeUrl = (place: StorePlace): string => `s3://${bucket}@${region}/${prefixOf(place)}/`;

const suiteUrl = new RegExp(`^s3://${bucket}@${region}/([a-z0-9-]+)/([a-z0-9-]+)/$`);

/** The place of a store of the suite by its URL. Undefined for any other URL. */
export const placeOfUrl = (url: string): StorePlace | undefined => {
  const [, namespace, name] = suiteUrl.exec(url) ?? [];
  return namespace?.startsWith('corral') || name?.startsWith('corral')
    ? placeOfNames(name, namespace)
    : undefined;
};

/** The port that clients use. */
export const port = 7070;

/** The port of the server if a proxy listens on `port`. */
export const portBehind = 7071;
export const endpointOf = (place: StorePlace, protocol: 'https' | 'http' = 'https'): string =>
  `${protocol}://${hostOf(place)}:${port}`;

/**
 * The domain of the buckets of a server: each has a host name below it. The certificate has the domain itself under no
 * name, so that nobody can use it who names the bucket in the path. In the lab only, as it has the domain of the cluster.
 */
export const bucketDomainOf = (place: StorePlace): string => `${hostOf(place)}.svc.cluster.local`;

/** The JSON form of a store's place. */
export const placeSchema = z.object({ namespace: z.string(), name: z.string().optional() });

/** The name of the driver for existing buckets. */
export const ownBucketName = 'own-bucket';

// The start of all keys that the suite writes to an existing bucket.
const ownFolder = 'corral-e2e';

/** The key prefix of a store in an existing bucket. The store is found again by it. */
export const ownPrefixOf = (place: StorePlace): string => `${ownFolder}/${prefixOf(place)}`;

/** The URL of such a store for Longhorn's backup target. */
export const ownUrl = (of: { bucket: string; region: string }, place: StorePlace): string =>
  `s3://${of.bucket}@${of.region}/${ownPrefixOf(place)}/`;

const ownSuiteUrl = new RegExp(`^s3://[^@/]+@[^/]+/${ownFolder}/([a-z0-9-]+)/([a-z0-9-]+)/$`);

/** The place of such a store by its URL. Undefined for any other URL. */
export const placeOfOwnUrl = (url: string): StorePlace | undefined => {
  const [, namespace, name] = ownSuiteUrl.exec(url) ?? [];
  return placeOfNames(name, namespace);
};

const serviceHost = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.|$)/;

/** The Service of an endpoint whose host name only pods can resolve. Undefined for any other endpoint. */
export const serviceOf = (endpoint: string): { name: string; namespace: string } | undefined => {
  const [, name, namespace] = serviceHost.exec(new URL(endpoint).hostname) ?? [];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
};
