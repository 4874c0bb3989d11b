import { z } from 'zod';
import type { StorePlace } from '../../driver.ts';
import { hostOf, placeOfNames, storeName } from '../place.ts';

/** The name of the driver. */
export const driverName = 's3';

/** The bucket of every store, and the region that its server says to be in. */
export const bucket = 'backups';
export const region = 'us-east-1';

/** What the keys of a store's objects begin with, by which the store is found again. */
export const prefixOf = ({ namespace, name = storeName }: StorePlace): string => `${namespace}/${name}`;

/** The URL that Longhorn is given. */
export const storeUrl = (place: StorePlace): string => `s3://${bucket}@${region}/${prefixOf(place)}/`;

const suiteUrl = new RegExp(`^s3://${bucket}@${region}/([a-z0-9-]+)/([a-z0-9-]+)/$`);

/** The place of one of the suite's stores by its URL; undefined for any other URL. */
export const placeOfUrl = (url: string): StorePlace | undefined => {
  const [, namespace, name] = suiteUrl.exec(url) ?? [];
  return namespace?.startsWith('corral') || name?.startsWith('corral')
    ? placeOfNames(name, namespace)
    : undefined;
};

/** Where the server listens. */
export const port = 7070;

/** Where it listens itself when a proxy does so in its place. */
export const portBehind = 7071;
export const endpointOf = (place: StorePlace, protocol: 'https' | 'http' = 'https'): string =>
  `${protocol}://${hostOf(place)}:${port}`;

/** A store's place, as it is kept on disk. */
export const placeSchema = z.object({ namespace: z.string(), name: z.string().optional() });

/** The name of the driver of stores in a bucket that was there before. */
export const ownBucketName = 'own-bucket';

// What all keys begin with that the suite has in such a bucket.
const ownFolder = 'corral-e2e';

/** What the keys of such a store begin with, by which it is found again. */
export const ownPrefixOf = (place: StorePlace): string => `${ownFolder}/${prefixOf(place)}`;

/** The URL that Longhorn is given for it. */
export const ownUrl = (of: { bucket: string; region: string }, place: StorePlace): string =>
  `s3://${of.bucket}@${of.region}/${ownPrefixOf(place)}/`;

const ownSuiteUrl = new RegExp(`^s3://[^@/]+@[^/]+/${ownFolder}/([a-z0-9-]+)/([a-z0-9-]+)/$`);

/** The place of such a store by its URL; undefined for any other URL. */
export const placeOfOwnUrl = (url: string): StorePlace | undefined => {
  const [, namespace, name] = ownSuiteUrl.exec(url) ?? [];
  return placeOfNames(name, namespace);
};

const serviceHost = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.|$)/;

/** The Service that an endpoint is behind, by whose host pods reach it and nobody else has to; undefined for any other. */
export const serviceOf = (endpoint: string): { name: string; namespace: string } | undefined => {
  const [, name, namespace] = serviceHost.exec(new URL(endpoint).hostname) ?? [];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
};
