import { resources } from '../../../kube/resources.ts';
import type { StoreDriver } from '../../driver.ts';
import { s3 } from './driver.ts';
import { ownBucketName, placeOfOwnUrl } from './place.ts';

const secrets = resources.secrets;

/**
 * The driver for an existing bucket. Each scenario has its own prefix. Nothing outside the prefix is touched, and
 * faults do not change the configuration of the bucket.
 */
export const ownBucket: StoreDriver = {
  ...s3,
  name: ownBucketName,
  called: {
    store: 'a prefix in an S3 bucket that was there before',
    server: 'no server: the bucket was there before',
  },
  start: async (...options) => (await import('./own-bucket.ts')).startStore(...options),
  remove: async (...place) => (await import('./own-bucket.ts')).removeStore(...place),
  empty: async (...place) => (await import('./own-bucket.ts')).emptyStore(...place),
  placeOf: placeOfOwnUrl,
  find: async (...place) => (await import('./own-bucket.ts')).findStores(...place),
  rights: {
    always: [
      { resource: secrets, verbs: ['create', 'get'] },
      { place: 'longhorn', resource: secrets, verbs: ['create', 'delete'] },
      { place: 'longhorn', resource: secrets, verbs: ['list'], rareUse: 'read by a cleanup' },
    ],
    inSharedNamespace: [{ resource: secrets, verbs: ['delete'] }],
  },
  access: { bucket: async (...place) => (await import('./own-bucket.ts')).findOwnFolders(...place) },
};
