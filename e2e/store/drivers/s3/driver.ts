import { resources } from '../../../kube/resources.ts';
import type { StoreDriver } from '../../driver.ts';
import { rightsInPod } from '../rights.ts';
import { s3LocalReader } from './local-reader.ts';
import { driverName, placeOfUrl } from './place.ts';

/** The driver for S3. Each scenario has its own server, in a pod that keeps the objects on the disk of its node. */
export const s3: StoreDriver = {
  name: driverName,
  called: { store: 'an S3 backup store', server: 'an S3 server' },
  mounted: false,
  image: 'an image with versitygw and bash',
  start: async (...options) => (await import('./served-store.ts')).startStore(...options),
  remove: async (...place) => (await import('./server.ts')).removeStore(...place),
  placeOf: placeOfUrl,
  find: async (...place) => (await import('./served-store.ts')).findStores(...place),
  rights: rightsInPod({ resource: resources.secrets, verbs: ['create', 'get'] }, 'portforward', [
    { place: 'longhorn', resource: resources.secrets, verbs: ['create', 'patch', 'delete'] },
    {
      place: 'longhorn',
      resource: resources.secrets,
      verbs: ['list'],
      rareUse: 'read by a cleanup, and by the scenario whose Secret is lost',
    },
  ]),
  access: {
    bucket: async (...place) => (await import('./served-store.ts')).findServedFolders(...place),
    s3Server: true,
  },
  localReader: s3LocalReader,
};
